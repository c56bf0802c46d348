"""Each invariant tells what breaks it: no check is one that cannot fail."""

import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from aisc_portal import invariants
from core.jobs.models import Job
from tests.portal.breaking import BREAKERS, EXCUSED, as_owner, disarm
from tests.world import a_world

STATES = "的状态都按规定变化"


def things(name: str) -> list[str] | None:
    """What breaks an invariant now; None when it cannot be looked at, as a check before it needs what is broken."""
    for app in invariants.EVERY_APP:
        try:
            for found, broken in app():
                if found == name:
                    return broken
        except ValueError:  # a rulebook that cannot be read stops the apps above
            continue
    return None


def test_every_invariant_has_what_breaks_it(db: None) -> None:
    named = [name for name, _ in invariants.check()]
    told = {name for name in named if not name.endswith(STATES)}
    assert (told, len(named) == len(set(named))) == ({*BREAKERS, *EXCUSED}, True)


def test_each_is_told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    silent = {}
    with django_db_blocker.unblock(), as_owner(), a_world() as world:
        disarm()
        for name, act in BREAKERS.items():
            point = transaction.savepoint()
            before = after = things(name)
            try:
                act(world)
                after = things(name)
            except Exception as error:  # told with all the others: one run shows every breaker that is out of date
                silent[name] = repr(error)
            transaction.savepoint_rollback(point)
            if name not in silent and (after is None or set(after) <= set(before or ())):
                silent[name] = (before, after)
    assert silent == {}


def test_a_history_that_jumps_is_told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Of every kind of thing whose states the small contest has."""
    with django_db_blocker.unblock(), as_owner(), a_world():
        disarm()
        before = {name: broken for name, broken in invariants.check() if name.endswith(STATES)}
        tables = [f"{model._meta.db_table}event" for model in stateful()]
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"UPDATE {table} SET state = 'nonsense'")
        after = dict(invariants.check())
        seen = [model for model in stateful() if model.pgh_event_model.objects.exists()]
        quiet = [model for model in seen if not set(after[f"{model._meta.verbose_name}{STATES}"]) - set(
            before[f"{model._meta.verbose_name}{STATES}"])]  # fmt: skip
    assert (quiet, len(seen) > 12) == ([], True)


def stateful() -> list:
    """Every model of which the invariants look at the states."""
    names = {name.removesuffix(STATES) for name, _ in invariants.check() if name.endswith(STATES)}
    found = [m for m in apps.get_models() if hasattr(m, "STATES") and hasattr(m, "pgh_event_model")]
    return [model for model in found if model._meta.verbose_name in names]


def test_a_trigger_that_is_off_is_told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock(), as_owner(), connection.cursor() as cursor:
        assert things("数据库触发器齐全并已启用") == []
        cursor.execute("ALTER TABLE registrations_unitquota DISABLE TRIGGER USER")
        assert [one for one in things("数据库触发器齐全并已启用") if "UnitQuota" in one]


def test_the_command_prints_json_and_fails_when_something_is_wrong(db: None) -> None:
    out = StringIO()
    call_command("invariants", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["broken"], report["checked"] == len(report["checks"]) >= 12) == ([], True)
    Job.objects.create(kind="nobody", key="1")
    out = StringIO()
    with pytest.raises(CommandError, match="1 项不成立"):
        call_command("invariants", "--json", stdout=out)
    assert [line for line in json.loads(out.getvalue())["broken"] if line.startswith("每种后台任务都有人会做")]
