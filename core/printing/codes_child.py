"""Looks for QR codes on a scan in a process of its own, with limits on CPU, memory and output (reliability 5).

A script, never imported: a PDF, JPG or PNG on stdin, JSON on stdout. It imports nothing of the portal.

Output: `{"pages": [[text]]}`, the codes of every page in order, or `{"refused": code, …}`.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

SIDE = 3000  # pixels along the longer side: A4 at 250 dpi
LARGE = 5000  # a second, closer look
Image.MAX_IMAGE_PIXELS = None  # we look at the size ourselves, before anything is decoded


class Stop(Exception):
    """Refused; carries what goes to stdout."""

    def __init__(self, refused: str, **facts: object) -> None:
        super().__init__(refused)
        self.answer = {"refused": refused, **facts}


def limit(cpu_seconds: int, memory: int, output: int) -> None:
    """Give this process its bounds. macOS has no usable RLIMIT_AS."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def codes_of_pdf(data: bytes, max_pages: int) -> list[list[str]]:
    """The codes of each page."""
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


def main(max_pages: int, max_pixels: int, cpu_seconds: int, memory: int, output: int) -> None:
    """Read stdin, answer on stdout. A crash, a signal or no answer is the parent's to explain."""
    limit(cpu_seconds, memory, output)
    data = sys.stdin.buffer.read()
    answer: dict[str, object]
    try:
        is_pdf = data.startswith(b"%PDF-")
        answer = {"pages": codes_of_pdf(data, max_pages) if is_pdf else codes_of_picture(data, max_pixels)}
    except Stop as stop:
        answer = stop.answer
    except MemoryError:
        answer = {"refused": "too_heavy"}
    except Exception:  # whatever the libraries raise at a broken file
        answer = {"refused": "corrupt"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
