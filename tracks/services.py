"""Writing the edition's rows: what its file says, the organiser's dates, and who answers for a track."""

from copy import copy
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if

from .models import Category, Edition, Milestone, Track, TrackContact
from .rulebook import Rulebook
from .rulebook import contest as said
from .rules import check_dates, check_windows, effects

Coded = type[Track] | type[Category] | type[Milestone]
Values = dict[str, dict[str, Any]]  # code → the fields that the file gives
NO_REASON = Problem("reason.missing", "请写明理由，会记入办理记录", "reason")


# --- What the file says ---------------------------------------------------------------------------------


def adopt(edition: Edition, before: Rulebook | None) -> None:
    """Bring tracks, categories and milestones in line with the edition's text, inside the caller's transaction.

    before: what the previous text said; a date that the file leaves as it was keeps the organiser's edit.
    Raises Refused with everything found: rows that would vanish though others hang on them, dates that the
    organiser's edits would reverse.
    """
    rulebook = edition.rulebook
    rows: dict[Coded, Values] = {
        Track: {row.code: {"name": row.name} for row in rulebook.tracks},
        Category: {row.code: {"name": row.name} for row in rulebook.categories},
        Milestone: _milestones(edition, before),
    }
    calendar = [Milestone(code=code, **values) for code, values in rows[Milestone].items()]
    problems = [problem for milestone in calendar for problem in check_dates(milestone)] + check_windows(calendar)
    for model, values in rows.items():
        problems += _drop_others(model, edition, values)
    refuse_if(problems)
    for model, values in rows.items():
        _keep(model, edition, values)
    edition.__dict__.pop("calendar", None)


def _milestones(edition: Edition, before: Rulebook | None) -> Values:
    """Each milestone's values: the file's, except for dates that an organiser edited and the file left alone."""
    stored = {row.code: row for row in edition.milestones.all()}
    old = {row.code: row for row in before.milestones} if before else {}
    values = {}
    for row in edition.rulebook.milestones:
        edited = _edited(stored[row.code], old[row.code], row) if row.code in stored and row.code in old else {}
        values[row.code] = _milestone_values(row) | edited
    return values


def _edited(stored: Milestone, was: said.Milestone, now: said.Milestone) -> dict[str, Any]:
    """The stored dates that differ from a file which did not change them; with them, how precise they are."""
    kept = {
        side: getattr(stored, side)
        for side in ("starts_at", "ends_at")
        if getattr(was, side) == getattr(now, side) and getattr(stored, side) != getattr(now, side)
    }
    return kept | {"precision": stored.precision} if kept else {}


def _milestone_values(row: said.Milestone) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "precision": row.precision or "",
        "channel": row.channel or "",
        "opens": list(row.opens),
        "closes": list(row.closes),
        "categories": list(row.categories),
        "hard": row.hard,
        "grace_minutes": row.grace_minutes,
        "quote": row.quote,
        "source": row.source,
    }


def _drop_others(model: Coded, edition: Edition, kept: Values) -> list[Problem]:
    """Delete the rows that the file no longer has; name those that cannot go."""
    problems = []
    for row in model._default_manager.filter(edition=edition).exclude(code__in=kept):
        try:
            row.delete()
        except ProtectedError as error:
            problems.append(in_use(str(model._meta.verbose_name), row.name, len(error.protected_objects)))
    return problems


def _keep(model: Coded, edition: Edition, rows: Values) -> None:
    """Make these rows exist, in this order."""
    stored = {row.code: row for row in model._default_manager.filter(edition=edition)}
    made: list[Any] = []
    for position, (code, values) in enumerate(rows.items()):
        row = stored.get(code)
        if row is None:
            made.append(model(edition=edition, code=code, position=position, **values))
            continue
        for field, value in (values | {"position": position}).items():
            setattr(row, field, value)
        row.save()
    model._default_manager.bulk_create(made)


def in_use(kind: str | None, name: str, rows: int) -> Problem:
    """What is told when an amended file drops something that rows still point at."""
    words = f"文件删去了{kind}“{name}”，但已有 {rows} 行推荐用到它。请在文件里保留它，或先请推荐单位改填后再删"
    return Problem("edition.in_use", words)


def opening(edition: Edition) -> list[str]:
    """What it means that an edition becomes the current one, and what it still lacks."""
    said = ["首页、报名、推荐、公告和后台新建的各项，从此都是这一届；没有设为当前届以前，公众看不到它"]
    if before := Edition.objects.current():
        session = before.rulebook.edition.session
        said.append(f"{session}（{before.slug}）留在“历届大赛”里供查看；它的名单和证书，请先办完")
    if bare := [track.name for track in edition.tracks.filter(contacts=None)]:
        said.append(f"还没有联系人的赛道：{'、'.join(bare)}。请到“赛道”里指定")
    if points := {point.question for point in edition.rulebook.undecided}:
        said.append(f"还有 {len(points)} 项待定事项，定下来以前不能公布结果")
    return said


def make_current(edition: Edition, *, reason: str, by: User) -> None:
    """The portal is about this edition from now on; the one before is there to be read. Raises Refused without a
    reason, or for the current one."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("edition.current", by=by, reason=reason.strip()):
        rows = {row.pk: row for row in Edition.objects.select_for_update(no_key=True).order_by("pk")}
        before, after = Edition.objects.current(), rows[edition.pk]
        if after == before:
            raise Refused(Problem("edition.is_current", "这一届已经是当前届，不用再设"))
        if before:
            before.is_current = False
            before.save(update_fields=["is_current", "changed_at"])
        after.is_current = True
        after.save(update_fields=["is_current", "changed_at"])


# --- The organiser's dates ------------------------------------------------------------------------------


def set_milestone(
    milestone: Milestone, *, starts_at: datetime | None, ends_at: datetime | None, reason: str, by: User
) -> None:
    """Change a date, with a reason; an amended file keeps it unless it changes the same date.

    ends_at: exclusive, 17:00:01 for a deadline of 17:00 (G30). Raises Refused when the reason is missing or the
    calendar would make no sense.
    """
    reason = reason.strip()
    with transaction.atomic(), recorded("milestone.changed", by=by, reason=reason):
        edition = Edition.objects.select_for_update(no_key=True).get(pk=milestone.edition_id)  # one change at a time
        calendar = edition.calendar
        known = check_windows(calendar)
        row = next(row for row in calendar if row.pk == milestone.pk)
        row.starts_at, row.ends_at = starts_at, ends_at
        row.precision = _precision(row)
        made_wrong = [problem for problem in check_windows(calendar) if problem not in known]
        refuse_if([*([] if reason else [NO_REASON]), *check_dates(row), *made_wrong])
        row.save(update_fields=["starts_at", "ends_at", "precision"])
    milestone.refresh_from_db()


def effects_of(milestone: Milestone, *, starts_at: datetime | None, ends_at: datetime | None) -> list[str]:
    """What would change for people if the milestone had these dates, a sentence each; see `rules.effects`."""
    calendar = list(Milestone.objects.filter(edition=milestone.edition_id))
    changed = [copy(row) for row in calendar]
    for row in changed:
        if row.pk == milestone.pk:
            row.starts_at, row.ends_at = starts_at, ends_at
    return effects(calendar, changed, clock.now())


def _precision(milestone: Milestone) -> str:
    """The file's own where the dates are the file's; else to the day when both lie at midnight, or the minute."""
    file = milestone.edition.rulebook.milestone(milestone.code)
    if (milestone.starts_at, milestone.ends_at) == (file.starts_at, file.ends_at):
        return file.precision or ""
    given = [moment for moment in (milestone.starts_at, milestone.ends_at) if moment]
    whole_days = all(timezone.localtime(moment).time() == time() for moment in given)
    return ("day" if whole_days else "minute") if given else ""


# --- Who answers for a track ----------------------------------------------------------------------------


def appoint_contact(track: Track, user: User, *, by: User | None) -> TrackContact:
    """Make a person a contact of a track; contacts work in the admin, so they become staff (G6).

    Raises Refused for an account that has been switched off.
    """
    if not user.is_active:
        raise Refused(Problem("contact.inactive", f"{user} 的账号已停用，请先恢复账号，或另选一位", "user"))
    with transaction.atomic(), recorded("contact.appointed", by=by):
        contact, _ = TrackContact.objects.get_or_create(track=track, user=user)
        if not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
    return contact


def remove_contact(contact: TrackContact, *, by: User, reason: str) -> None:
    """End somebody's work for a track; without another one they leave the admin too.

    Raises Refused without a reason.
    """
    if not reason.strip():
        raise Refused(NO_REASON)
    with transaction.atomic(), recorded("contact.removed", by=by, reason=reason.strip()):
        user = User.objects.select_for_update(no_key=True).get(pk=contact.user_id)
        contact.delete()
        if not user.is_superuser and not user.track_contacts.exists():
            user.is_staff = False
            user.save(update_fields=["is_staff"])
