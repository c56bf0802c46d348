"""What rows were at an earlier moment, as their history has it."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import DateTimeField, F, Model, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from core import clock

M = TypeVar("M", bound=Model)


def knows_contest_time() -> bool:
    """Whether history's moments are the contest's: in production always, and the demo writes them beside every deed.

    A rehearsal lives a year in minutes and keeps real time, so that its history cannot say what stood there yesterday.
    """
    return settings.DEMO or clock.offset() == timedelta()


def changed_since(rows: QuerySet[M], since: datetime, *fields: str) -> QuerySet[M]:
    """Those of `rows` that were written since then, each with `was_<field>` as it stood before; None of a new row."""
    versions = rows.model.pgh_event_model.objects.annotate(written=_written())  # type: ignore[attr-defined]
    before = versions.filter(pgh_obj_id=OuterRef("pk"), written__lt=since).order_by("-pgh_id")
    was = {f"was_{field}": Subquery(before.values(field)[:1]) for field in fields}
    return rows.filter(pk__in=versions.filter(written__gte=since).values("pgh_obj_id")).annotate(**was)


def _written() -> Combinable:
    """When a version was written, in contest time (as `core.audit.timeline` tells it)."""
    if settings.PRODUCTION:
        return F("pgh_created_at")
    return Coalesce(Cast(KeyTextTransform("at", "pgh_context"), DateTimeField()), F("pgh_created_at"))
