"""The preview of an uploaded 推荐申报表: 5,000 rows in 2 s; ten times the rows, at most eleven times the time."""

import statistics
import time
from typing import Any

from aisc_portal import demo_data
from core.sheets import find_table, read, write_xlsx
from registrations.models import Recommendation, Unit
from registrations.services.previewing import preview
from registrations.sheets import row_columns
from tracks.models import Edition

ROWS, FEW, RUNS = 5_000, 500, 3


def run() -> list[dict[str, Any]]:
    """Rows: seconds from the file's bytes to every row's verdict; the ratio to a tenth of the rows."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    unit = Unit.objects.get(full_name="深圳市龙岗区科学技术协会")
    form = Recommendation.objects.filter(unit=unit, edition=edition).first() or Recommendation(
        unit=unit, edition=edition
    )
    many, few = (_seconds(form, _workbook(edition, rows), rows) for rows in (ROWS, FEW))
    return [
        {"name": f"preview of {ROWS} rows", "value": round(many, 2), "unit": "s", "target": "≤2", "ok": many <= 2},
        {
            "name": f"preview of {ROWS} rows to {FEW}",
            "value": round(many / few, 1),
            "unit": "times",
            "target": "≤11",
            "ok": many / few <= 11,
        },
    ]


def _workbook(edition: Edition, rows: int) -> bytes:
    """Rows as a county would send them; every tenth is wrong."""
    lines: list[dict[str, str | int]] = [
        {
            "seq": number,
            "name": f"演示{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'子丑寅卯辰巳午未申酉戌亥'[number % 12]}",
            "team": f"（演示学校{number}）科技志愿服务{'支队' if number % 10 == 0 else '分队'}" if number % 2 else "",
            "organisation": f"演示单位{number}",
            "phone": f"1380013{number % 10_000:04d}",
            "categories": "A、C",
            "recommender": "深圳市龙岗区科学技术协会",
        }
        for number in range(1, rows + 1)
    ]
    return write_xlsx(row_columns(edition.rulebook), lines, title="推荐申报表")


def _seconds(form: Recommendation, content: bytes, rows: int) -> float:
    """The median of a few runs, from bytes to verdicts."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        seen = preview(form, find_table(read(content, "名单.xlsx"), row_columns(form.edition.rulebook)))
        times.append(time.perf_counter() - began)
        if len(seen.lines) != rows:
            raise RuntimeError(f"{len(seen.lines)} rows were read, not {rows}")
    return statistics.median(times)
