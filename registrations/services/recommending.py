"""What a unit's officer does with the 推荐申报表: save, submit, withdraw."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import violated
from core.links import link_to
from core.notices.services import notify
from core.problems import Problem, Refused, errors, refuse_if
from core.states import StaleState, move
from tracks.models import Edition

from ..models import PERSON_CHECK, PLACES_CHECK, Recommendation, RecommendationRow, Unit, UnitQuota
from ..rules import Places, check_places, check_window, judge_name, normal_phone, normal_text
from ..rules.rows import normal_name
from .facts import NO_CATEGORY, FormFacts

TEXTS = ("name", "team_name", "organisation", "phone", "email")
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

    values: any of FIELDS. A new row goes to the end. facts: where several rows are saved. Raises Refused when the row
    can no longer be edited, or when a text is longer than its column.
    """
    facts = facts or FormFacts(form)
    with transaction.atomic(), recorded("row.saved", by=by):
        if row is None:
            Recommendation.objects.select_for_update(no_key=True).get(pk=form.pk)  # two clerks, two positions
            last = form.rows.aggregate(last=Max("position"))["last"] or 0
            row = RecommendationRow(recommendation=form, position=last + 1, track=facts.default_track)
        else:
            row = _lock(row)
        refuse_if(facts.locked(row, clock.now()))
        for field in FIELDS:
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
    wanted = {row.pk for row in rows}
    try:
        with transaction.atomic(), recorded("row.submitted_for_unit" if on_behalf else "row.submitted", by=by):
            quota = _lock_quota(form)
            found = list(form.rows.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted))
            now = clock.now()
            problems = submission_problems(FormFacts(form, quota), found, now)
            if gone := len(wanted) - len(found):
                problems.append(Problem("rows.gone", f"有 {gone} 行已不在表里，请刷新页面后再提交"))
            refuse_if(problems)
            allowed = form.edition.rulebook.recommendation.duplicates == "warn"
            for row in sorted(found, key=_person):  # one order for all units, so that two never wait for each other
                move(row, "submit", submitted_at=now, correct_until=None, review_note="", twice_allowed=allowed)
            _tell_arrival(form, found)
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
        for problem in facts.locked(row, now) + facts.problems(row) + facts.duplicates(row)
    ]


def withdraw_row(row: RecommendationRow, *, by: User, reason: str = "") -> None:
    """Take a submitted row back; its place is free again."""
    with transaction.atomic(), recorded("row.withdrawn", by=by, reason=reason):
        _lock_quota(row.recommendation)  # before the row, as submitting does: the trigger will want it
        move(row, "withdraw")


def restore_row(row: RecommendationRow, *, by: User) -> None:
    """Make a withdrawn row a draft again; it takes a place only when submitted anew."""
    with transaction.atomic(), recorded("row.restored", by=by):
        move(row, "restore")


def _lock_quota(form: Recommendation) -> UnitQuota:
    """The unit's places, locked until the transaction ends; always the first lock taken."""
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


def _tell_arrival(form: Recommendation, rows: list[RecommendationRow]) -> None:
    """The unit gets a receipt, each contact what arrived on their track; one mail a submission."""
    occasion = f"{rows[0].pk}-{rows[0].submitted_at:%Y%m%d%H%M%S}"
    unit = form.unit.full_name
    page = link_to("recommendation", unit=form.unit_id)
    for officer in form.unit.officers.select_related("user"):
        notify(officer.user, "row-submitted", about=form, occasion=occasion, unit=unit, rows=_told(rows), link=page)
    queue = link_to("admin:registrations_recommendationrow_changelist")
    for track in sorted({row.track for row in rows}, key=lambda track: track.position):
        mine = _told([row for row in rows if row.track_id == track.pk])
        for contact in track.contacts.select_related("user"):
            said = {"unit": unit, "rows": mine, "track": track.name, "link": queue}
            notify(contact.user, "row-arrived", about=form, occasion=f"{occasion}-{track.code}", **said)


def _told(rows: list[RecommendationRow]) -> list[dict[str, object]]:
    """Rows as a notice names them; no phone leaves the portal by mail."""
    return [{"position": row.position, "title": row.team_name or row.name} for row in rows]
