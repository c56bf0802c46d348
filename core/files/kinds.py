"""What a file is, by its content. The name a user gave it proves nothing (reliability 5)."""

import codecs
import zipfile
from dataclasses import dataclass
from typing import IO

_OFFICE = "application/vnd.openxmlformats-officedocument."
HEAD = 4096  # bytes looked at


@dataclass(frozen=True)
class Kind:
    """A type the portal knows.

    extensions: what its name may end in, the usual one first; a picture called .html would be opened as a page.
    """

    content_type: str
    label: str
    extensions: tuple[str, ...] = ()


PDF = Kind("application/pdf", "PDF", extensions=(".pdf",))
PNG = Kind("image/png", "PNG 图片", extensions=(".png",))
JPEG = Kind("image/jpeg", "JPG 图片", extensions=(".jpg", ".jpeg", ".jpe", ".jfif"))
GIF = Kind("image/gif", "GIF 图片", extensions=(".gif",))
WEBP = Kind("image/webp", "WebP 图片", extensions=(".webp",))
MP4 = Kind("video/mp4", "MP4 视频", extensions=(".mp4", ".m4v"))
MOV = Kind("video/quicktime", "MOV 视频", extensions=(".mov",))
MP3 = Kind("audio/mpeg", "MP3 音频", extensions=(".mp3",))
XLSX = Kind(f"{_OFFICE}spreadsheetml.sheet", "Excel 工作簿", extensions=(".xlsx",))
DOCX = Kind(f"{_OFFICE}wordprocessingml.document", "Word 文档", extensions=(".docx",))
PPTX = Kind(f"{_OFFICE}presentationml.presentation", "PowerPoint 演示文稿", extensions=(".pptx",))
OLD_OFFICE = Kind("application/x-ole-storage", "旧版 Office 文档")
ZIP = Kind("application/zip", "ZIP 压缩包", extensions=(".zip",))
TEXT = Kind("text/plain", "文本", extensions=(".txt", ".csv", ".md"))
UNKNOWN = Kind("application/octet-stream", "未知类型")

KINDS = (PDF, PNG, JPEG, GIF, WEBP, MP4, MOV, MP3, XLSX, DOCX, PPTX, OLD_OFFICE, ZIP, TEXT, UNKNOWN)
BY_CONTENT_TYPE = {kind.content_type: kind for kind in KINDS}

_SIGNATURES = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (4, b"ftypiso", MP4),
    (4, b"ftypmp4", MP4),
    (4, b"ftypavc1", MP4),
    (4, b"ftypM4V", MP4),
    (4, b"ftypMSNV", MP4),
    (4, b"ftypdash", MP4),
    (4, b"ftypqt  ", MOV),
    (0, b"ID3", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"\xff\xf2", MP3),
    (0, b"\xff\xfa", MP3),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
)
_OFFICE_FOLDERS = (("xl/workbook.xml", XLSX), ("word/document.xml", DOCX), ("ppt/presentation.xml", PPTX))


def kind_of(file: IO[bytes]) -> Kind:
    """The kind of an open, seekable file; UNKNOWN when it is none of ours (SVG, HTML and programs among them)."""
    file.seek(0)
    head = file.read(HEAD)
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset) and (kind is not WEBP or head.startswith(b"RIFF")):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(file)
    return TEXT if _is_plain_text(head) else UNKNOWN


def _kind_of_zip(file: IO[bytes]) -> Kind:
    """Looks at the directory only; nothing is inflated."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return UNKNOWN
    return next((kind for name, kind in _OFFICE_FOLDERS if name in names), ZIP)


def _is_plain_text(head: bytes) -> bool:
    """UTF-8 or GBK without control characters, and nothing a browser would take for markup."""
    if not head or b"<" in head or any(byte < 32 and byte not in b"\t\n\r" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            decoder.decode(head, final=len(head) < HEAD)  # the head may end inside a character
        except UnicodeDecodeError:
            continue
        return True
    return False
