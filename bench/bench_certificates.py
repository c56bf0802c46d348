"""A thousand certificates by one worker beside a plain WeasyPrint document each (≤25 ms, ≤40 KB, 3.5×); ten thousand by
one (≤300 MB), and two workers at once (≥1.7×). Issue 8. The allocation's second is in bench_awards.

`BENCH_CERTIFICATES=2000 make bench ARGS=certificates` prints fewer than ten thousand, for a look in two minutes.
"""

import base64
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

import pikepdf
from django.template.loader import render_to_string
from faker import Faker
from weasyprint import CSS, HTML

from awards.certificates import rendering
from awards.certificates.rendering import MINOR_NOTE, CertificatePress, Sheet, taken
from awards.certificates.signing import new_key, signed_payload
from awards.rules.certificates import Claim, number_of, recipients, words_of
from awards.services.certificate_printing import CHUNK
from core.printing.pdf import NO_ASSETS, Press

MANY, FEW = 1000, 25
PAIR = 500  # for a worker each of two
BATCH = int(os.environ.get("BENCH_CERTIFICATES", "10000"))  # for one worker
TEXT = "{name}：在首届广东省“AI科普+”创意与应用大赛中荣获{award}{level}。特发此证，以资鼓励。"
ISSUERS = ("广东省钟南山医学基金会", "广东省吴小兰慈善基金会", "广东省科学技术普及志愿者协会")


def run() -> list[dict[str, Any]]:
    """Processor time (user and system) and bytes a certificate, on average; the two ratios; memory at the end."""
    fake = Faker("zh_CN")
    fake.seed_instance(20250929)
    key = new_key()
    sheets = [sheet_of(n, key, fake) for n in range(1, MANY + 1)]
    began = time.process_time()
    press = CertificatePress.of(sheets)
    cut = time.process_time() - began
    began = time.process_time()
    sizes = [len(made) for some in jobs_of(sheets) for made in printed(press, some)]
    took = (time.process_time() - began) * 1000 / MANY
    tagged = sum(map(_is_tagged, map(press.pdf, sheets[:FEW])))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before the plain ones, which take far more
    plain = _each(_plainly, sheets[:FEW])
    empty = _each(_blank(Press("@page { size: A4 landscape }")), sheets[:200])
    ms, size = took + cut * 1000 / MANY, sum(sizes) / MANY / 1000
    alone, pair = _workers(1, PAIR), _workers(2, PAIR)
    speed = 2 * max(one["wall"] for one in alone) / max(one["wall"] for one in pair)
    peak = max(one["mb"] for one in _workers(1, BATCH))
    return [
        _row(f"证书一张（{MANY} 张平均，含裁字库）", ms, "ms CPU", "≤25", ms <= 25),
        _row(f"证书一张（{MANY} 张平均）", size, "KB", "≤40", size <= 40),
        _row(f"其中带标签的（抽查 {FEW} 张）", tagged, "certificates", f"={FEW}", tagged == FEW),
        _row(f"比每张单独用 WeasyPrint（{plain:.0f} ms）快", plain / ms, "times", "≥3.5", plain / ms >= 3.5),
        _row(f"是同一流程空白页（{empty:.1f} ms）的", ms / empty, "times", "（只列出）", ok=True),
        _row("裁一次字库", cut, "s CPU", "（只列出）", ok=True),
        _row(f"{MANY} 张以后的内存峰值", memory, "MB", "≤300", memory <= 300),
        _row(f"一个进程做 {BATCH} 张的内存峰值", peak, "MB", "≤300", peak <= 300),
        _row(f"两个进程比一个快（各做 {PAIR} 张）", speed, "times", "≥1.7", speed >= 1.7),
    ]


def _row(name: str, value: float, unit: str, target: str, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "ok": ok}


def _workers(count: int, sheets: int) -> list[dict[str, float]]:
    """Processes that print at the same time; they begin together, once all have their fonts."""
    asked = [sys.executable, "-m", "bench._certificates", str(sheets)]
    folder = Path(__file__).parents[1]
    pipes = [
        subprocess.Popen(asked, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    for one in pipes:
        cast(IO[str], one.stdout).readline()  # it has its fonts
    for one in pipes:
        cast(IO[str], one.stdin).write("\n")
        cast(IO[str], one.stdin).flush()
    return [json.loads(one.communicate()[0]) for one in pipes]


def _each(deed: Callable[[Sheet], object], sheets: Iterable[Sheet]) -> float:
    """Milliseconds of processor time for one."""
    waiting = list(sheets)
    began = time.process_time()
    for sheet in waiting:
        deed(sheet)
    return (time.process_time() - began) * 1000 / len(waiting)


def printed(press: CertificatePress, sheets: Sequence[Sheet]) -> list[bytes]:
    """What a job of the portal does of it: each alone, and all of them for the print file."""
    pages = taken(press.laid_out(sheets))
    press.many(pages)
    return [press.written(sheet, one) for sheet, one in zip(sheets, pages, strict=True)]


def jobs_of(sheets: Sequence[Sheet]) -> Iterator[Sequence[Sheet]]:
    """As many at once as a job of the portal prints."""
    return (sheets[first : first + CHUNK] for first in range(0, len(sheets), CHUNK))


def sheet_of(number: int, key: str, fake: Faker) -> Sheet:
    """Every third one a team of five from a university, the others one person."""
    team = number % 3 == 0
    name = recipients(tuple(fake.name() for _ in range(5 if team else 1)), fake.company() if team else "")
    award = "广东省AI科普传播领军队伍奖" if team else "广东省AI科普传播领军人物奖"
    words = words_of(TEXT, {"name": name, "award": award, "level": "一等奖"})
    printed = number_of("{edition}-{group}-{serial}-{check}", "GDAIKP1", "A1", number, 6)
    claim = Claim(printed, name, f"{award}一等奖", date(2025, 9, 29))
    link = f"https://portal.example.test/verify/{signed_payload(claim, key)}"
    return Sheet("荣誉证书", words, ISSUERS, claim.date, printed, link, (MINOR_NOTE,))


def _plainly(sheet: Sheet) -> None:
    """What a first attempt would do: the installed fonts, read anew for every document."""
    css = (Path(rendering.__file__).parent / "certificate.css").read_text(encoding="utf-8")
    css = "\n".join(line for line in css.splitlines() if not line.startswith("@font-face"))
    css = css.replace("Batch Body", "LXGW WenKai").replace("Batch Title", "Noto Serif CJK SC")
    page = {"sheet": sheet, "fit": 0, "qr": "asset:qr"}
    html = render_to_string("awards/certificates/certificates.html", {"pages": [page]})
    code = base64.b64encode(rendering.qr_png(sheet.link)).decode()
    HTML(string=html.replace("asset:qr", f"data:image/png;base64,{code}")).write_pdf(
        stylesheets=[CSS(string=css)], pdf_tags=True
    )


def _is_tagged(data: bytes) -> bool:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return "/StructTreeRoot" in pdf.Root


def _blank(press: Press) -> Callable[[Sheet], object]:
    return lambda sheet: press.written(
        press.pages('<!doctype html><html lang="zh-Hans"><title>空白</title><p>', NO_ASSETS)
    )
