"""What the jobs of a batch do: cut its fonts, print its rows, gather the results. Harmless when killed and run again.

A file is whole under its hash before its row says so; a row that has its file is passed over. Jobs of a run that is
over find another `run`, or a batch that is held, and do nothing.
"""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock
from core.audit.history import recorded
from core.files.kinds import PDF, XLSX, ZIP
from core.files.made import keep_made
from core.files.models import StoredFile
from core.files.services import erase
from core.jobs.services import enqueue, enqueue_all
from core.problems import Problem, Refused
from core.sheets import write_xlsx
from core.states import move

from ..certificates.fonts import NAMES, TYPE, batch_fonts
from ..certificates.merging import merged
from ..certificates.rendering import CertificatePress, LaidOut, Sheet, taken
from ..models import Certificate, CertificateBatch
from . import handing_out
from .certificate_register import REGISTER, pack, register_rows
from .certifying import GATHER, sheet_of, unprinted

PRINT = "certificates.print"
CHUNK = 20  # certificates a job: half a second of work, lost with a killed worker; all of them are in memory at once
HANDS = 4  # workers that are woken for a batch
READ = 200  # rows that are read at once
FOLDER = "certificates"
FULL = "file.storage_full"


def waiting(batch: CertificateBatch) -> Q:
    """Rows that still have to be printed."""
    return Q(batch=batch, file=None, problem="", state="valid", erased_at=None)


def running(pk: int, run: int) -> CertificateBatch | None:
    """The batch while it is in this run."""
    return CertificateBatch.objects.filter(pk=pk, run=run, state="running").select_related("edition", "fonts").first()


def prepare(pk: int, run: int) -> None:
    """Cut the fonts once, then put a job in for every few certificates."""
    if (batch := running(pk, run)) is None:
        return
    if batch.fonts is None:
        rows = Certificate.objects.filter(batch=batch).only("title", "words", "issuers", "notes", "number", "issued_on")
        try:
            fonts = batch_fonts(sheet_of(row).text for row in rows.iterator())
            batch.fonts = _keep_fonts(fonts["asset:body"][1], fonts["asset:title"][1])
        except Refused as refused:
            stand_still(batch, refused)
            return
        batch.save(update_fields=["fonts"])
    places = list(Certificate.objects.filter(waiting(batch)).order_by("place").values_list("place", flat=True))
    jobs = {}
    for n in range(0, len(places), CHUNK):
        mine = places[n : n + CHUNK]
        jobs[f"{pk}-{run}-{mine[0]}"] = {"batch": pk, "run": run, "first": mine[0], "last": mine[-1]}
    enqueue_all(PRINT, jobs, hands=HANDS)
    if not places:
        _finish_if_last(batch)


def _keep_fonts(body: bytes, title: bytes) -> StoredFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in zip(NAMES, (body, title), strict=True):
            archive.writestr(zipfile.ZipInfo(name.replace(":", "-")), data)  # of no date: the same bytes again
    return keep_made(packed, name="批次字库.zip", kind=ZIP, folder=FOLDER)


@lru_cache(maxsize=1)
def press_of(fonts: UUID) -> CertificatePress:
    """One a process, for the batch at hand; the last batch's goes."""
    stored = StoredFile.objects.get(pk=fonts)
    with stored.blob.storage.open(stored.blob.name or "", "rb") as file, zipfile.ZipFile(file) as archive:
        return CertificatePress({name: (TYPE, archive.read(name.replace(":", "-"))) for name in NAMES})


def print_some(pk: int, run: int, first: int, last: int) -> None:
    """Print the rows from one place to another, in the caller's transaction.

    What cannot be laid out says so in its row and does not hold up the others; a full disk holds the batch.
    """
    batch = running(pk, run)
    if batch is None or batch.fonts is None:
        return
    found = Certificate.objects.filter(waiting(batch), place__range=(first, last)).select_related("seal__picture")
    rows = list(found.select_for_update(no_key=True, of=("self",)).order_by("place"))
    try:
        _print(batch, press_of(batch.fonts.pk), rows)
    except Refused as refused:
        if refused.codes != [FULL]:
            raise
        stand_still(batch, refused)  # what was kept stays
        return
    _finish_if_last(batch)


def _print(batch: CertificateBatch, press: CertificatePress, rows: list[Certificate]) -> None:
    sheets = [sealed_sheet(row) for row in rows]
    done: list[tuple[Sheet, LaidOut]] = []
    for row, sheet, one in zip(rows, sheets, press.laid_out(sheets), strict=True):
        if isinstance(one, Refused):
            row.problem = str(one)[:300]
            with recorded("certificate.unprinted", by=None):
                row.save(update_fields=["problem"])
            continue
        row.file = keep_made(press.written(sheet, one), name=row.file_name, kind=PDF, folder=FOLDER)
        with recorded("certificate.printed", by=None):
            row.save(update_fields=["file"])
        done.append((sheet, one))
    if done:
        pages = press.many([one for _, one in done])
        name = _part_name(sheet for sheet, _ in done)
        batch.parts.add(keep_made(pages, name=name, kind=PDF, folder=FOLDER))


def _part_name(sheets: Iterable[Sheet]) -> str:
    """The same for the same pages."""
    return f"{hashlib.sha256(repr(list(sheets)).encode()).hexdigest()}.pdf"


def sealed_sheet(row: Certificate) -> Sheet:
    """A row as it is printed, with its seal."""
    return sheet_of(row, seal_bytes(row.seal.picture.pk) if row.seal else b"")


@lru_cache(maxsize=4)
def seal_bytes(picture: UUID) -> bytes:
    """The picture of a seal, once a process."""
    stored = StoredFile.objects.get(pk=picture)
    with stored.blob.storage.open(stored.blob.name or "", "rb") as file:
        return file.read()


def stand_still(batch: CertificateBatch, refused: Refused) -> None:
    """Hold the batch, saying why; the organiser goes on when it is put right."""
    held = CertificateBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if held.state == "running":
        with recorded("certificate.held", by=None, reason=str(refused)[:300]):
            move(held, "pause", note=str(refused)[:300])


def _finish_if_last(batch: CertificateBatch) -> None:
    """After the last row, whoever prints it: the batch's lock lets one count after the other has committed."""
    held = CertificateBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if held.state != "running" or Certificate.objects.filter(waiting(held)).exists():
        return
    wrong = unprinted(held).count()
    with recorded("certificate.ended", by=None):
        if wrong:
            move(held, "fail", note=f"有 {wrong} 张没有印成，原因见下")
            return
        move(held, "finish", finished_at=clock.now())
    enqueue(GATHER, f"{held.pk}-{held.run}", {"batch": held.pk})
    handing_out.tell(held)


# --- Results -------------------------------------------------------------------------------------------------------


def printed(batch: CertificateBatch) -> Iterator[Certificate]:
    """The printed ones that count, reprints among them, in the order of the list."""
    rows = _counting(batch).select_related("file", "seal__picture", "entry", "unit")
    yield from rows.order_by("place").iterator(READ)


def _counting(batch: CertificateBatch) -> QuerySet[Certificate]:
    ours = Certificate.objects.filter(batch=batch, series=OuterRef("series"), serial=OuterRef("serial"))
    return Certificate.objects.valid().printed().filter(Exists(ours))


def _parts(batch: CertificateBatch) -> Iterator[bytes]:
    """Each job's pages as it printed them; what has changed since is laid out anew."""
    held = {part.original_name: part for part in batch.parts.all()}
    press: CertificatePress | None = None
    for _, rows in groupby(printed(batch), key=lambda row: (row.place - 1) // CHUNK):
        sheets = [sealed_sheet(row) for row in rows]
        if part := held.get(_part_name(sheets)):
            with part.blob.storage.open(part.blob.name or "", "rb") as file:
                yield file.read()
        else:
            press = press or _press_for(batch)
            yield press.many(taken(press.laid_out(sheets)))


def _press_for(batch: CertificateBatch) -> CertificatePress:
    """With the batch's fonts; those of a reprint may have other letters."""
    if batch.fonts and not _counting(batch).filter(version__gt=1).exists():
        return press_of(batch.fonts.pk)
    return CertificatePress.of(map(sealed_sheet, printed(batch)))


def gather(pk: int) -> None:
    """The merged file for the printer, a ZIP of all, the register; those that are there already stay."""
    batch = CertificateBatch.objects.select_related("edition", "fonts", "award_list", "season").get(pk=pk)
    if batch.state != "done" or batch.fonts is None:
        return
    try:
        if batch.merged is None:
            with tempfile.TemporaryFile() as file:
                merged(_parts(batch), file)
                batch.merged = keep_made(file, name=f"{batch.rule.title}（合并打印）.pdf", kind=PDF, folder=FOLDER)
        if batch.archive is None:
            with tempfile.TemporaryFile() as file:
                pack(printed(batch), file)
                batch.archive = keep_made(file, name=f"{batch.rule.title}.zip", kind=ZIP, folder=FOLDER)
        if batch.register is None:
            book = write_xlsx(REGISTER, register_rows(printed(batch)), title=f"{batch.edition.name} {batch}")
            batch.register = keep_made(book, name=f"{batch.rule.title}登记表.xlsx", kind=XLSX, folder=FOLDER)
    except OSError as error:  # the temporary file itself found no room
        raise Refused(Problem(FULL, "服务器的存储空间满了，汇总文件没有做成")) from error
    batch.save(update_fields=["merged", "archive", "register"])
    parts = list(batch.parts.all())
    batch.parts.clear()
    erase(parts)
