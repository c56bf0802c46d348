"""What a track's contact decides about rows: pass, or return for correction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.rendering import Letter, render
from core.notices.services import notify
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move

from .. import states
from ..models import RecommendationRow
from .contents import mark, stamp_problems, stands_as
from .telling import told

NOTICES = {"approve": "row-approved", "return": "row-returned"}
NOT_SEEN: Mapping[int, str] = MappingProxyType({})
CHANGED = Problem("row.changed_meanwhile", "这一行在您打开之后改过，没有办理。请重新看过再审，改动见办理记录")


@dataclass(frozen=True)
class Decided:
    """What became of rows that were decided together."""

    done: list[RecommendationRow] = field(default_factory=list)
    refused: list[tuple[RecommendationRow, Refused]] = field(default_factory=list)


def approve_row(row: RecommendationRow, *, by: User, seen: str = "") -> None:
    """The row is accepted; its unit is told.

    seen: the row's `contents.mark` when it was looked at; without it, it counts as seen the way it is given. Raises
    StaleState; Refused when it has changed since (`row.changed_meanwhile`), or stands on no stamped paper as it is
    now (`stamp.missing`, `stamp.row_changed`; Q31).
    """
    _the_one(approve_rows([row], by=by, seen={row.pk: seen} if seen else NOT_SEEN))


def return_row(row: RecommendationRow, *, reason: str, by: User, seen: str = "") -> None:
    """Send a row back for correction (补正); it keeps its place until its own deadline (Q32).

    seen: as in `approve_row`. Raises StaleState; Refused when it has changed since, or without a reason.
    """
    _the_one(return_rows([row], reason=reason, by=by, seen={row.pk: seen} if seen else NOT_SEEN))


def approve_rows(rows: Iterable[RecommendationRow], *, by: User, seen: Mapping[int, str] = NOT_SEEN) -> Decided:
    """The same for many: one that cannot pass does not hold up the others. Each unit gets one notice.

    seen: row's key → its mark, as in `approve_row`.
    """
    decided = Decided()
    for group in _by_form(rows):
        with transaction.atomic(), recorded("row.approved", by=by):
            _decide(group, "approve", seen, decided, review_note="", correct_until=None)
    return decided


def return_rows(
    rows: Iterable[RecommendationRow], *, reason: str, by: User, seen: Mapping[int, str] = NOT_SEEN
) -> Decided:
    """The same for many, with one reason. Raises Refused without it."""
    if not reason.strip():
        raise Refused(Problem("review.no_reason", "请写明退回的理由，推荐单位要照着改", "reason"))
    decided = Decided()
    for group in _by_form(rows):
        deadline = correction_deadline(group[0])
        with transaction.atomic(), recorded("row.returned", by=by, reason=reason):
            _decide(group, "return", seen, decided, review_note=reason.strip(), correct_until=deadline, reply="")
    return decided


def _the_one(decided: Decided) -> None:
    for _, refused in decided.refused:
        raise refused


def _by_form(rows: Iterable[RecommendationRow]) -> list[list[RecommendationRow]]:
    """Unit by unit, in one order for everybody, so that two contacts never wait for each other."""
    forms: defaultdict[int, list[RecommendationRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.recommendation_id, row.position, row.pk)):
        forms[row.recommendation_id].append(row)
    return list(forms.values())


def _decide(
    group: list[RecommendationRow], verb: str, seen: Mapping[int, str], decided: Decided, **values: Any
) -> None:
    """Decide those of one unit's rows that can be, and tell it; adds to `decided`."""
    locked = RecommendationRow.objects.select_for_update(no_key=True).order_by("pk")
    stored = {row.pk: row for row in locked.filter(pk__in=[row.pk for row in group])}
    for row in stored.values():
        row.recommendation = group[0].recommendation
    stamps = stamp_problems(list(stored.values())) if verb == "approve" else {}
    done, now = [], clock.now()
    for row in group:
        try:
            found = _as_seen(stored.get(row.pk), seen.get(row.pk) or mark(row), states.ROW[verb].sources)
            refuse_if(stamps.get(row.pk, []))
            found.reply = values.get("reply", found.reply)  # a new return wants a new word
            move(row, verb, decided_at=now, returned_as=mark(found) if verb == "return" else "", **values)
        except Refused as refused:
            decided.refused.append((row, refused))
        else:
            done.append(row)
    if done:
        _tell_unit(done, NOTICES[verb])
    decided.done.extend(done)


def _as_seen(row: RecommendationRow | None, seen: str, sources: tuple[str, ...]) -> RecommendationRow:
    """The stored row. Raises StaleState, or Refused when it says something else than was seen."""
    if row is None or row.state not in sources:
        raise StaleState(row.get_state_display() if row else "已删除")
    if not stands_as(row, seen):
        raise Refused(CHANGED)
    return row


def correction_deadline(row: RecommendationRow) -> datetime:
    """When a row returned now must be back, exclusive."""
    return row.recommendation.edition.correction_until(clock.now())


@dataclass(frozen=True)
class Similar:
    """Another row that may be the same participant, and what tells so."""

    row: RecommendationRow
    why: str


def similarities(rows: Iterable[RecommendationRow]) -> dict[int, dict[int, str]]:
    """For each row's key: the keys of the rows of its edition that hold a place under the same phone or team name,
    and what is the same, for the contact to see (Q7, G13a). One query, however many rows."""
    rows = list(rows)
    phones, teams = {row.phone for row in rows} - {""}, {row.team_name for row in rows} - {""}
    if not phones and not teams:
        return {}
    held = RecommendationRow.objects.holding().filter(edition__in={row.edition_id for row in rows})
    others = held.filter(Q(phone__in=phones) | Q(team_name__in=teams)).order_by("pk")
    by_mark: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for other in others.values_list("pk", "edition_id", "name", "phone", "team_name", named=True):
        by_mark["phone", other.phone].append(other)
        by_mark["team", other.team_name].append(other)
    return {row.pk: _similar_to(row, by_mark) for row in rows}


def similar_rows(row: RecommendationRow) -> list[Similar]:
    """The same for one row, with the rows themselves."""
    found = similarities([row]).get(row.pk, {})
    others = RecommendationRow.objects.filter(pk__in=found).select_related("recommendation__unit").order_by("pk")
    return [Similar(other, found[other.pk]) for other in others] if found else []


def _similar_to(row: RecommendationRow, by_mark: dict[tuple[str, str], list[Any]]) -> dict[int, str]:
    near = by_mark.get(("phone", row.phone), []) + by_mark.get(("team", row.team_name), [])
    return {other.pk: why for other in near if (why := _alike(row, other))}


def _alike(row: RecommendationRow, other: Any) -> str:
    if row.pk == other.pk or row.edition_id != other.edition_id:
        return ""
    if row.phone and row.phone == other.phone:
        return "姓名、电话都相同" if row.name == other.name else "电话相同"
    return "队名相同" if row.team_name and row.team_name == other.team_name else ""


def letter(rows: Sequence[RecommendationRow], template: str, reason: str = "") -> Letter:
    """The notice as a unit will get it, were these rows of its decided now."""
    names = [officer.user.real_name for officer in rows[0].recommendation.unit.officers.select_related("user")]
    deadline = correction_deadline(rows[0]) if template == "row-returned" else None
    return render(template, {"name": "、".join(names) or "（填报人姓名）"} | _said(rows, reason, deadline))


def _tell_unit(rows: Sequence[RecommendationRow], template: str) -> None:
    first = rows[0]
    said = _said(rows, first.review_note, first.correct_until)
    for officer in first.recommendation.unit.officers.select_related("user"):
        notify(officer.user, template, about=first, occasion=occasion_of(first.decided_at), **said)


def _said(rows: Sequence[RecommendationRow], reason: str, deadline: datetime | None) -> dict[str, object]:
    form = rows[0].recommendation
    return {
        "unit": form.unit.full_name,
        "rows": told(rows),
        "reason": reason,
        "deadline": deadline,
        "stamped": form.edition.rulebook.recommendation.stamped_scan_required,
        "link": link_to("recommendation", unit=form.unit_id),
    }
