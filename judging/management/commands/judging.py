"""manage.py judging rank: a table of scores, ranked by the very code that ranks the rounds."""

import json
import os
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from judging.rules.ranking import LABELS, METHODS, K, Ranking, rank
from judging.rules.score_table import decoded, inputs_of, read_scores

ERRORS_TOLD = 50
WHOM_TOLD = 10


class Command(BaseCommand):
    help = "按评审的算法给一份 CSV（作品,评委,分数）排名；不需要数据库"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        ranking = verbs.add_parser("rank", help="排名：CSV 三列 work,judge,score，UTF-8 或 GBK")
        ranking.add_argument("file", type=Path)
        ranking.add_argument("--method", choices=sorted(METHODS), required=True, help="算法")
        ranking.add_argument("--k", type=_number, default=K, help=f"校正分的 k，缺省 {K}")
        ranking.add_argument("--min", type=_number, dest="lowest", help="分数下限，超出即报错")
        ranking.add_argument("--max", type=_number, dest="highest", help="分数上限，超出即报错")
        ranking.add_argument("--json", type=Path, metavar="OUT", dest="out", help="把名次写成 JSON")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(**options)

    def _rank(
        self,
        file: Path,
        method: str,
        k: Decimal,
        lowest: Decimal | None,
        highest: Decimal | None,
        out: Path | None,
        **_: Any,
    ) -> None:
        text = _read(file)
        scores, problems = read_scores(text, lowest=lowest, highest=highest)
        if problems:
            told = [problem.message for problem in problems[:ERRORS_TOLD]]
            more = [f"……另有 {len(problems) - ERRORS_TOLD} 处"] if len(problems) > ERRORS_TOLD else []
            raise CommandError("\n".join([f"{file.name} 有 {len(problems)} 处错误，没有排名：", *told, *more]))
        try:
            ranking = rank(inputs_of(scores, method, k=k))
        except ValueError as error:
            raise CommandError(str(error)) from None
        if out:
            _write(out, _as_data(ranking))
        for note in ranking.notes:
            whom = note.judges or note.works
            names = "、".join(whom[:WHOM_TOLD]) + (f" 等 {len(whom)} 个" if len(whom) > WHOM_TOLD else "")
            self.stderr.write(f"{note.message}（{names}）" if names else note.message)
        self.stdout.write(f"名次\t作品\t{LABELS[method]}")
        for row in ranking.rows:
            self.stdout.write(f"{row.rank}\t{row.work}\t{row.score}")


def _as_data(ranking: Ranking) -> dict[str, Any]:
    """Scores as JSON numbers: at four places a float prints the very digits."""
    rows = [{"work": row.work, "score": float(row.score or 0), "rank": row.rank} for row in ranking.rows]
    return {"method": ranking.method, "ranking": rows}


def _read(file: Path) -> str:
    try:
        text = decoded(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} 打不开：{error.strerror}") from None
    if text is None:
        raise CommandError(f"{file.name} 的文字编码认不出来，应为 UTF-8 或 GBK")
    return text


def _write(out: Path, data: dict[str, Any]) -> None:
    """All or nothing: written beside, then moved into place."""
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CommandError(f"{out} 写不进去：{error.strerror}") from None


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ArgumentTypeError(f"“{text}”不是数字")
    return number
