"""What a track's contact decides about rows: pass, or return for correction."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.rendering import Letter, render
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


@dataclass(frozen=True)
class Similar:
    """Another row that may be the same participant, and what tells so."""

    row: RecommendationRow
    why: str


def similar_rows(rows: Iterable[RecommendationRow]) -> dict[int, list[Similar]]:
    """For each row's key, the other rows of its edition that hold a place under the same phone or team name, for the
    contact to see (Q7, G13a). One query, however many rows."""
    rows = list(rows)
    phones, teams = {row.phone for row in rows} - {""}, {row.team_name for row in rows} - {""}
    if not phones and not teams:
        return {}
    editions = {row.edition_id for row in rows}
    held = RecommendationRow.objects.holding().filter(edition__in=editions)
    others = held.filter(Q(phone__in=phones) | Q(team_name__in=teams)).select_related("recommendation__unit")
    by_mark: defaultdict[tuple[str, str], list[RecommendationRow]] = defaultdict(list)
    for other in others.order_by("pk"):
        by_mark["phone", other.phone].append(other)
        by_mark["team", other.team_name].append(other)
    return {row.pk: _similar_to(row, by_mark) for row in rows}


def _similar_to(row: RecommendationRow, by_mark: dict[tuple[str, str], list[RecommendationRow]]) -> list[Similar]:
    near = by_mark.get(("phone", row.phone), []) + by_mark.get(("team", row.team_name), [])
    once = {other.pk: other for other in near}
    return [Similar(other, why) for other in once.values() if (why := _alike(row, other))]


def _alike(row: RecommendationRow, other: RecommendationRow) -> str:
    if row.pk == other.pk or row.edition_id != other.edition_id:
        return ""
    if row.phone and row.phone == other.phone:
        return "姓名、电话都相同" if row.name == other.name else "电话相同"
    return "队名相同" if row.team_name and row.team_name == other.team_name else ""


def _decide(row: RecommendationRow, verb: str, *, note: str, correct_until: datetime | None) -> None:
    move(row, verb, review_note=note, correct_until=correct_until, decided_at=clock.now())


def letter(row: RecommendationRow, template: str, reason: str = "") -> Letter:
    """The notice as the unit will get it, were the row decided now."""
    names = [officer.user.real_name for officer in row.recommendation.unit.officers.select_related("user")]
    deadline = correction_deadline(row) if template == "row-returned" else None
    return render(template, {"name": "、".join(names) or "（填报人姓名）"} | _said(row, reason, deadline))


def _tell_unit(row: RecommendationRow, template: str) -> None:
    said = _said(row, row.review_note, row.correct_until)
    for officer in row.recommendation.unit.officers.select_related("user"):
        notify(officer.user, template, about=row, occasion=f"{row.decided_at:%Y%m%d%H%M%S}", **said)


def _said(row: RecommendationRow, reason: str, deadline: datetime | None) -> dict[str, object]:
    unit = row.recommendation.unit
    return {
        "unit": unit.full_name,
        "position": row.position,
        "title": row.team_name or row.name,
        "reason": reason,
        "deadline": deadline,
        "link": link_to("recommendation", unit=unit.pk),
    }
