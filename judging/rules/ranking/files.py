"""The recompute bundle's files: written by the portal, read by anyone, with these same functions.

rules.json      rules, works, the public's votes, the organiser's decisions
ballots.csv     how many ballots chose what and whether they count, where the public voted; the votes follow from it
scores.csv      one sheet a line: 评审团, 作品, 评委, 弃权, a column for every criterion, 总分
ranking.csv     the published ranking
ranking.json    the same with ties, notes and severities
"""

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from . import votes
from .facts import Inputs, Ranking, Rules, Sheet, Tally
from .frozen import data_of, inputs_from, result_of
from .numbers import plain
from .table import rank
from .totals import TOTAL, total_of

RULES, SCORES, TABLE, RESULT = "rules.json", "scores.csv", "ranking.csv", "ranking.json"
_FIXED = ("评审团", "作品", "评委", "弃权")
_YES = "是"


def files_of(inputs: Inputs, ranking: Ranking) -> dict[str, str]:
    """Name → text of the files."""
    bare = tuple(replace(tally, patterns=()) for tally in inputs.tallies)
    frozen = data_of(replace(inputs, sheets=(), tallies=bare))
    voted = any(tally.patterns for tally in inputs.tallies)
    return {
        RULES: json.dumps(frozen, ensure_ascii=False, sort_keys=True, indent=1) + "\n",
        SCORES: scores_csv(inputs),
        **({votes.FILE: _csv(votes.rows_of(inputs.tallies))} if voted else {}),
        TABLE: ranking_csv(ranking),
        RESULT: json.dumps(result_of(ranking), ensure_ascii=False, sort_keys=True, indent=1) + "\n",
    }


def scores_csv(inputs: Inputs) -> str:
    """Every sheet with its marks; the total is printed for reading and is reckoned anew by the program."""
    codes = _codes(inputs.rules)
    names = {criterion.code: f"{criterion.code} {criterion.name}" for criterion in inputs.rules.criteria}
    rows = [[*_FIXED, *(names.get(code, code) for code in codes), *(["总分"] if inputs.rules.criteria else [])]]
    for sheet in sorted(inputs.sheets, key=lambda sheet: (sheet.panel, sheet.work, sheet.judge)):
        row = [sheet.panel, sheet.work, sheet.judge, _YES if sheet.abstained else ""]
        row += [plain(sheet.marks[code]) if code in sheet.marks else "" for code in codes]
        if inputs.rules.criteria:
            row.append("" if sheet.abstained else str(total_of(sheet, inputs.rules)))
        rows.append(row)
    return _csv(rows)


def ranking_csv(ranking: Ranking) -> str:
    """名次, 作品, 得分, each panel's score, 备注."""
    panels = list(ranking.weights)
    rows = [["名次", "作品", "得分", *(panels if len(panels) > 1 else []), "备注"]]
    for row in ranking.rows:
        line = ["" if row.rank is None else str(row.rank), row.work, "" if row.score is None else str(row.score)]
        if len(panels) > 1:
            line += [str(row.panels[panel]) if panel in row.panels else "" for panel in panels]
        rows.append([*line, "并列" if row.shared else row.why])
    return _csv(rows)


def read_folder(folder: Path) -> Inputs:
    """The inputs, from rules.json and scores.csv. Raises OSError, ValueError or KeyError for files that were harmed."""
    inputs = inputs_from((folder / RULES).read_text(encoding="utf-8"))
    codes = _codes(inputs.rules)
    lines = _read(folder / SCORES)
    counted = _tallies(folder / votes.FILE) if (folder / votes.FILE).exists() else {}
    tallies = tuple(counted.get(tally.panel, tally) for tally in inputs.tallies)
    return replace(inputs, sheets=tuple(_sheet(line, codes) for line in lines[1:] if line), tallies=tallies)


def main(folder: Path) -> int:
    """Rank anew, print the table, compare with what was published: 0 the same, 1 different."""
    ranking = rank(read_folder(folder))
    table = ranking_csv(ranking)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.stdout.write(table)
    published = (folder / TABLE).read_text(encoding="utf-8-sig")
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    same = _lines(table) == _lines(published) and json.loads(json.dumps(result_of(ranking))) == result
    said = "与公布的名次逐字相同。" if same else "与公布的名次不同！请核对文件是否被改动。"
    sys.stderr.buffer.write(f"共 {len(ranking.rows)} 件作品，{said}\n".encode())
    return 0 if same else 1


def _codes(rules: Rules) -> list[str]:
    return [criterion.code for criterion in rules.criteria] or [TOTAL]


def _sheet(line: Sequence[str], codes: Sequence[str]) -> Sheet:
    panel, work, judge, abstained, *marks = line
    known = {code: Decimal(mark) for code, mark in zip(codes, marks, strict=False) if mark}
    return Sheet(work, judge, known, panel, abstained == _YES)


def _tallies(path: Path) -> dict[str, Tally]:
    return votes.tallies_from(line for line in _read(path)[1:] if line)


def _read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def _csv(rows: list[list[str]]) -> str:
    """With a mark in front, so that Excel takes it for UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return "\ufeff" + out.getvalue()


def _lines(text: str) -> list[str]:
    """Without the mark and whatever a mail program or editor made of the line ends."""
    return text.lstrip("\ufeff").split()
