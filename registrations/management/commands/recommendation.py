"""manage.py recommendation preview: what an uploaded 推荐申报表 would do, without writing anything."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.problems import Problem, Refused, refuse_if
from core.sheets import find_table, read
from registrations.models import Recommendation
from registrations.services import units
from registrations.services.previewing import Preview, RowLine, preview
from registrations.sheets import row_columns
from tracks.models import Edition

VERDICTS = {"new": "新增", "changed": "改动", "unchanged": "不变", "wrong": "有错"}


class Command(BaseCommand):
    help = "核对一份推荐申报表，逐行说明会怎样，不写入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        judge = verbs.add_parser("preview", help="逐行核对：新增、改动、不变、有错")
        judge.add_argument("file", type=Path, help=".xlsx、.xls 或 .csv")
        judge.add_argument("--unit", required=True, metavar="NAME", help="推荐单位的全称、队名用名或曾用名")
        judge.add_argument("--json", type=Path, metavar="OUT", dest="out", help="把结果写成 JSON")

    def handle(self, *args: Any, verb: str, file: Path, unit: str, out: Path | None, **options: Any) -> None:
        report: dict[str, Any] = {"problems": [], "rows": []}
        try:
            seen = _preview(file, unit)
            report = {"problems": [_as_data(p) for p in seen.problems], "rows": [_row(line) for line in seen.lines]}
            self._tell(seen)
        except Refused as refused:
            report["problems"] = [_as_data(problem) for problem in refused.problems]
            raise CommandError("\n".join(problem.message for problem in refused.problems)) from None
        finally:
            if out:
                out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def _tell(self, seen: Preview) -> None:
        """Counts, then every row that says more than “new”."""
        self.stdout.write("，".join(f"{label} {seen.counts[verdict]} 行" for verdict, label in VERDICTS.items()))
        for problem in seen.problems:
            self.stdout.write(problem.message)
        for line in seen.lines:
            told = line.told(seen.table) + [
                f"{name}：{a or '（空）'} → {b or '（空）'}" for name, (a, b) in line.changes.items()
            ]
            if told:
                self.stdout.write(f"第 {line.number} 行 {VERDICTS[line.verdict]} {line.title}：{'；'.join(told)}")


def _preview(file: Path, name: str) -> Preview:
    """Judge a file for a unit in the current edition. Raises Refused when it, or the unit, cannot be read."""
    edition, unit = Edition.objects.current(), units.find_unit(name)
    if edition is None:
        raise Refused(Problem("edition.none", "库中还没有届次，请先用 edition load 文件"))
    if unit is None:
        raise Refused(Problem("unit.unknown", f"没有找到推荐单位“{name}”，请写全称"))
    try:
        table = find_table(read(file), row_columns(edition.rulebook))
    except OSError as error:
        raise Refused(Problem("file.unreadable", f"{file} 打不开：{error.strerror}")) from None
    refuse_if(table.problems)
    form = Recommendation.objects.filter(unit=unit, edition=edition).first()
    return preview(form or Recommendation(unit=unit, edition=edition), table)


def _row(line: RowLine) -> dict[str, Any]:
    row = line.facts
    return {
        "row": line.number,
        "verdict": line.verdict,
        "name": row.name,
        "team": row.team,
        "organisation": row.organisation,
        "phone": row.phone,
        "categories": list(row.categories),
        "problems": [{"column": p.field, "code": p.code, "message": p.message} for p in line.problems],
    }


def _as_data(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "message": problem.message}
