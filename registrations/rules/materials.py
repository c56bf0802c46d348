"""What is handed in, against the edition's material specification: min and max of everything (N23, practice 8–10)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from core.files.inspection.found import Found
from core.files.kinds import DOCX, JPEG, MOV, MP3, MP4, PDF, PNG, PPTX, TEXT, XLSX, ZIP
from core.problems import Problem
from tracks.rulebook.works import Material

TYPES = {
    MP4: "mp4",
    MOV: "mov",
    MP3: "mp3",
    JPEG: "jpg",
    PNG: "png",
    PDF: "pdf",
    DOCX: "docx",
    PPTX: "pptx",
    XLSX: "xlsx",
    ZIP: "zip",
}
CODECS = {"h264": "H.264", "hevc": "H.265", "av1": "AV1", "vp9": "VP9", "mpeg4": "MPEG-4", "prores": "ProRes"}
MB = 1_000_000  # as the edition file counts (tracks.rulebook.works)
HAVE_DPI = {"jpg", "png"}
HAVE_SECONDS = {"mp4", "mov", "mp3"}
HAVE_SIZE = {"jpg", "png", "mp4", "mov"}
HAVE_PAGES = {"pdf", "pptx"}
HAVE_TEXT = {"pdf", "docx", "pptx", "txt"}
# Secrets and ballast that do not belong in a source archive (practice 10).
SECRETS = re.compile(
    r"(?i)(?:^|/)(?:\.env(?:\.\w+)?|id_(?:rsa|ed25519)|private\.\w+\.key|[^/]+\.(?:pem|p12|pfx|keystore|jks))$"
)
BALLAST = re.compile(r"(?:^|/)(?:node_modules|\.git|__pycache__|miniprogram_npm)/")
LINK = re.compile(r"https?://[^\s/$.?#<>\"']+\.[^\s<>\"']+", re.IGNORECASE)


def type_of(found: Found) -> str:
    """The edition file's word for a type: mp4, jpg …; empty for what no edition can ask for."""
    if found.kind is TEXT:
        return "csv" if found.extension == ".csv" else "txt"
    return TYPES.get(found.kind, "")


def check_file(material: Material, found: Found, name: str) -> list[Problem]:
    """One file against one material. Codes `material.<code>`: type, size, seconds, width, height, dpi, codec, pages,
    characters; warnings: dpi_unknown, secrets, ballast. `field` is the material's code.
    """
    kind = type_of(found)
    if kind not in material.types:
        wanted = "、".join(material.types)
        said = (
            f"“{material.name}”只收 {wanted}，“{name}”的内容是{found.kind.label}。请另存为其中一种，或放到对应的材料里"
        )
        return [Problem("material.type", said, material.code)]
    told = (_size, _seconds, _dimensions, _dpi, _codec, _pages, _characters, _archive)
    return [
        Problem(f"material.{code}", f"“{name}”{words}", material.code, level)  # type: ignore[arg-type]
        for measure in told
        for code, words, level in measure(material, found, kind)
    ]


Told = Iterator[tuple[str, str, str]]  # code, words after the name, level


def _size(material: Material, found: Found, _: str) -> Told:
    low, high = material.size_min_mb, material.size_max_mb
    if high is not None and found.size > high * MB:
        yield "size", f"有 {_mb(found.size)}，超过 {high} MB。请压缩或降低画质后再上传", "error"
    if found.size < low * MB:
        yield "size", f"只有 {_mb(found.size)}，不足 {low} MB。请导出更高画质的文件后再上传", "error"


def _seconds(material: Material, found: Found, kind: str) -> Told:
    if kind not in HAVE_SECONDS:
        return
    low, high = material.seconds_min, material.seconds_max
    if high is not None and found.seconds > high + 0.5:  # a last frame or two of sound is nobody's fault
        yield "seconds", f"长 {_clock(found.seconds)}，超过 {_clock(high)}。请剪短后再上传", "error"
    if found.seconds < low - 0.5:
        yield "seconds", f"长 {_clock(found.seconds)}，不足 {_clock(low)}。请补充内容后再上传", "error"


def _dimensions(material: Material, found: Found, kind: str) -> Told:
    if kind not in HAVE_SIZE:
        return
    for code, label, side, low in (
        ("width", "宽", found.width, material.width_min),
        ("height", "高", found.height, material.height_min),
    ):
        if side < low:
            yield code, f"{label} {side} 像素，不足 {low} 像素。请用更大的画面重新导出", "error"


def _dpi(material: Material, found: Found, kind: str) -> Told:
    low = material.dpi_min
    if kind not in HAVE_DPI or not low or found.dpi >= low:
        return
    way = f"请在修图软件的“图像大小”里把分辨率设为 {low} dpi 后重新导出"
    if found.dpi:
        yield "dpi", f"的分辨率是 {found.dpi} dpi，不足 {low} dpi。{way}", "error"
    else:
        yield "dpi", f"没有写明分辨率，要求不低于 {low} dpi（现为 {found.width}×{found.height} 像素）。{way}", "error"


def _codec(material: Material, found: Found, kind: str) -> Told:
    if kind in ("mp4", "mov") and material.codecs and found.video_codec not in material.codecs:
        wanted = "、".join(CODECS.get(codec, codec) for codec in material.codecs)
        now = CODECS.get(found.video_codec, found.video_codec or "未知")
        yield "codec", f"的视频编码是 {now}，只收 {wanted}。请用剪映等软件重新导出，编码选 {wanted}", "error"


def _pages(material: Material, found: Found, kind: str) -> Told:
    high = material.pages_max
    if kind in HAVE_PAGES and high is not None and found.pages > high:
        yield "pages", f"有 {found.pages} 页，超过 {high} 页。请删减后再上传", "error"


def _characters(material: Material, found: Found, kind: str) -> Told:
    if kind not in HAVE_TEXT:
        return
    low, high = material.characters_min, material.characters_max
    if found.characters < low:
        scanned = (
            "。这份 PDF 像是扫描件，读不出文字，请上传由 Word 另存的 PDF"
            if kind == "pdf" and not found.characters
            else ""
        )
        yield "characters", f"有 {found.characters} 个字，不足 {low} 字{scanned or '。请补充后再上传'}", "error"
    if high is not None and found.characters > high:
        yield "characters", f"有 {found.characters} 个字，超过 {high} 字。请删减后再上传", "error"


def _archive(material: Material, found: Found, kind: str) -> Told:
    if kind != "zip":
        return
    if secret := next((entry for entry in found.names if SECRETS.search(entry)), None):
        yield "secrets", f"里的“{secret}”像是密钥。交给评委前请确认，最好删去后重新压缩", "warning"
    if any(BALLAST.search(entry) for entry in found.names):
        yield "ballast", "里有 node_modules 等自动生成的文件夹。请删去后重新压缩，只留源代码", "warning"


def check_fields(materials: Sequence[Material], values: Mapping[str, str]) -> list[Problem]:
    """Texts, numbers, choices and links as typed (material code → value); what is required and empty is check_set's.

    Codes `material.<code>`: characters, pattern, number, choice, link; `field` is the material's code.
    """
    typed = [(material, values.get(material.code, "").strip()) for material in materials if material.kind != "file"]
    return [
        Problem(f"material.{code}", words, material.code)
        for material, value in typed
        if value
        for code, words in _field(material, value)
    ]


def _field(material: Material, value: str) -> Iterator[tuple[str, str]]:
    """What is wrong with one value that was typed."""
    length = len("".join(value.split()))
    low, high, name = material.characters_min, material.characters_max, material.name
    if material.kind == "number":
        if not _is_number(value):
            yield "number", f"“{name}”请填数字，例如 90；现在填的是“{value[:20]}”"
        return
    if material.kind == "choice" and value not in material.choices:
        yield "choice", f"“{name}”请从 {'、'.join(material.choices)} 中选一项"
    if material.kind == "link" and not LINK.fullmatch(value):
        yield "link", f"“{name}”请填完整网址，以 http:// 或 https:// 开头"
    if length < low:
        yield "characters", f"“{name}”有 {length} 个字，不足 {low} 字。请补充"
    if high is not None and length > high:
        yield "characters", f"“{name}”有 {length} 个字，超过 {high} 字。请删去 {length - high} 个字"
    if material.pattern and not re.fullmatch(material.pattern, value):
        yield "pattern", f"“{name}”的格式不对{'：' + material.hint if material.hint else '，请对照原件重新填写'}"


def check_set(materials: Sequence[Material], counts: Mapping[str, int]) -> list[Problem]:
    """Is all there? counts: material code → files handed in, or 1 for a field that is filled in.

    Codes `material.<code>`: required, one_of, count_min, count_max; `field` is the material's code (of one_of: the
    first one's).
    """
    problems = [problem for material in materials for problem in _counted(material, counts.get(material.code, 0))]
    choices: dict[str, list[Material]] = {}
    for material in materials:
        if material.one_of:
            choices.setdefault(material.one_of, []).append(material)
    for group in choices.values():
        if not any(counts.get(material.code) for material in group):
            names = "、".join(material.name for material in group)
            problems.append(Problem("material.one_of", f"{names}至少交一种，现在都没有。请选一种上传", group[0].code))
    return problems


def _counted(material: Material, count: int) -> Iterator[Problem]:
    """The number of one material."""
    name, low, high = material.name, material.count_min, material.count_max
    is_file = material.kind == "file"
    if material.required and not count:
        yield Problem("material.required", f"还没有{'上传' if is_file else '填写'}“{name}”", material.code)
    elif is_file and count and count < low:
        yield Problem(
            "material.count_min", f"“{name}”有 {count} 个文件，至少 {low} 个。请再上传 {low - count} 个", material.code
        )
    if is_file and count > high:
        words = f"“{name}”有 {count} 个文件，最多 {high} 个。请移去 {count - high} 个"
        yield Problem("material.count_max", words, material.code)


def _is_number(value: str) -> bool:
    try:
        return 0 <= Decimal(value) < 10**9
    except InvalidOperation:
        return False


def _mb(size: int) -> str:
    """1 MB is 10⁶ bytes, as in the edition; rounded up, so that what is too large also looks it."""
    if size < MB:
        return f"{-(-size // 1000)} KB"
    return f"{-(-size * 10 // MB) / 10:g} MB"


def _clock(seconds: float) -> str:
    """312.4 → 5 分 12 秒."""
    minutes, rest = divmod(round(seconds), 60)
    return " ".join(([f"{minutes} 分"] if minutes else []) + ([f"{rest} 秒"] if rest or not minutes else []))
