"""What must always hold, checked against the rows themselves: in rehearsal, in tests, and on the living portal.

Each app has an `invariants.py` with one function `invariants()`; `aisc_portal.invariants` puts them together.
"""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import F, Model, Window
from django.db.models.functions import Lag

from core.database import is_append_only

Finding = tuple[str, list[str]]  # what must hold, in Chinese; the things for which it does not


def invariants() -> Iterator[Finding]:
    """The database's own guards stand."""
    yield (
        "数据库触发器齐全并已启用",
        [
            f"{model._meta.label} {trigger.name}"
            for model, trigger in pgtrigger.registered()
            if trigger.get_installation_status(model) != ("INSTALLED", True)
        ],
    )
    yield "应用角色不能改动、删除或清空只增不改的表", _writable_ledgers()


def states_are_legal(model: type[Model], field: str = "state") -> Finding:
    """Every step that a tracked model's history tells is one of its table, and begins at the initial state."""
    states = model.STATES  # type: ignore[attr-defined]
    ways = {(None, states.initial)} | {(source, t.target) for t in states.transitions for source in t.sources}
    before = Window(Lag(field), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc())
    steps = model.pgh_event_model.objects.annotate(before=before)  # type: ignore[attr-defined]
    broken = [
        f"{model._meta.verbose_name} {key}：{old or '（无）'} → {new}"
        for key, old, new in steps.values_list("pgh_obj_id", "before", field).iterator()
        if old != new and (old, new) not in ways
    ]
    return f"{model._meta.verbose_name}的状态都按规定变化", broken


def _writable_ledgers() -> list[str]:
    """Append-only tables that the connected role could falsify; none are named when it owns the tables itself."""
    found = []
    with connection.cursor() as cursor:
        for model in filter(is_append_only, apps.get_models(include_auto_created=True)):
            cursor.execute(
                "SELECT pg_has_role(current_user, relowner, 'USAGE'),"
                " has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') FROM pg_class WHERE oid = %s::regclass",
                [model._meta.db_table],
            )
            owner, writable = cursor.fetchone()
            if writable and not owner:
                found.append(model._meta.db_table)
    return found
