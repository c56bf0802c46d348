"""Works as they lie before a contact: checked files with previews, made of the same parts as the portal's."""

import io
from dataclasses import dataclass

from PIL import Image

from core import clock
from core.accounts.models import User
from core.files.derived.models import Derived
from core.files.inspection.inspecting import inspect
from core.files.inspection.models import FileCheck
from core.files.models import StoredFile
from core.files.services import MB, keep
from core.states import move
from registrations.entry_models import Entry
from registrations.work_models import VersionFile, Work, WorkFile, WorkVersion
from tests.registrations.entries import build
from tests.registrations.works.pictures import png
from tracks.models import Edition

PHONES = iter(range(1000))


@dataclass
class Brought:
    """A file by its name, and the preview that was made of it."""

    name: str
    data: bytes
    preview: Image.Image | None = None
    kind: str = Derived.Kind.PICTURE


def shot(image: Image.Image, name: str = "作品.png") -> Brought:
    """A picture with its preview."""
    return Brought(name, png(image), image)


def text(words: str, name: str = "文案.txt") -> Brought:
    """A plain text."""
    return Brought(name, words.encode())


def entry(edition: Edition, name: str = "祝宇", track: str = "worker", **values: object) -> Entry:
    """An entry that was sent in."""
    return build.entered(edition, build.person(name, f"13800138{next(PHONES) % 1000:03}"), track, **values)


def hand_in(
    of: Entry, *files: Brought, category: str = "A", material: str = "image", ai: bool = False, **fields: str
) -> WorkVersion:
    """The next version of an entry's work."""
    by, now = of.people.filter(role="representative").get().user, clock.now()
    work = Work.objects.filter(entry=of, category=category).first()
    if work is None:
        work = Work(entry=of, edition=of.edition, category=category, begun_at=now, changed_at=now)
        work.title = fields.get("title", "")
        work.save()
    lines = [
        WorkFile.objects.create(work=work, material=material, file=stored(one, by), added_at=now, added_by=by)
        for one in files
    ]
    version = WorkVersion.objects.create(
        work=work, number=work.versions.count() + 1, title=work.title, fields=fields, submitted_at=now,
        submitted_by=by, ai_used=ai, digest="0" * 64, receipt="0" * 64,
    )  # fmt: skip
    VersionFile.objects.bulk_create(
        VersionFile(version=version, file=line, position=place) for place, line in enumerate(lines)
    )
    move(work, "submit", current=version, submitted_at=now)
    return version


def stored(brought: Brought, by: User) -> StoredFile:
    """Kept, checked by looking inside, with its preview."""
    file = keep(io.BytesIO(brought.data), name=brought.name, owner=by, limit=9 * MB)
    found = inspect(io.BytesIO(brought.data), brought.name)
    move(FileCheck.objects.create(file=file), "pass", facts=found.stored())
    if brought.preview:
        drawn = io.BytesIO()
        brought.preview.save(drawn, "WEBP", lossless=True)
        shown = keep(drawn, name="预览.webp", owner=None, limit=9 * MB)
        width, height = brought.preview.size
        Derived.objects.create(original=file, kind=brought.kind, stored=shown, width=width, height=height)
    return file
