"""Rows of the apps in the words of `schemas`; no questions to the database here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from awards import sheets
from awards.models import AwardLine, AwardList, AwardVersion, Release
from awards.verification import Finding
from core.clock import BEIJING
from judging.models import Round
from registrations.entry_models import Entry
from registrations.work_models import Work
from seasons.leaderboard_page import Row
from tracks.models import Edition
from tracks.pages import ScheduleRow

from . import schemas


def local(moment: datetime | None) -> datetime | None:
    """At +08:00, as the pages tell it."""
    return moment.astimezone(BEIJING) if moment else None


def edition(one: Edition) -> schemas.Edition:
    """Its identity, and who stands behind it in order of rank."""
    said = one.rulebook.edition
    organisers = [
        schemas.Organiser(role=row.role, role_name=row.role_name, name=row.name) for row in one.rulebook.organisers
    ]
    words = {name: getattr(said, name) for name in ("code", "short_name", "session", "theme", "document", "issued_on")}
    return schemas.Edition(slug=one.slug, name=one.name, current=one.is_current, organisers=organisers, **words)


def milestone(row: ScheduleRow) -> schemas.Milestone:
    """A line of the schedule."""
    one = row.milestone
    same = ("code", "name", "kind", "precision", "channel", "opens", "closes", "categories", "hard", "grace_minutes")
    facts: dict[str, Any] = {name: getattr(one, name) for name in (*same, "quote", "source")}
    ends: dict[str, Any] = {"starts_at": local(one.starts_at), "ends_at": local(one.ends_at)}
    return schemas.Milestone(undecided=row.undecided, **facts, **ends)


def tracks(one: Edition) -> schemas.Tracks:
    """From the edition's file."""
    book = one.rulebook
    mine = [
        schemas.Track(
            code=row.code, name=row.name, short_name=row.short_name, source=row.source,
            conditions=[condition.text for condition in row.conditions],
        )
        for row in book.tracks
    ]  # fmt: skip
    same = ("code", "name", "short_name", "direction", "description", "source")
    kinds = [schemas.Category(**{name: getattr(row, name) for name in same}) for row in book.categories]
    return schemas.Tracks(tracks=mine, categories=kinds)


def award_list(one: AwardList, release: Release | None, version: AwardVersion | None = None) -> schemas.AwardList:
    """A list; `version` speaks where nothing was released."""
    drafted = release.version if release else version
    return schemas.AwardList(
        id=one.pk, award=one.award, name=str(one), state=one.state, state_name=one.get_state_display(),  # type: ignore[arg-type]
        category=one.category.code if one.category else None, track=one.track.code if one.track else None,
        opens_at=local(one.opens_at), closes_at=local(one.closes_at), final_at=local(one.final_at),
        version=release.number if release else None, released_at=local(release.at) if release else None,
        sha256=drafted.sha256 if drafted else None,
    )  # fmt: skip


def award_lines(lines: Iterable[AwardLine]) -> list[schemas.AwardLine]:
    """The very words of the table that everybody can download."""
    return [schemas.AwardLine(**_numbered(row)) for row in sheets.list_rows(lines)]


def awarded_lines(lines: list[AwardLine]) -> list[schemas.AwardedLine]:
    """The same with what each hangs on."""
    return [
        schemas.AwardedLine(**_numbered(row), key=one.key, rank=one.rank, holder=one.holder, entry=one.entry_id)
        for row, one in zip(sheets.list_rows(lines), lines, strict=True)
    ]


def _numbered(row: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "place": int(row["place"])}


def leader(row: Row) -> schemas.Leader:
    """A line of the board."""
    return schemas.Leader(
        rank=row.rank, name=row.name, track=row.track, points=f"{row.points.normalize():f}",
        attained_at=local(row.attained_at), tied=row.cut,
    )  # fmt: skip


def verdict(found: Finding) -> schemas.Verdict:
    """As the page of the QR code has it."""
    latest = found.latest
    ended = found.held.ended_at if found.state == "corrected" else latest.ended_at
    return schemas.Verdict(
        state=found.state, number=latest.number, version=latest.version, held_version=found.held.version,  # type: ignore[arg-type]
        name=found.name, title=latest.title, award=latest.award, issuers=list(latest.issuers),
        issued_on=latest.issued_on, ended_on=ended.astimezone(BEIJING).date() if ended else None,
    )  # fmt: skip


def entry(one: Entry, edition: Edition) -> schemas.Entry:
    """Without anybody's name: an individual is told by number and organisation."""
    one.edition = edition
    row = one.row
    same = ("kind", "team_name", "organisation", "categories", "state", "members", "instructors")
    facts: dict[str, Any] = {name: getattr(one, name) for name in same}
    times: dict[str, Any] = {name: local(getattr(one, name)) for name in ("created_at", "entered_at", "decided_at")}
    return schemas.Entry(
        id=one.pk, number=one.number, channel="recommended" if row else "open", track=one.track.code,
        unit=row.recommendation.unit.full_name if row else None, state_name=one.get_state_display(), **facts, **times,
    )  # fmt: skip


def work(one: Work, edition: Edition) -> schemas.Work:
    """Its standing."""
    one.edition = one.entry.edition = edition
    facts: dict[str, Any] = {name: getattr(one, name) for name in ("category", "title", "state", "ai_used")}
    times: dict[str, Any] = {name: local(getattr(one, name)) for name in ("submitted_at", "decided_at")}
    return schemas.Work(
        id=one.pk, number=one.number, entry=one.entry.number, track=one.entry.track.code,
        state_name=one.get_state_display(), version=one.current.number if one.current else None,
        digest=one.current.digest if one.current else None, **facts, **times,
    )  # fmt: skip


def round_(one: Round) -> schemas.Round:
    """A round in the list."""
    return schemas.Round(
        id=one.pk, code=one.code, name=str(one), kind=one.kind, state=one.state, state_name=one.get_state_display(),
        category=one.category.code if one.category else None, opens_at=local(one.opens_at),
        closes_at=local(one.closes_at),
    )  # fmt: skip


def score(row: Mapping[str, Any]) -> schemas.Score:
    """A line of the exported table."""
    return schemas.Score(**{**row, "total": None if row["total"] is None else str(row["total"])})
