"""Evidence and scans that no check looked at, with previews that are no better: what serving alone must stand."""

import io
from collections.abc import Iterable

from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.files.inspection.found import Found
from core.files.inspection.models import FileCheck
from core.files.models import Derived, StoredFile
from core.files.services import keep
from core.states import move
from registrations.eligibility_models import EligibilityClaim
from registrations.entry_models import Entry
from registrations.models import Recommendation, StampedScan
from registrations.services.stamping import print_form
from tests.core.hostile_files import SCRIPT
from tests.core.hostile_kinds import Hostile


def let_through(one: Hostile) -> tuple[StoredFile, Derived]:
    """A file passed by force, and the same bytes in the place of its first page."""
    file, same = (keep(io.BytesIO(one.content), name=one.name, owner=None, limit=10**8) for _ in range(2))
    facts = Found(kind=file.kind, size=file.size, text=SCRIPT, metadata={"Title": SCRIPT})
    move(FileCheck.objects.create(file=file), "pass", facts=facts.stored())
    return file, Derived.objects.create(original=file, kind="page", stored=same)


def as_evidence(entry: Entry, files: Iterable[Hostile]) -> list[str]:
    """Of an entry's conditions, sent in; the addresses of the files and of their pages."""
    paths = []
    for number, one in enumerate(files):
        file, drawn = let_through(one)
        claim = EligibilityClaim.objects.create(entry=entry, condition=f"condition-{number}", file=file)
        move(claim, "submit", submitted_at=clock.now())
        paths += [reverse("evidence", args=[claim.pk]), reverse("evidence_page", args=[claim.pk, drawn.pk])]
    return paths


def as_scans(form: Recommendation, files: Iterable[Hostile], *, by: User) -> list[str]:
    """Of a unit's form, which has rows."""
    printed, paths = print_form(form, by=by)[0], []
    for one in files:
        file, drawn = let_through(one)
        scan = StampedScan.objects.create(printed=printed, file=file, found_by="qr", uploaded_by=by)
        paths += [reverse("scan", args=[scan.pk]), reverse("scan_page", args=[scan.pk, drawn.pk])]
    return paths
