"""A person's data over all apps: handed to them in one file, deleted at their request, cleared when its time is up."""

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from tempfile import TemporaryFile
from typing import IO

import pghistory
from django.db import transaction
from django.utils import timezone

import awards.personal
import core.accounts.personal
import core.files.personal
import core.notices.personal
import judging.personal
import registrations.personal
import seasons.force_personal
import seasons.personal
import seasons.placing_personal
import seasons.training_personal
from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.notices.services import notify
from core.personal import Person, Section, Value, remnants
from core.problems import refuse_if
from core.sheets import write_book
from core.states import move
from registrations.personal_models import DeletionRequest
from registrations.services import personal_purge, personal_retention
from registrations.services.personal_retention import Term
from tracks.models import Edition

EVERY_APP: tuple[Callable[[User], list[Section]], ...] = (
    core.accounts.personal.gather,
    core.files.personal.gather,
    registrations.personal.gather,
    judging.personal.gather,
    seasons.training_personal.gather,
    seasons.personal.gather,
    awards.personal.gather,
    core.notices.personal.gather,
)


def expire_contacts(edition: Edition, ended: datetime) -> int:
    """Whom one could reach: numbers and mailboxes, who leads a volunteer force, whom to ask for at a venue."""
    found = personal_retention.expire_contacts(edition, ended)
    return found + seasons.force_personal.expire_leaders(edition) + seasons.placing_personal.expire_venues(edition)


EXPIRE = {
    **personal_retention.EXPIRE,
    "contact": expire_contacts,
    "ballot_identity": judging.personal.expire_ballots,
    "training": seasons.training_personal.expire,
}
STAYS = (
    "推荐名额、报名和审核结果：以化名保留，统计数字不变",
    "同意书和承诺的版本、时间：证明当时同意过",
    "办理记录里谁在什么时候办了什么：姓名改为化名或“（已删除）”",
)


# --- One's own data -----------------------------------------------------------------------------------------


def gather(user: User) -> list[Section]:
    """Everything about a person, from left to right."""
    return [section for gather in EVERY_APP for section in gather(user)]


def export(user: User, *, by: User) -> IO[bytes]:
    """A ZIP, at its beginning: data.json, 我的信息.xlsx (one sheet a kind), and the files that the person uploaded."""
    with transaction.atomic(), recorded("personal.exported", by=by):
        pghistory.create_event(user, label="exported")
    sections = gather(user)
    made: IO[bytes] = TemporaryFile()  # noqa: SIM115  # the answer closes it
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(_as_json(sections), ensure_ascii=False, indent=2))
        archive.writestr("我的信息.xlsx", book(sections))
        numbers = count(1)
        for file in (file for section in sections for file in section.files):
            with (
                file.blob.storage.open(file.blob.name, "rb") as blob,
                archive.open(f"files/{next(numbers)}-{file.original_name}", "w") as copy,
            ):
                for chunk in iter(lambda: blob.read(1 << 16), b""):
                    copy.write(chunk)
    made.seek(0)
    return made


def book(sections: list[Section]) -> bytes:
    """A workbook with a sheet for each section."""
    return write_book((s.title, s.columns, [[_in_cell(v) for v in row] for row in s.rows]) for s in sections)


def _as_json(sections: list[Section]) -> dict[str, list[dict[str, Value]]]:
    return {
        section.title: [dict(zip(section.columns, map(_in_json, row), strict=True)) for row in section.rows]
        for section in sections
    }


def _in_json(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _in_cell(value: Value) -> Value:
    return timezone.localtime(value) if isinstance(value, datetime) else value


# --- Deletion -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a deletion removes, and what stays."""

    removed: Counter[str]
    counted: int  # numbers of the statistics, all the same before and after
    left: dict[str, int] = field(default_factory=dict)  # where the name or number still stands: kind → rows
    stays: tuple[str, ...] = STAYS

    @property
    def lines(self) -> list[tuple[str, int]]:
        """What there is to remove."""
        return [(what, number) for what, number in self.removed.items() if number]


class StatisticsChanged(Exception):
    """A deletion would have changed what the contest counts; nothing was deleted."""


def rehearse(asked: DeletionRequest) -> Report:
    """What `carry_out` would do: the same code in a transaction that is rolled back."""
    with transaction.atomic():
        report = _purge(asked.user)
        transaction.set_rollback(True)
    return report


def carry_out(asked: DeletionRequest, *, reason: str, by: User) -> Report:
    """Delete, close the account, tell the person at the address they had. Nothing can be undone.

    Raises Refused while somebody else must see to something first, StaleState when it was handled meanwhile.
    """
    with transaction.atomic(), recorded("personal.purged", by=by, reason=reason.strip()):
        user = User.objects.get(pk=asked.user_id)
        refuse_if(personal_purge.blockers(user) + judging.personal.blockers(user))
        move(asked, "do", handled_at=clock.now(), note=reason.strip())
        notify(asked.user, "deletion-done", about=asked)  # while there is an address
        return _purge(asked.user)


def _purge(user: User) -> Report:
    """From right to left, the account last. Raises StatisticsChanged."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    person = Person(user, registrations.personal.names_of(user), str(user.phone or ""), str(user.email or ""))
    before = _statistics()
    removed = awards.personal.purge(person)
    removed += seasons.personal.purge(person) + seasons.training_personal.purge(person)
    removed += judging.personal.purge(person) + personal_purge.purge(person)
    removed += core.files.personal.purge(person) + core.accounts.personal.purge(person)
    after = _statistics()
    if before != after:
        raise StatisticsChanged(f"{(before - after) + (after - before)}")
    return Report(removed, len(after), remnants(person.words))


def _statistics() -> Counter[tuple[object, ...]]:
    """What no deletion may change, over all apps."""
    ours = seasons.training_personal.statistics() + seasons.personal.statistics() + awards.personal.statistics()
    return personal_purge.statistics() + judging.personal.statistics() + ours


# --- Retention ----------------------------------------------------------------------------------------------


def expire(now: datetime, *, dry_run: bool = False) -> dict[tuple[str, str], int]:
    """Clear whatever is past its term: (edition, kind) → how many. Harmless when run again.

    dry_run: the same, rolled back.
    """
    found: dict[tuple[str, str], int] = {}
    with transaction.atomic(), recorded("personal.expired", by=None):
        for edition, term in due(now):
            if (cleared := EXPIRE[term.data](edition, term.ended)) if term.ended else 0:
                found[edition.name, registrations.personal.KINDS[term.data].label] = cleared
        core.notices.personal.blank_closed()
        if dry_run:
            transaction.set_rollback(True)
    return found


def due(now: datetime) -> list[tuple[Edition, Term]]:
    """The terms that have run out, of kinds that some app keeps."""
    terms = [
        (edition, term) for edition in Edition.objects.order_by("pk") for term in personal_retention.terms(edition)
    ]
    return [(edition, term) for edition, term in terms if term.until and term.until <= now and term.data in EXPIRE]
