"""A table of work, judge, score, as `manage.py judging rank` reads it: every fault by its row."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from core.problems import Problem

from .ranking import Inputs, Rules, Score, Sheet, Work
from .ranking.totals import TOTAL

COLUMNS = {
    "work": ("work", "作品", "作品编号", "作品号"),
    "judge": ("judge", "评委", "评委编号", "评委号"),
    "score": ("score", "分数", "评分", "得分", "总分"),
}
DIGITS_BEFORE, DIGITS_AFTER = 9, 18


def decoded(data: bytes) -> str | None:
    """Text of UTF-8 (with or without mark), UTF-16 with a mark, or GBK; None for anything else."""
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    for encoding in (marked,) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def read_scores(
    text: str, *, lowest: Decimal | None = None, highest: Decimal | None = None
) -> tuple[list[Score], list[Problem]]:
    """The scores, and every problem; a caller ranks only when there is none. Empty lines are passed over."""
    scores: list[Score] = []
    problems: list[Problem] = []
    places: dict[str, int] = {}
    seen: dict[tuple[str, str], int] = {}
    for line, cells in _lines(text, problems):
        if not places:
            places, missing = _header(cells)
            if missing:
                said = f"表头缺“{'、'.join(missing)}”列，应有 work、judge、score（或 作品、评委、分数）三列"
                return [], [*problems, Problem("scores.missing_column", said, field=missing[0])]
            continue
        values = {key: cells[at] if at < len(cells) else "" for key, at in places.items()}
        if empty := [COLUMNS[key][1] for key, value in values.items() if not value]:
            problems.append(Problem("scores.empty", f"第 {line} 行没有填{'、'.join(empty)}", field=str(line)))
            continue
        number = _number(values["score"])
        if isinstance(number, Decimal):
            problems += _out_of_range(number, line, lowest, highest)
            scores.append(Score(values["work"], values["judge"], number))
        else:
            problems.append(Problem("scores.not_a_number", f"第 {line} 行的分数{number}", field=str(line)))
        pair = (values["work"], values["judge"])
        if (first := seen.setdefault(pair, line)) != line:
            said = f"第 {line} 行与第 {first} 行重复：评委 {pair[1]} 对作品 {pair[0]} 只能有一个分数"
            problems.append(Problem("scores.twice", said, field=str(line)))
    if not seen and not problems:
        problems.append(Problem("scores.none", "文件里没有分数，请在表头下面每行写一个 作品,评委,分数"))
    return scores, problems


def inputs_of(scores: Sequence[Score], method: str, *, k: Decimal) -> Inputs:
    """Bare scores as the ranking takes them: no rubric, no tie chain; equal scores share a rank."""
    works = sorted({score.work for score in scores})
    sheets = (Sheet(score.work, score.judge, {TOTAL: score.score}) for score in scores)
    return Inputs(Rules(method, k=k), tuple(Work(work) for work in works), tuple(sheets))


def _lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """(line in the file, cells) of every line with content."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [unicodedata.normalize("NFKC", cell).strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error:
        said = f"第 {reader.line_num} 行的引号没有成对，读不下去，请改正后再试"
        problems.append(Problem("scores.quotes", said, field=str(reader.line_num)))


def _header(cells: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    names = {name: key for key, words in COLUMNS.items() for name in words}
    places: dict[str, int] = {}
    for at, cell in enumerate(cells):
        if key := names.get(cell.casefold().lstrip("\ufeff")):
            places.setdefault(key, at)
    return places, [key for key in COLUMNS if key not in places]


def _number(cell: str) -> Decimal | str:
    """The number, or what is wrong with it."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return f"“{cell[:20]}”不是数字"
    if not number.is_finite():
        return f"“{cell[:20]}”不是数字"
    if number.adjusted() >= DIGITS_BEFORE or int(number.as_tuple().exponent) < -DIGITS_AFTER:
        return f"“{cell[:20]}”太大或小数太长（整数最多 {DIGITS_BEFORE} 位，小数最多 {DIGITS_AFTER} 位）"
    return number


def _out_of_range(number: Decimal, line: int, lowest: Decimal | None, highest: Decimal | None) -> Iterator[Problem]:
    if lowest is not None and number < lowest:
        yield Problem("scores.range", f"第 {line} 行的分数 {number} 低于 {lowest}", field=str(line))
    if highest is not None and number > highest:
        yield Problem("scores.range", f"第 {line} 行的分数 {number} 高于 {highest}", field=str(line))
