"""Small sound files of every kind the portal takes, made on the spot."""

import io
import tempfile
import zipfile
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import docx
import pikepdf
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

LABEL = '{"Label":"1","ContentProducer":"测试生成工具","ProduceID":"a1b2"}'  # 《标识办法》 in a file's metadata
OFFICE = "application/vnd.openxmlformats-officedocument."


def picture(width: int = 640, height: int = 480) -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="teal")
    return image


@cache
def png(width: int = 640, height: int = 480, dpi: int = 300, label: str = LABEL) -> bytes:
    out, texts = io.BytesIO(), PngInfo()
    texts.add_itxt("AIGC", label)
    picture(width, height).save(out, "PNG", dpi=(dpi, dpi), pnginfo=texts)
    return out.getvalue()


@cache
def jpeg(width: int = 640, height: int = 480, dpi: int = 300, artist: str = "示例作者") -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = artist
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0AIGC"
    picture(width, height).save(out, "JPEG", dpi=(dpi, dpi), exif=exif, quality=85)
    return out.getvalue()


@cache
def film(
    seconds: int = 12,
    width: int = 320,
    height: int = 180,
    codec: str = "libx264",
    sound: bool = True,
    rate: int = 5,
    form: str = "mp4",
    faststart: bool = False,
) -> bytes:
    """A few frames a second: short to make, of any length."""
    out = tempfile.NamedTemporaryFile(suffix=f".{form}")  # noqa: SIM115  # moving the header to the front needs a path
    options = {"movflags": "faststart"} if faststart else {}
    with av.open(out.name, "w", format=form, options=options) as container:
        video = container.add_stream(codec, rate=rate, options={"preset": "ultrafast"} if codec == "libx264" else {})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        container.metadata["comment"] = LABEL
        audio = container.add_stream("aac", rate=44100, layout="mono") if sound else None
        frame = av.VideoFrame.from_image(picture(width, height))
        for number in range(seconds * rate):
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio:
            for packet in hum(audio, seconds):
                container.mux(packet)
    return Path(out.name).read_bytes()


def upright(content: bytes) -> bytes:
    """A film whose first track is to be turned by 90 degrees, as telephones write it."""
    at = content.index(b"tkhd") + 44
    matrix = (0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000)
    return content[:at] + b"".join(value.to_bytes(4, "big") for value in matrix) + content[at + 36 :]


def hum(stream, seconds: int):
    for number in range(seconds * 44100 // 1024):
        frame = av.AudioFrame(
            format="fltp" if stream.codec_context.name == "aac" else "s16p", layout="mono", samples=1024
        )
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.rate, frame.time_base = number * 1024, 44100, Fraction(1, 44100)
        yield from stream.encode(frame)
    yield from stream.encode(None)


@cache
def mp3(seconds: int = 5) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=44100, layout="mono")
        for packet in hum(stream, seconds):
            container.mux(packet)
    return out.getvalue()


@cache
def pdf(text: str = "Science for everyone", pages: int = 2, author: str = "Faker") -> bytes:
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 18 Tf 60 760 Td ({text} {number + 1}) Tj ET".encode())
    document.docinfo["/Author"] = author
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def word(text: str = "人工智能与科普。" * 30, author: str = "示例作者") -> bytes:
    document = docx.Document()
    document.add_heading("研学课程", 1)
    document.add_paragraph(text)
    document.core_properties.author = author
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def slides(count: int = 3, text: str = "人工智能") -> bytes:
    """A presentation as small as PowerPoint opens it."""
    one = (
        '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:sp><p:txBody><a:p>'
        f"<a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "ppt/presentation.xml": "<p:presentation xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main'/>",
        "docProps/core.xml": "<c:p xmlns:c='c' xmlns:dc='dc'><dc:creator>示例作者</dc:creator></c:p>",
        **{f"ppt/slides/slide{number + 1}.xml": one for number in range(count)},
    }
    thumbnail = io.BytesIO()
    picture(256, 144).save(thumbnail, "JPEG")
    return archive(parts | {"docProps/thumbnail.jpeg": thumbnail.getvalue()})


def archive(parts: dict[str, str | bytes] | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in (parts or {"app.js": "App({})", "pages/首页.wxml": "<view>你好</view>"}).items():
            packed.writestr(name, content)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """A zip's parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def good_files() -> dict[str, bytes]:
    """Name → content, one of each kind."""
    return {
        "图.png": png(),
        "照片.jpg": jpeg(),
        "视频.mp4": film(),
        "声音.mp3": mp3(),
        "文章.pdf": pdf(),
        "课程.docx": word(),
        "课件.pptx": slides(),
        "源码.zip": archive(),
        "数据.csv": "姓名,得分\n甲,5\n".encode("gb18030"),
        "说明.txt": "温度 < 5 ℃ 时停止".encode(),
    }
