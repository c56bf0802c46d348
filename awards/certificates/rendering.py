"""A certificate as a tagged PDF on one A4 page. Names and titles are text to it, whatever stands in them."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy
import zxingcpp
from django.template.loader import get_template
from PIL import Image, UnidentifiedImageError
from weasyprint.document import Document, DocumentMetadata, Page

from core.printing.pdf import Assets, Press
from core.problems import Problem, Refused

from ..rules.certificates import Words, month_words
from .fonts import batch_fonts

MINOR_NOTE = "本证书不作为中小学招生入学依据"
SEAL_BYTES = 300_000
SEAL_PIXELS = 1200  # a side
_CSS = Path(__file__).with_name("certificate.css")
_DENSE = 500  # characters of a link from which its code is drawn larger
_FITS = (110, 190, 300, 520)  # characters up to which each size is tried first; the fifth takes the rest


@dataclass(frozen=True)
class Sheet:
    """Everything that stands on one certificate."""

    title: str
    words: Words
    issuers: tuple[str, ...]
    date: date
    number: str
    link: str  # of the QR code: carries the signed payload
    notes: tuple[str, ...] = ()  # small print: MINOR_NOTE, the kind's footnote
    seal: bytes = b""  # PNG

    @property
    def month(self) -> str:
        """二〇二五年九月."""
        return month_words(self.date)

    @property
    def dense(self) -> bool:
        """Whether the code has so many modules that it must be larger to be read by a phone."""
        return len(self.link) > _DENSE

    @property
    def text(self) -> str:
        """Every character that is printed."""
        own = (self.title, self.words.text, *self.issuers, self.month, self.number, *self.notes)
        return "".join((*own, "证书编号扫码查验"))


class LaidOut(NamedTuple):
    """A certificate on its page, not yet written."""

    document: Document
    page: Page


class CertificatePress:
    """Prints the certificates of one batch with fonts cut for it."""

    def __init__(self, fonts: Assets) -> None:
        """fonts: what `batch_fonts` cut for the texts of all sheets."""
        self._press = Press(_CSS.read_text(encoding="utf-8"), fonts)
        self._template = get_template("awards/certificates/certificates.html")

    @classmethod
    def of(cls, sheets: Iterable[Sheet]) -> "CertificatePress":
        """For these sheets. Raises Refused (`certificate.glyph`) for what no font can draw."""
        return cls(batch_fonts(sheet.text for sheet in sheets))

    def laid_out(self, sheets: Sequence[Sheet]) -> list[LaidOut | Refused]:
        """Each on one page, in the largest letters that let it; Refused (`certificate.too_long`) for what fits none.

        Together they take less than one by one, and come out the same.
        """
        made: list[LaidOut | Refused] = [_too_long(sheet) for sheet in sheets]
        fits = {n: sum(len(sheet.words.text) > most for most in _FITS) for n, sheet in enumerate(sheets)}
        while fits:
            document = self._document([(sheets[n], fit) for n, fit in fits.items()])
            smaller = {}
            for place, (n, fit) in enumerate(fits.items()):
                pages = [page for page in document.pages if str(place) in page.anchors]
                if len(pages) == 1:
                    pages[0].anchors.clear()  # they led to it among the others
                    made[n] = LaidOut(document, pages[0])
                elif fit < len(_FITS):
                    smaller[n] = fit + 1
            fits = smaller
        return made

    def written(self, sheet: Sheet, laid_out: LaidOut) -> bytes:
        """The page alone, a document of its own."""
        return self._press.written(laid_out.document, [laid_out.page], _about(sheet))

    def many(self, laid_out: Sequence[LaidOut]) -> bytes:
        """All pages in one document, for the printer."""
        return self._press.written(laid_out[0].document, [one.page for one in laid_out])

    def pdf(self, sheet: Sheet) -> bytes:
        """One certificate. Raises Refused (`certificate.too_long`)."""
        return self.written(sheet, taken(self.laid_out([sheet]))[0])

    def _document(self, sheets: Sequence[tuple[Sheet, int]]) -> Document:
        """A page a sheet, or more where it does not fit: each has the sheet's place as an anchor."""
        assets: dict[str, tuple[str, bytes]] = {}
        pages = []
        for sheet, fit in sheets:
            qr, seal = f"asset:{_key(sheet.link.encode())}", f"asset:{_key(sheet.seal)}"
            assets[qr] = ("image/png", qr_png(sheet.link))
            if sheet.seal:
                assets[seal] = ("image/png", sheet.seal)
            pages.append({"sheet": sheet, "fit": fit, "qr": qr, "seal": seal})
        return self._press.pages(self._template.render({"pages": pages}), assets)


def _key(picture: bytes) -> str:
    """By content, so that a certificate is the same bytes whatever is printed beside it."""
    return hashlib.sha256(picture).hexdigest()[:16]


def _about(sheet: Sheet) -> DocumentMetadata:
    """What a reader is told of the document before its page."""
    return DocumentMetadata(
        title=f"{sheet.title} {sheet.number}",
        authors=["、".join(sheet.issuers)],
        description=sheet.words.text,
        created=sheet.date.isoformat(),
        lang="zh-Hans",
    )


def _too_long(sheet: Sheet) -> Refused:
    said = f"证书 {sheet.number} 的文字太多，用最小的字也排不进一页。请缩短作品名称或单位名称"
    return Refused(Problem("certificate.too_long", said))


def taken(found: Iterable[LaidOut | Refused]) -> list[LaidOut]:
    """All of them; raises the first refusal."""
    pages = []
    for one in found:
        if isinstance(one, Refused):
            raise one
        pages.append(one)
    return pages


def print_all(sheets: Sequence[Sheet]) -> list[bytes]:
    """A PDF for each; for previews and small numbers, since all of them stay in memory."""
    press = CertificatePress.of(sheets)
    return [press.written(sheet, one) for sheet, one in zip(sheets, taken(press.laid_out(sheets)), strict=True)]


def checked_seal(data: bytes) -> bytes:
    """A seal or signature image, drawn anew as PNG so that nothing but the picture is kept.

    Raises Refused (`certificate.seal_size`, `certificate.seal`).
    """
    if len(data) > SEAL_BYTES:
        said = f"印章图片不能超过 {SEAL_BYTES // 1000} KB，请缩小后再上传"
        raise Refused(Problem("certificate.seal_size", said, "seal"))
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if max(picture.size) > SEAL_PIXELS:
                said = f"印章图片的边长不能超过 {SEAL_PIXELS} 像素，请缩小后再上传"
                raise Refused(Problem("certificate.seal_size", said, "seal"))
            drawn = io.BytesIO()
            picture.convert("RGBA").save(drawn, "PNG")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise Refused(Problem("certificate.seal", "印章图片打不开，请上传透明底的 PNG 图片", "seal")) from wrong
    return drawn.getvalue()


def qr_png(link: str) -> bytes:
    """Black on white, a pixel a module with two around: the page enlarges it without blurring.

    Drawn by zxing, in a fifth of the time that segno takes for so long a link: the code was half of a page's cost.
    """
    code = zxingcpp.create_barcode(link, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    drawn = io.BytesIO()
    Image.fromarray(numpy.asarray(code.to_image(scale=1, add_quiet_zones=True))).convert("1").save(drawn, "PNG")
    return drawn.getvalue()
