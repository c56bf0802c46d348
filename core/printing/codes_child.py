"""Looks for QR codes on a scan in a limited child: run by `codes` through `core.limited`, never imported.

Result: `{"pages": [[text]]}`, the codes of every page in order. Stops with `encrypted`, `too_many_pages` (pages) or
`too_many_pixels`.
"""

import io
from collections.abc import Iterator
from typing import IO, Any

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from core.limited.child import Stop

SIDE = 3000  # pixels along the longer side: A4 at 250 dpi
LARGE = 5000  # a second, closer look
Image.MAX_IMAGE_PIXELS = None  # we look at the size ourselves, before anything is decoded


def work(file: IO[bytes], max_pages: int, max_pixels: int) -> dict[str, Any]:
    """The codes of a PDF, JPG or PNG."""
    data = file.read()
    is_pdf = data.startswith(b"%PDF-")
    return {"pages": codes_of_pdf(data, max_pages) if is_pdf else codes_of_picture(data, max_pixels)}


def codes_of_pdf(data: bytes, max_pages: int) -> list[list[str]]:
    """The codes of each page."""
    import pypdfium2  # takes as long to load as a photograph to be read

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Stop("encrypted" if "password" in str(error).lower() else "corrupt") from error
    if len(document) > max_pages:
        raise Stop("too_many_pages", pages=len(document))
    return [codes_on(looks_at(page)) for page in document]


def looks_at(page: Any) -> Iterator[Image.Image]:
    """A PDF page as a picture, then closer."""
    for side in (SIDE, LARGE):
        picture = page.render(scale=side / max(*page.get_size(), 1), grayscale=True).to_pil()
        yield picture
        if side == SIDE:
            yield from cleaned(picture)


def codes_of_picture(data: bytes, max_pixels: int) -> list[list[str]]:
    """The codes of a photograph or a scanned picture."""
    picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    picture.draft("L", (LARGE, LARGE))  # a JPEG is decoded no larger than it will be looked at
    if picture.width * picture.height > max_pixels:
        raise Stop("too_many_pixels", width=picture.width, height=picture.height)
    gray = picture.convert("L")
    return [codes_on(looks_at_picture(gray))]


def looks_at_picture(picture: Image.Image) -> Iterator[Image.Image]:
    """Smaller first, which is quick and evens out grain; then as it is."""
    small = picture.copy()
    small.thumbnail((SIDE, SIDE))
    yield small
    yield from cleaned(small)
    if picture.size != small.size:
        yield picture


def cleaned(picture: Image.Image) -> Iterator[Image.Image]:
    """What helps a faint, a blurred and a grainy copy."""
    stretched = ImageOps.autocontrast(picture, cutoff=2)
    yield stretched.filter(ImageFilter.UnsharpMask(radius=4, percent=250, threshold=0))
    yield stretched.filter(ImageFilter.MedianFilter(3))
    yield ImageOps.scale(stretched, 0.5)


def codes_on(looks: Iterator[Image.Image]) -> list[str]:
    """The codes seen at the first look that shows any."""
    for picture in looks:
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        if texts := [code.text for code in found if code.valid]:
            return texts
    return []
