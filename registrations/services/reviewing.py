"""What a track's contact decides about rows: pass, or return for correction."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.services import notify
from core.problems import Problem, Refused
from core.states import move
from core.workdays import after_workdays

from ..models import RecommendationRow


def approve_row(row: RecommendationRow, *, by: User) -> None:
    """The row is accepted; its unit is told."""
    with transaction.atomic(), recorded("row.approved", by=by):
        _decide(row, "approve", note="", correct_until=None)
        _tell_unit(row, "row-approved")


def return_row(row: RecommendationRow, *, reason: str, by: User) -> None:
    """Send a row back for correction (补正); it keeps its place until its own deadline (Q32).

    Raises Refused without a reason.
    """
    if not reason.strip():
        raise Refused(Problem("review.no_reason", "请写明退回的理由，推荐单位要照着改", "reason"))
    deadline = correction_deadline(row)
    with transaction.atomic(), recorded("row.returned", by=by, reason=reason):
        _decide(row, "return", note=reason.strip(), correct_until=deadline)
        _tell_unit(row, "row-returned")


def correction_deadline(row: RecommendationRow) -> datetime:
    """When a row returned now must be back: the end of the last of so many working days (Q32), exclusive."""
    days = row.recommendation.edition.rulebook.recommendation.correction_working_days
    return datetime.combine(after_workdays(clock.now().date(), days) + timedelta(days=1), time(), clock.BEIJING)


def similar_rows(row: RecommendationRow) -> QuerySet[RecommendationRow]:
    """Other rows of the edition that hold a place under the same team name or phone, for the contact to see (G13a)."""
    same = Q(phone=row.phone) if row.phone else Q()
    if row.team_name:
        same |= Q(team_name=row.team_name)
    if not same:
        return RecommendationRow.objects.none()
    rows = RecommendationRow.objects.holding().filter(same, recommendation__edition_id=row.recommendation.edition_id)
    return rows.exclude(pk=row.pk).select_related("recommendation__unit")


def _decide(row: RecommendationRow, verb: str, *, note: str, correct_until: datetime | None) -> None:
    move(row, verb, review_note=note, correct_until=correct_until, decided_at=clock.now())


def _tell_unit(row: RecommendationRow, template: str) -> None:
    unit = row.recommendation.unit
    said = {
        "unit": unit.full_name,
        "position": row.position,
        "title": row.team_name or row.name,
        "reason": row.review_note,
        "deadline": row.correct_until,
        "link": link_to("recommendation", unit=unit.pk),
    }
    for officer in unit.officers.select_related("user"):
        notify(officer.user, template, about=row, occasion=f"{row.decided_at:%Y%m%d%H%M%S}", **said)
