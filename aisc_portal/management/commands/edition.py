"""manage.py edition check|load|diff|amend: the contest's rules as a file."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aisc_portal import editions
from core.problems import Problem, Refused
from tracks.models import Edition
from tracks.rulebook import Difference, Fault, adopt_defaults, parse


class Command(BaseCommand):
    help = "检查、载入、比较、修订届次规则文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="列出文件的全部错误和提醒，不需要数据库")
        load = verbs.add_parser("load", help="载入一届；报名开始前也用来更新")
        compare = verbs.add_parser("diff", help="与库中同一届比较，并试载一遍，不保存")
        for verb in (check, load, compare):
            verb.add_argument("file", type=Path)
        amend = verbs.add_parser("amend", help="修订已载入的一届，写明理由")
        amend.add_argument("file", type=Path, nargs="?", help="不写则用库中当前届的文件")
        amend.add_argument("--adopt-defaults", action="store_true", help="采纳通知未定事项的缺省值")
        amend.add_argument("--reason", required=True, help="理由，会记入办理记录")
        for verb in (check, load, compare, amend):
            verb.add_argument("--json", type=Path, metavar="OUT", dest="out", help="把结果写成 JSON")

    def handle(self, *args: Any, verb: str, out: Path | None, **options: Any) -> None:
        self.report: dict[str, Any] = {"ok": True, "errors": [], "warnings": []}
        try:
            getattr(self, f"_{verb}")(**options)
        except Refused as refused:
            self.report |= {"ok": False, "errors": _as_data(refused.problems)}
            raise CommandError("\n".join(problem.message for problem in refused.problems)) from None
        finally:
            if out:
                out.write_text(json.dumps(self.report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def _check(self, file: Path, **_: Any) -> None:
        parsed = parse(_read(file))
        self.report = {
            "ok": not parsed.errors,
            "errors": _as_data(parsed.errors),
            "warnings": _as_data(parsed.warnings),
        }
        for kind, faults in (("提醒", parsed.warnings), ("错误", parsed.errors)):
            for fault in faults:
                self.stdout.write(f"{kind} {fault.path}：{fault.message}")
        if parsed.errors:
            raise CommandError(f"{file.name} 有 {len(parsed.errors)} 处错误，改正后再试")
        self.stdout.write(f"{file.name} 没有错误，提醒 {len(parsed.warnings)} 条")

    def _load(self, file: Path, **_: Any) -> None:
        text = _read(file)
        if editions.examine(text).needs_reason:
            raise _refused("报名已经开始，请改用 edition amend 文件 --reason 理由")
        self._tell(editions.load(text))
        self.stdout.write(f"已载入 {file.name}")

    def _diff(self, file: Path, **_: Any) -> None:
        text = _read(file)
        amendment = editions.examine(text)
        self._tell(amendment)
        if refusals := editions.refusals(text):
            raise Refused(refusals)
        if amendment.needs_reason:
            self.stdout.write("报名已经开始，修订时须写明理由：edition amend 文件 --reason 理由")

    def _amend(self, reason: str, file: Path | None = None, adopt_defaults: bool = False, **_: Any) -> None:
        text = self._text(file, adopt_defaults)
        if editions.examine(text).edition is None:
            raise _refused("库中还没有这一届，请先用 edition load 文件")
        amendment = editions.load(text, reason=reason)
        self._tell(amendment)
        self.stdout.write("已修订" if amendment.changes_text else "与库中一字不差，没有改动")

    def _text(self, file: Path | None, adopt: bool) -> str:
        if not file and not adopt:
            raise _refused("请给出修订后的文件，或加 --adopt-defaults")
        if file:
            text = _read(file)
        elif edition := Edition.objects.current():
            text = edition.text
        else:
            raise _refused("库中还没有届次，请先用 edition load 文件")
        try:
            return adopt_defaults(text) if adopt and parse(text).rulebook else text
        except ValueError as error:
            raise _refused(str(error)) from None

    def _tell(self, amendment: editions.Amendment) -> None:
        """Differences line by line, and how many warnings there are."""
        self.report |= {
            "warnings": _as_data(amendment.parsed.warnings),
            "differences": [_difference(difference) for difference in amendment.differences],
        }
        for difference in amendment.differences:
            self.stdout.write(str(difference))
        if amendment.edition is None:
            self.stdout.write("库中原来没有这一届")
        elif not amendment.differences:
            self.stdout.write("规则没有变化")
        if warnings := amendment.parsed.warnings:
            self.stdout.write(f"提醒 {len(warnings)} 条，用 edition check 查看")


def _read(file: Path) -> str:
    """The file's exact text. Raises Refused, naming the file, when it cannot be read as UTF-8."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise _refused(f"{file.name} 不是 UTF-8 编码，请另存为 UTF-8 后再试") from None
    except OSError as error:
        raise _refused(f"{file} 打不开：{error.strerror}") from None


def _refused(words: str) -> Refused:
    return Refused(Problem("edition.command", words))


def _as_data(faults: Iterable[Fault | Problem]) -> list[dict[str, str]]:
    pairs = [(f.path if isinstance(f, Fault) else f.field, f.message) for f in faults]
    return [{"path": path, "message": message.removeprefix(f"{path}：")} for path, message in pairs]


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "path": difference.path,
        "label": difference.label,
        "before": difference.before,
        "after": difference.after,
    }
