"""Writing the edition's rows: what its file says, and the organiser's changes of dates."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused

from .models import Category, Edition, Milestone, Track, TrackContact
from .rulebook import Rulebook
from .rulebook import contest as said


def adopt(edition: Edition, before: Rulebook | None) -> None:
    """Bring tracks, categories and milestones in line with the edition's text, inside the caller's transaction.

    before: what the previous text said; a date that the file did not change keeps the organiser's edit.
    Raises Refused when a track or category with rows behind it would vanish.
    """
    rulebook = edition.rulebook
    _keep(Track, edition, [(row.code, {"name": row.name}) for row in rulebook.tracks])
    _keep(Category, edition, [(row.code, {"name": row.name}) for row in rulebook.categories])
    old = {row.code: row for row in before.milestones} if before else {}
    unedited = {row.code for row in rulebook.milestones if old.get(row.code) == row}
    milestones = [(row.code, {} if row.code in unedited else _milestone_values(row)) for row in rulebook.milestones]
    _keep(Milestone, edition, milestones)
    edition.__dict__.pop("calendar", None)


def set_milestone(milestone: Milestone, *, starts_at: datetime | None, ends_at: datetime | None, reason: str, by: User) -> None:
    """Change a date, with a reason. Raises Refused when the reason is missing or the ends are reversed."""
    problems = []
    if not reason.strip():
        problems.append(Problem("reason.missing", "请写明改期的理由，会记入办理记录", "reason"))
    if starts_at and ends_at and starts_at >= ends_at:
        problems.append(Problem("milestone.reversed", "结束应晚于开始，请检查两个时间", "ends_at"))
    if problems:
        raise Refused(problems)
    with transaction.atomic(), recorded("milestone.changed", by=by, reason=reason.strip()):
        milestone.starts_at, milestone.ends_at = starts_at, ends_at
        milestone.save(update_fields=["starts_at", "ends_at"])


def _milestone_values(row: said.Milestone) -> dict[str, object]:
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


def _keep(model: type[Track] | type[Category] | type[Milestone], edition: Edition, rows: list[tuple[str, dict[str, object]]]) -> None:
    """Make exactly these rows exist, in this order; codes that vanished are deleted (PROTECT refuses where used)."""
    model.objects.filter(edition=edition).exclude(code__in=[code for code, _ in rows]).delete()  # type: ignore[attr-defined]
    for position, (code, values) in enumerate(rows):
        model.objects.update_or_create(edition=edition, code=code, defaults={"position": position, **values})  # type: ignore[attr-defined]


def appoint_contact(track: Track, user: User, *, by: User | None) -> TrackContact:
    """Make a person a contact of a track; contacts work in the admin, so they become staff (G6)."""
    with transaction.atomic(), recorded("contact.appointed", by=by):
        contact, _ = TrackContact.objects.get_or_create(track=track, user=user)
        if not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
    return contact
