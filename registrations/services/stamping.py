"""打印盖章, 上传扫描件: the form as printed, the stamped paper that comes back, and whether the stamp still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, NamedTuple

from django.db import transaction
from django.db.models import Max

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.kinds import JPEG, PDF, PNG
from core.files.papers import keep_paper, look_into
from core.files.services import MB, measure
from core.marks import secrets
from core.printing.codes import read_codes
from core.problems import Problem, Refused, refuse_if

from .. import states
from ..models import PrintedForm, Recommendation, RecommendationRow, StampedScan
from ..rules.stamp import (
    HASH_LENGTH,
    Change,
    Mark,
    PrintedRow,
    check_marks,
    content_hash,
    differences,
    read_mark,
    read_version_code,
    version_code,
)
from .contents import column_labels, printed_row

KINDS = (PDF, JPEG, PNG)
LIMIT = 20 * MB  # a file, and all files of one upload together
MAX_FILES = 10
NOTHING = Problem("stamp.nothing", "还没有提交的行，没有内容可打印。请先在推荐表里提交，再打印盖章")


class Upload(NamedTuple):
    """A file as it was sent."""

    name: str
    content: IO[bytes]


class StaleScan(Refused):
    """The paper says something else than the rows do now."""

    def __init__(self, printed: PrintedForm, changes: Sequence[Change], labels: dict[str, str]) -> None:
        self.changes = changes
        said = f"扫描件是第 {printed.version} 版，之后推荐表改过，这个章不能用了。请重新打印、盖章、扫描后再上传"
        super().__init__(
            [Problem("stamp.stale", said), *(Problem("stamp.row", change.told(labels)) for change in changes)]
        )


# --- How things stand -------------------------------------------------------------------------------------


@dataclass
class Stamp:
    """Where a form stands between printing and stamping: computed from its rows as they are, never stored.

    Costs two queries, however many rows there are; one more for the rows unless they are given, one for the print
    of a void scan.
    """

    form: Recommendation
    given: Sequence[RecommendationRow] | None = None

    @cached_property
    def rows(self) -> list[RecommendationRow]:
        """The rows that hold a place, in order: what is printed."""
        rows = self.form.rows.all() if self.given is None else self.given
        held = [row for row in rows if row.state in states.HOLDS_A_PLACE]
        return sorted(held, key=lambda row: (row.position, row.pk))

    @cached_property
    def contents(self) -> list[list[PrintedRow]]:
        """The same as a print keeps it; once more for every retired secret that old prints were marked with."""
        return [[printed_row(row, self.form, secret) for row in self.rows] for secret in secrets()]

    @cached_property
    def prints(self) -> list[PrintedForm]:
        """Every version, oldest first."""
        return list(self.form.prints.defer("rows"))

    @cached_property
    def scans(self) -> list[StampedScan]:
        """Every scan, oldest first, whether it still holds or not."""
        scans = StampedScan.objects.filter(printed__recommendation=self.form)
        return list(scans.select_related("printed", "file", "uploaded_by").defer("printed__rows"))

    @cached_property
    def printed(self) -> PrintedForm | None:
        """The version that says what the rows say now; None until it is printed."""
        hashes = {content_hash(content) for content in self.contents} if self.rows else set()
        return next((printed for printed in self.prints if printed.sha256 in hashes), None)

    @property
    def valid(self) -> list[StampedScan]:
        """The scans whose stamp holds."""
        return [scan for scan in self.scans if self.printed and scan.printed_id == self.printed.pk]

    @property
    def void(self) -> StampedScan | None:
        """The latest scan, when a later edit has voided its stamp and no other holds."""
        return self.scans[-1] if self.scans and not self.valid else None

    @property
    def changes(self) -> list[Change]:
        """What was edited since the void scan's paper was printed."""
        return self.changes_since(self.void.printed) if self.void else []

    @property
    def code(self) -> str:
        """版本码 of what is printed now."""
        return code_of(self.printed) if self.printed else ""

    @property
    def required(self) -> bool:
        """Whether this edition wants the stamped scan (Q31)."""
        return self.form.edition.rulebook.recommendation.stamped_scan_required

    @cached_property
    def labels(self) -> dict[str, str]:
        """Column code → its word, without the remark in brackets."""
        return column_labels(self.form.edition.rulebook)

    def changes_since(self, printed: PrintedForm) -> list[Change]:
        """What differs between a print and the rows now; with the secret of its time, the fewest."""
        then = [PrintedRow(**row) for row in printed.rows]
        return min((differences(then, content) for content in self.contents), key=len)

    def table(self, changes: Sequence[Change]) -> list[tuple[str, str, str, str]]:
        """(row, what, on paper, now) of each change."""
        return [(change.row, change.what(self.labels), change.before, change.after) for change in changes]

    def problems(self) -> list[Problem]:
        """What still stands against the stamp, for whoever reviews (Q31); nothing where none is asked for."""
        if not self.required or self.valid:
            return []
        said = "盖章后推荐表改过，章已失效" if self.void else "还没有收到盖章扫描件"
        return [Problem("stamp.void" if self.void else "stamp.missing", f"{said}。请推荐单位打印盖章后上传")]


def code_of(printed: PrintedForm) -> str:
    """版本码: what a clerk types when the QR code cannot be read."""
    return version_code(printed.version, printed.sha256)


def mark_of(printed: PrintedForm) -> Mark:
    """What the QR code of a print says, whichever page it is on."""
    form = printed.recommendation
    edition = form.edition.rulebook.edition.code
    return Mark(edition, form.unit_id, printed.version, printed.sha256[:HASH_LENGTH].upper())


# --- What officers do -------------------------------------------------------------------------------------


def print_form(form: Recommendation, *, by: User) -> tuple[PrintedForm, list[RecommendationRow]]:
    """The print of the rows that hold a place, and these rows; a new version only where the content is new.

    Raises Refused (`stamp.nothing`) when there is no such row.
    """
    with transaction.atomic(), recorded("form.printed", by=by):
        Recommendation.objects.select_for_update(no_key=True).get(pk=form.pk)  # two clicks, one version
        stamp = Stamp(form)
        if not stamp.rows:
            raise Refused(NOTHING)
        printed = stamp.printed or PrintedForm.objects.create(
            recommendation=form,
            version=(form.prints.aggregate(last=Max("version"))["last"] or 0) + 1,
            sha256=content_hash(stamp.contents[0]),
            rows=[row.stored() for row in stamp.contents[0]],
            made_by=by,
        )
    printed.recommendation = form
    return printed, stamp.rows


def upload_scan(
    form: Recommendation, uploads: Sequence[Upload], *, by: User, typed: str = "", on_behalf: bool = False
) -> list[StampedScan]:
    """Keep the files of a stamped form, after making sure that the paper says what the rows say now.

    typed: the 版本码 by hand, for when no QR code can be read. on_behalf: a contact took in what was mailed.
    The same file again is the same scan. Raises Refused (`scan.*`, `file.*`, `stamp.*`), or StaleScan with every
    difference; then nothing was kept.
    """
    hashes = _measured(uploads)
    found = {
        sha256: look_into(upload.content, upload.name, limit=LIMIT, kinds=KINDS) for sha256, upload in hashes.items()
    }
    pages = [page for upload in hashes.values() for page in _pages(upload)]
    rules = form.edition.rulebook
    refuse_if(check_marks(pages, rules.edition.code, form.unit_id))
    seen = next((mark for page in pages for mark in page), None)
    with transaction.atomic(), recorded("scan.received" if on_behalf else "scan.uploaded", by=by):
        Recommendation.objects.select_for_update(no_key=True).get(pk=form.pk)  # a double click is one effect
        printed = _print_of(form, seen) if seen else _print_typed(form, typed)
        stamp = Stamp(form)
        if stamp.printed != printed:
            raise StaleScan(printed, stamp.changes_since(printed), stamp.labels)
        known = {scan.file.sha256: scan for scan in stamp.valid}
        return [
            known.get(sha256)
            or StampedScan.objects.create(
                printed=printed,
                file=keep_paper(upload.content, upload.name, found[sha256], owner=by),
                found_by="qr" if seen else "typed",
                uploaded_at=clock.now(),
                uploaded_by=by,
            )
            for sha256, upload in hashes.items()
        ]


def _measured(uploads: Sequence[Upload]) -> dict[str, Upload]:
    """The files by their hash, each once. Raises Refused by size and number, before anything is read."""
    if not uploads:
        raise Refused(Problem("scan.none", "请选择盖好章的扫描件：一个 PDF，或一张或几张 JPG、PNG 照片", "files"))
    if len(uploads) > MAX_FILES:
        raise Refused(Problem("scan.many", f"一次最多 {MAX_FILES} 个文件。请把全部页扫描成一个 PDF 再上传", "files"))
    hashes, total = {}, 0
    for upload in uploads:
        size, sha256 = measure(upload.content, LIMIT)
        total += size
        hashes[sha256] = upload
    if total > LIMIT:
        raise Refused(
            Problem("scan.large", f"文件合起来超过 {LIMIT // MB} MB。请按 200 dpi 扫描成一个 PDF 再上传", "files")
        )
    return hashes


def _pages(upload: Upload) -> list[list[Mark]]:
    """The marks on every page of a file that was looked into."""
    upload.content.seek(0)
    texts = read_codes(upload.content.read())
    return [[mark for text in page if (mark := read_mark(text))] for page in texts]


def _print_of(form: Recommendation, mark: Mark) -> PrintedForm:
    """The print that a QR code names."""
    printed = form.prints.filter(version=mark.version, sha256__startswith=mark.hash.lower()).first()
    if printed is None:
        raise Refused(Problem("stamp.unknown", "二维码里的版本不是本系统打印的。请重新打印、盖章后再上传"))
    return printed


def _print_typed(form: Recommendation, typed: str) -> PrintedForm:
    """The print whose 版本码 was typed."""
    if not typed.strip():
        said = "没有认出页脚的二维码。请照着打印件页脚填写“版本码”再上传，或换更清楚的扫描件"
        raise Refused(Problem("stamp.unreadable", said, "code"))
    code = read_version_code(typed)
    found = form.prints.filter(version=code[0], sha256__startswith=code[1].lower()).first() if code else None
    if found is None:
        said = f"没有版本码是“{typed.strip()[:20]}”的打印件。请照着打印件页脚填写，例如 2-7A3F"
        raise Refused(Problem("stamp.code", said, "code"))
    return found
