"""Small real files for works: a pool is made once, each copy differs by a few bytes where its format allows them."""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import av
import pikepdf
from PIL import Image, ImageDraw

from core.files.inspection.found import Found
from core.files.inspection.inspecting import inspect

SECONDS, RATE = 12, 5
_SLIDE = (
    '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:sp><p:txBody><a:p>'
    "<a:r><a:t>人工智能与科普</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
)


@dataclass(frozen=True)
class Sample:
    """A file of the pool: its bytes, how they are varied, and what looking inside found."""

    extension: str
    data: bytes
    vary: Callable[[bytes, int], bytes]

    @cached_property
    def found(self) -> Found:
        """As the portal's own check sees it; looked into once."""
        return inspect(io.BytesIO(self.data), f"样本.{self.extension}")

    def copy(self, number: int) -> bytes:
        """Another file of the same content."""
        return self.vary(self.data, number)


class Pool:
    """One sample of each type."""

    def __init__(self) -> None:
        self.samples = {
            "png": Sample("png", _png(), _vary_png),
            "mp4": Sample("mp4", _mp4(), _vary_mp4),
            "pdf": Sample("pdf", _pdf(), _vary_pdf),
            "pptx": Sample("pptx", _pptx(), _vary_zip),
            "zip": Sample("zip", _zip({"app.js": b"App({})", "app.json": b"{}"}), _vary_zip),
        }
        self.fresh = {*self.samples}

    def whole(self, extension: str) -> bool:
        """Whether a file of this type is to go the whole way, looked into and with previews: the first one does; the
        others are copies of what was looked into."""
        fresh = extension in self.fresh
        self.fresh.discard(extension)
        return fresh

    def __getitem__(self, extension: str) -> Sample:
        """The sample of a type."""
        return self.samples[extension]


def _picture(width: int, height: int) -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="teal")
    return image


def _png() -> bytes:
    out = io.BytesIO()
    _picture(480, 360).save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


def _mp4() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w") as container:
            video = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
            video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
            frame = av.VideoFrame.from_image(_picture(320, 180))
            for number in range(SECONDS * RATE):
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        return path.read_bytes()


def _pdf() -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(595, 842))
    document.save(out)
    return out.getvalue()


def _pptx() -> bytes:
    space = "http://schemas.openxmlformats.org/"
    return _zip(
        {
            "[Content_Types].xml": f'<Types xmlns="{space}package/2006/content-types"/>'.encode(),
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{space}presentationml/2006/main"/>'.encode(),
            "ppt/slides/slide1.xml": _SLIDE.encode(),
        }
    )


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


# --- The same file with other bytes ----------------------------------------------------------------------


def _vary_png(data: bytes, number: int) -> bytes:
    """A text chunk before the last one."""
    body = b"tEXt" + f"Comment\0{number}".encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:-12] + chunk + data[-12:]


def _vary_mp4(data: bytes, number: int) -> bytes:
    """A `free` box at the end."""
    body = f"{number:012d}".encode()
    return data + struct.pack(">I", 8 + len(body)) + b"free" + body


def _vary_pdf(data: bytes, number: int) -> bytes:
    """A comment after the end mark."""
    return data + f"%{number}\n".encode()


def _vary_zip(data: bytes, number: int) -> bytes:
    """The archive's comment."""
    comment = str(number).encode()
    return data[:-2] + struct.pack("<H", len(comment)) + comment
