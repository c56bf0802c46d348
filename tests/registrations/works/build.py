"""Works for tests, built through the services."""

import io
from datetime import datetime

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from core.files.inspection.checking import check
from core.files.models import StoredFile
from core.files.services import keep
from registrations.entry_models import Entry
from registrations.services import verdicts, work_files, work_verdicts, works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import VersionFile, Work, WorkFile, WorkVersion
from tests.core import good_files
from tests.registrations.entries import build
from tracks.models import Edition

SUBMITTING = datetime(2025, 1, 14, 10, tzinfo=BEIJING)  # all three theme seasons are open
CLOSES = datetime(2025, 8, 31, tzinfo=BEIJING)  # exclusive (Q10)
TEXTS = {"title": "潮间带的一天", "description": "一幅讲红树林潮间带生物的科普长图。" * 4, "ai_used": False}


def accepted(edition: Edition, by: User | None = None, track: str = "worker", **values: object) -> Entry:
    """An entry whose eligibility has passed, while works may be handed in."""
    entry = build.entered(edition, by or build.person(), track, **values)
    one = entry.claims.get()
    verdicts.accept_claim(one, seen=verdicts.mark(one), by=by or entry.people.get(role="representative").user)
    clock.set_now(SUBMITTING)
    entry.refresh_from_db()
    return entry


def leader(work: Work) -> User:
    """Who acts for it."""
    return work.entry.people.get(role="representative").user


def begun(entry: Entry, category: str = "A") -> Work:
    """A draft."""
    return works.begin_work(entry, category, by=entry.people.get(role="representative").user)


def put(work: Work, data: bytes, name: str = "作品.png", material: str = "images") -> WorkFile:
    """A file in it, checked."""
    file = work_files.add_file(work, material, kept(data, name, leader(work)), by=leader(work))
    assert file.file
    check(file.file)
    return file


def kept(data: bytes, name: str, by: User) -> StoredFile:
    """A stored file."""
    return keep(io.BytesIO(data), name=name, owner=by, limit=10**8)


def brought(work: Work, name: str, content: bytes) -> WorkFile:
    """A file of the version that counts, however it came there."""
    by, now = leader(work), clock.now()
    stored = kept(content or b"\0", name, by)
    file = WorkFile.objects.create(work=work, material="images", file=stored, added_at=now, added_by=by)
    VersionFile.objects.create(version=work.current, file=file, position=file.pk)
    return file


def filled(entry: Entry) -> Work:
    """An A work that lacks nothing."""
    work = begun(entry)
    works.save_work(work, TEXTS, by=leader(work))
    put(work, good_files.png())
    return fresh(work)


def submitted(entry: Entry) -> Work:
    """Handed in once."""
    work = filled(entry)
    submit(work)
    return fresh(work)


def submit(work: Work) -> WorkVersion:
    """Hand it in as it stands."""
    work = fresh(work)
    return works.submit_work(work, by=leader(work), seen=WorkDossier(work).content.digest)


def passed(entry: Entry, by: User) -> Work:
    """Passed by a contact."""
    work = submitted(entry)
    return work_verdicts.pass_work(work, seen=work_verdicts.mark(work), by=by)


def fresh(work: Work) -> Work:
    """As the database has it."""
    found = Work.objects.select_related("entry__edition", "entry__track", "entry__row", "current").get(pk=work.pk)
    found.edition = found.entry.edition
    return found
