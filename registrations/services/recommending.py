"""What a unit's officer does with the 推荐申报表: save, submit, withdraw."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_name
from core.audit.history import recorded
from core.database import violated
from core.problems import Problem, Refused, errors, refuse_if
from core.states import StaleState, move
from tracks.models import Edition

from .. import states
from ..models import PERSON_CHECK, PLACES_CHECK, Recommendation, RecommendationRow, Unit, UnitQuota
from ..rules import Places, check_places, check_window, judge_name, normal_phone, normal_text
from .facts import NO_CATEGORY, FormFacts
from .telling import tell_arrival, tell_withdrawn

TEXTS = ("name", "team_name", "organisation", "phone", "email", "reply")
FORM_FIELDS = {"team_name": "team"}  # the rules' name for a column that is called otherwise here
PERSON_GONE = Problem("person.twice", "有参赛者刚被另一单位推荐，请刷新页面，看看是哪一行")
PLACES_GONE = Problem("places.exceeded", "名额刚被同事的提交用完，请刷新页面，看看还剩几个")
FIELDS = ("name", "team_name", "organisation", "phone", "email", "categories", "track")


def form_of(unit: Unit, edition: Edition, *, by: User | None = None) -> Recommendation:
    """The unit's form in an edition; made when it is first opened."""
    form = Recommendation.objects.filter(unit=unit, edition=edition).first()
    if form is None:
        with transaction.atomic(), recorded("form.opened", by=by):
            form, _ = Recommendation.objects.get_or_create(unit=unit, edition=edition)
    return form


def save_row(
    form: Recommendation,
    values: Mapping[str, Any],
    *,
    by: User,
    row: RecommendationRow | None = None,
    facts: FormFacts | None = None,
) -> RecommendationRow:
    """Keep what was typed, right or wrong: a draft is never refused for its content.

    values: any of FIELDS, and `reply`, the clerk's word on a row that was sent back. A new row goes to the end.
    facts: where several rows are saved. Raises Refused when the row can no longer be edited, or when a text is longer
    than its column.
    """
    facts = facts or FormFacts(form)
    with transaction.atomic(), recorded("row.saved" if row else "row.added", by=by):
        if row is None:
            Recommendation.objects.select_for_update(no_key=True).get(pk=form.pk)  # two clerks, two positions
            last = form.rows.aggregate(last=Max("position"))["last"] or 0
            row = RecommendationRow(recommendation=form, position=last + 1, track=facts.default_track)
        else:
            row = _lock(row)
        refuse_if(facts.locked(row, clock.now()))
        for field in (*FIELDS, "reply"):
            if field in values:
                setattr(row, field, normal_field(field, values[field], facts))
        refuse_if(too_long(row))
        row.save()
    return row


def delete_row(row: RecommendationRow, *, by: User) -> None:
    """Remove a draft. Raises Refused for a row that was submitted; that one can be withdrawn."""
    with transaction.atomic(), recorded("row.deleted", by=by):
        row = _lock(row)
        if row.state != "draft":
            raise Refused(Problem("row.not_draft", "只有草稿可以删除；已提交的请用“撤回”"))
        row.delete()


def submit_rows(
    form: Recommendation, rows: Iterable[RecommendationRow], *, by: User, on_behalf: bool = False
) -> list[RecommendationRow]:
    """Send rows to the contacts of their tracks, all or none; each takes one place (G16).

    on_behalf: a contact does it for the unit, which had mailed them.

    Raises Refused with every problem found, placed at `row-<pk>-<column>`; then nothing was written.
    """
    wanted, now = {row.pk for row in rows}, clock.now()  # who came in time has not to wait in vain for a colleague
    try:
        with transaction.atomic(), recorded("row.submitted_for_unit" if on_behalf else "row.submitted", by=by):
            rows = form.rows.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted)
            found = sorted(rows.order_by("pk"), key=_place)  # locked as a contact locks them, told in the sheet's order
            quota = _lock_quota(form)
            problems = submission_problems(FormFacts(form, quota), found, now)
            if gone := len(wanted) - len(found):
                problems.append(Problem("rows.gone", f"有 {gone} 行已不在表里，请刷新页面后再提交"))
            refuse_if(problems)
            allowed = form.edition.rulebook.recommendation.duplicates == "warn"
            for row in sorted(found, key=_person):  # one order for all units, so that two never wait for each other
                move(row, "submit", submitted_at=now, correct_until=None, returned_as="", twice_allowed=allowed)
            tell_arrival(form, found)
    except IntegrityError as error:
        # The database spoke where the rule had not: somebody else was faster. The same sentence, counted anew.
        constraint = violated(error)
        if constraint == PLACES_CHECK:
            quota = UnitQuota.objects.get(unit=form.unit_id, edition=form.edition_id)
            problems = check_places(Places(quota.limit, quota.taken, len(wanted))) or [PLACES_GONE]
        elif constraint == PERSON_CHECK:
            problems = errors(submission_problems(FormFacts(form), form.rows.filter(pk__in=wanted))) or [PERSON_GONE]
        else:
            raise
        raise Refused(problems) from error
    return found


def _place(row: RecommendationRow) -> tuple[int, int]:
    return row.position, row.pk


def _person(row: RecommendationRow) -> tuple[str, str]:
    return row.phone, row.name


def submission_problems(
    facts: FormFacts, rows: Iterable[RecommendationRow], now: datetime | None = None
) -> list[Problem]:
    """此刻提交会怎样: what would refuse these rows right now."""
    rows, now = list(rows), now or clock.now()
    fresh = [row for row in rows if row.state == "draft"]
    problems = [] if rows else [Problem("rows.none", "没有可以提交的行，请先填写一行")]
    if fresh:
        problems += check_window(facts.window, now)
        problems += check_places(Places(facts.quota.limit, facts.quota.taken, len(fresh)))
    return problems + [problem for row in rows for problem in row_problems(facts, row, now)]


def row_problems(facts: FormFacts, row: RecommendationRow, now: datetime) -> list[Problem]:
    """What stands against submitting one row, places apart; each names the row, placed at `row-<pk>-<column>`."""
    return [
        replace(problem, message=f"第 {row.position} 行：{problem.message}", field=f"row-{row.pk}-{problem.field}")
        for problem in facts.locked(row, now) + facts.unanswered(row) + facts.problems(row) + facts.duplicates(row)
    ]


def withdraw_row(row: RecommendationRow, *, by: User, reason: str = "") -> None:
    """Take a submitted row back; its place is free again. Whoever had it before them, or had passed it, is told.

    Raises Refused when its participant has claimed it: they leave first.
    """
    with transaction.atomic(), recorded("row.withdrawn", by=by, reason=reason):
        before = _lock(row).state
        if row.entries.filter(state__in=states.ENTRY_LIVE).exists():
            words = "参赛者已认领这个名额，不能撤回。确需撤回的，请参赛者先在“我的进度”里退出比赛，或联系赛道联系人"
            raise Refused(Problem("row.claimed", words))
        move(row, "withdraw")
        if before in ("submitted", "approved"):
            tell_withdrawn(row, before, giver=by, reason=reason)


def restore_row(row: RecommendationRow, *, by: User) -> None:
    """Make a withdrawn row a draft again; it takes a place only when submitted anew."""
    with transaction.atomic(), recorded("row.restored", by=by):
        move(row, "restore")


def _lock_quota(form: Recommendation) -> UnitQuota:
    """The unit's places, locked until the transaction ends; always after its rows.

    A bulk write, which asks nobody, has its rows before the trigger wants the places: another order is a deadlock.
    """
    quotas = UnitQuota.objects.select_for_update(no_key=True).filter(unit=form.unit_id, edition=form.edition_id)
    if (quota := quotas.first()) is None:
        raise Refused(NO_CATEGORY)
    return quota


def _lock(row: RecommendationRow) -> RecommendationRow:
    """The row as it now stands, locked. Raises StaleState when somebody has deleted it."""
    if (found := RecommendationRow.objects.select_for_update(no_key=True).filter(pk=row.pk).first()) is None:
        raise StaleState("已删除")
    return found


def too_long(row: RecommendationRow) -> list[Problem]:
    """Texts that their columns cannot hold; cutting them would lose what was typed."""
    fields = [field for field in RecommendationRow._meta.local_fields if field.name in TEXTS]
    return [
        Problem(
            "text.too_long",
            f"“{field.verbose_name}”最多 {field.max_length} 个字，请缩短",
            FORM_FIELDS.get(field.name, field.name),
        )
        for field in fields
        if field.max_length and len(getattr(row, field.name)) > field.max_length
    ]


def normal_field(field: str, value: Any, facts: FormFacts) -> Any:
    """A column's value as it is kept, however it was typed or uploaded."""
    match field:
        case "name":
            return normal_name(value)
        case "team_name":
            typed = normal_text(value)
            return judge_name(facts.naming, typed).name or typed if typed else ""
        case "phone":
            return normal_phone(value)
        case "categories" | "track":
            return value
        case _:
            return normal_text(value)
