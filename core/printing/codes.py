"""The QR codes on a scan or photograph that a stranger sent."""

from pathlib import Path

from core.limited.running import MB, Limits, Stopped, run
from core.problems import Problem, Refused

MAX_PAGES = 40
MAX_PIXELS = 120_000_000
LIMITS = Limits(cpu=30, wall=60, memory=1024 * MB, output=MB)

_CHILD = Path(__file__).with_name("codes_child.py")


def read_codes(data: bytes) -> list[list[str]]:
    """The texts of the QR codes on each page of a PDF, or on the one page of a JPG or PNG.

    Turned, crooked, faint and blurred ones are found within reason. Raises Refused, `scan.<code>`: corrupt,
    encrypted, too_many_pages, too_many_pixels, too_heavy.
    """
    try:
        return run(_CHILD, data, LIMITS, MAX_PAGES, MAX_PIXELS)["pages"]
    except Stopped as stopped:
        raise _refused(stopped) from stopped


def _refused(stopped: Stopped) -> Refused:
    """The child's code in words."""
    match stopped.code:
        case "encrypted":
            said = "PDF 加了密码，打不开。请去掉密码另存，或把纸质件重新扫描后再上传"
        case "too_many_pages":
            said = f"PDF 有 {stopped.facts['pages']} 页，超过 {MAX_PAGES} 页。请只上传盖章的推荐申报表"
        case "too_many_pixels":
            said = "图片太大，打不开。请用手机或扫描仪的普通清晰度重拍后再上传"
        case "too_heavy":
            said = "文件太复杂，处理超时。请按 300 dpi 以内重新扫描，或拍成 JPG 后再上传"
        case _:
            said = "文件已损坏，打不开。请重新扫描或拍照后再上传"
    return Refused(Problem(f"scan.{stopped.code}", said))
