"""Makes a file's previews in a limited child: run by `making` through `core.limited`, never imported.

Writes into the folder it is given; result: `{"made": [{"kind", "position", "path", "width", "height"}]}`. How far it
is stands in the folder's `progress` as “done total”. What fails of a file that was accepted leaves out that preview.
The libraries for films and PDFs take longer to load than a picture to draw: they are loaded where they are needed.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from PIL import Image, ImageOps

SIDE = 1600  # pixels of a picture's longer side
PAGE_WIDTH = 1200
PAGES = 30
THUMBNAIL = 8 * 1024 * 1024  # bytes
Image.MAX_IMAGE_PIXELS = None  # was looked at when the file was inspected

Made = dict[str, Any]


def work(file: IO[bytes], kind: str, folder: str, seconds: float) -> dict[str, Any]:
    """The previews of a picture, pdf, film or office document. seconds: the film's length as measured."""
    maker = {"picture": of_picture, "pdf": of_pdf, "film": of_film, "office": of_office}[kind]
    return {"made": list(maker(file, Path(folder), seconds))}


def told(folder: Path, done: int, total: int) -> None:
    """Say how far it is; replaced at once, so that nobody reads half a line."""
    fresh = folder / "progress.new"
    fresh.write_text(f"{done} {total}")
    fresh.replace(folder / "progress")


def of_picture(file: IO[bytes], folder: Path, _: float) -> Iterator[Made]:
    """Upright, at most SIDE, nothing in it but pixels."""
    with Image.open(file, formats=("JPEG", "PNG", "GIF", "WEBP")) as image:
        yield saved(image, folder, "picture")


def saved(image: Image.Image, folder: Path, kind: str, position: int = 1) -> Made:
    """A picture drawn anew as WebP, without metadata."""
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than it is needed
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3)
    image = ImageOps.exif_transpose(image)
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.info.clear()
    path = folder / f"{kind}-{position}.webp"
    plain.save(path, "WEBP", quality=82, method=4)
    return {"kind": kind, "position": position, "path": path.name, "width": plain.width, "height": plain.height}


def of_pdf(file: IO[bytes], folder: Path, _: float) -> Iterator[Made]:
    """The first pages as pictures; forms are not drawn, scripts never run."""
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    total = min(len(document), PAGES)
    for number in range(total):
        told(folder, number, total)
        page = document[number]
        width, height = page.get_size()
        scale = min(PAGE_WIDTH / max(width, 1), 3 * PAGE_WIDTH / max(height, 1))
        image = page.render(scale=scale).to_pil()
        page.close()
        yield saved(image, folder, "page", number + 1)
    told(folder, total, total)


def of_office(file: IO[bytes], folder: Path, _: float) -> Iterator[Made]:
    """The thumbnail that the program put in."""
    with zipfile.ZipFile(file) as archive:
        for name in ("docProps/thumbnail.jpeg", "docProps/thumbnail.jpg", "docProps/thumbnail.png"):
            if name in archive.namelist():
                with archive.open(name) as part, Image.open(io.BytesIO(part.read(THUMBNAIL))) as image:
                    if image.format in ("JPEG", "PNG") and image.width * image.height < 20_000_000:
                        yield saved(image, folder, "thumbnail")
                return


def of_film(file: IO[bytes], folder: Path, seconds: float) -> Iterator[Made]:
    """A poster, then the film drawn anew: all that a page ever plays."""
    from core.files.derived.films import poster_of, transcode

    total = max(1, round(seconds)) + 1
    told(folder, 0, total)
    if poster := poster_of(file, seconds):
        yield saved(poster, folder, "poster")
    told(folder, 1, total)
    with suppress(Exception):  # whatever the codecs say: the poster remains, and the file can be downloaded
        width, height = transcode(file, folder / "video.mp4", lambda at: told(folder, min(total, 1 + int(at)), total))
        yield {"kind": "video", "position": 1, "path": "video.mp4", "width": width, "height": height}
    told(folder, total, total)
