"""Looks into a picture in a limited child: run by `inspecting` through `core.limited`, never imported.

Stops with `too_many_pixels` (width, height), `truncated`, `polyglot`, `corrupt`.
"""

import io
from collections.abc import Iterator
from typing import IO, Any

from PIL import ExifTags, Image

from core.files.inspection.bounded import bounded
from core.files.inspection.markers import ends_as_zip, foreign_in, head_is_pdf, markup_in
from core.limited.child import Stop

Image.MAX_IMAGE_PIXELS = None  # we look at the size ourselves, before anything is decoded
DETAILS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
BINARY = {"MakerNote", "PrintImageMatching", "ComponentsConfiguration", "InterColorProfile", "JPEGTables"}
OURS = {"exif", "icc_profile", "dpi", "jfif", "jfif_version", "jfif_unit", "jfif_density", "mp", "mpoffset"}


def work(file: IO[bytes], max_pixels: int) -> dict[str, Any]:
    """Dimensions, dpi and metadata of a JPEG, PNG, GIF or WebP that decodes to its end."""
    data = file.read()
    picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP"))
    width, height = picture.size
    if width * height > max_pixels:
        raise Stop("too_many_pixels", width=width, height=height)
    end = end_of(data, picture.format or "")
    if head_is_pdf(file) or ends_as_zip(file, len(data)) or markup_in(file) or foreign_in(file, end):
        raise Stop("polyglot")
    animated = bool(getattr(picture, "is_animated", False)) and picture.format != "MPO"
    picture.load()
    exif = picture.getexif()
    turned = exif.get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return {
        "width": height if turned else width,
        "height": width if turned else height,
        "dpi": dpi_of(picture),
        "animated": animated,
        "metadata": bounded(metadata_of(picture, exif)),
    }


def dpi_of(picture: Image.Image) -> int:
    """The smaller of both directions; 0 when the picture does not say."""
    try:
        return max(0, round(float(min(picture.info.get("dpi", (0, 0))))))
    except (TypeError, ValueError, OverflowError):
        return 0


def metadata_of(picture: Image.Image, exif: Image.Exif) -> Iterator[tuple[object, object]]:
    """EXIF, PNG texts, XMP, comments."""
    tags = [(ExifTags.TAGS, exif)] + [
        (ExifTags.GPSTAGS if ifd == DETAILS[1] else ExifTags.TAGS, exif.get_ifd(ifd)) for ifd in DETAILS
    ]
    for names, values in tags:
        for tag, value in dict(values).items():
            name = names.get(tag, str(tag))
            if name not in BINARY and not isinstance(value, dict):
                yield name, value
    for key, text in picture.info.items():
        if isinstance(text, str | bytes) and key not in OURS:
            yield key, text


def end_of(data: bytes, form: str) -> int:
    """Where the picture ends by its own account; cameras put second pictures and short films behind it."""
    if form in ("JPEG", "MPO"):
        return end_of_jpeg(data)
    if form == "PNG":
        return end_of_png(data)
    if form == "WEBP":
        end = 8 + int.from_bytes(data[4:8], "little")
        if end > len(data):
            raise Stop("truncated")
        return end
    return len(data)


def end_of_jpeg(data: bytes) -> int:
    """Behind EOI, segment by segment."""
    at = 2
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise Stop("truncated")
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:  # stuffed byte, restart: inside a scan
            at += 2
        elif marker == 0xFF:
            at += 1
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def end_of_png(data: bytes) -> int:
    """Behind IEND, chunk by chunk."""
    at = 8
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + size
        if kind == b"IEND":
            return at
    raise Stop("truncated")
