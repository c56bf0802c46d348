"""The QR codes on a scan or photograph that a stranger sent."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from core.problems import Problem, Refused

MB = 1024 * 1024
MAX_PAGES = 40
MAX_PIXELS = 120_000_000
CPU_SECONDS = 30
WALL_SECONDS = 60  # a busy machine gives the child less than one core
MEMORY = 1024 * MB
OUTPUT = MB

_CHILD = Path(__file__).with_name("codes_child.py")


def read_codes(data: bytes) -> list[list[str]]:
    """The texts of the QR codes on each page of a PDF, or on the one page of a JPG or PNG.

    Turned, crooked, faint and blurred ones are found within reason. Raises Refused, `scan.<code>`: corrupt,
    encrypted, too_many_pages, too_many_pixels, too_heavy.
    """
    bounds = [str(bound) for bound in (MAX_PAGES, MAX_PIXELS, CPU_SECONDS, MEMORY, OUTPUT)]
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.run(
                [sys.executable, "-I", str(_CHILD), *bounds],
                input=data,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _refused({"refused": "too_heavy"}) from error
        output.seek(0)
        try:
            answer = json.loads(output.read().decode("utf-8", "replace")) if child.returncode >= 0 else None
        except ValueError:  # crashed, or the output grew past its limit
            answer = None
    if not answer or "refused" in answer:
        raise _refused(answer or {"refused": "too_heavy"})
    return answer["pages"]


def _refused(answer: dict[str, Any]) -> Refused:
    """The child's code in words."""
    match answer["refused"]:
        case "encrypted":
            said = "PDF 加了密码，打不开。请去掉密码另存，或把纸质件重新扫描后再上传"
        case "too_many_pages":
            said = f"PDF 有 {answer['pages']} 页，超过 {MAX_PAGES} 页。请只上传盖章的推荐申报表"
        case "too_many_pixels":
            said = "图片太大，打不开。请用手机或扫描仪的普通清晰度重拍后再上传"
        case "too_heavy":
            said = "文件太复杂，处理超时。请按 300 dpi 以内重新扫描，或拍成 JPG 后再上传"
        case _:
            said = "文件已损坏，打不开。请重新扫描或拍照后再上传"
    return Refused(Problem(f"scan.{answer['refused'] if said else 'corrupt'}", said))
