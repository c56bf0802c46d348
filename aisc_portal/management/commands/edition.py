"""manage.py edition check|load|diff|amend: the contest's rules as a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aisc_portal import editions
from core.problems import Refused
from tracks.models import Edition
from tracks.rulebook import Difference, adopt_defaults, parse


class Command(BaseCommand):
    help = "检查、载入、比较、修订届次规则文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="列出文件的全部错误和提醒")
        check.add_argument("file", type=Path)
        check.add_argument("--json", type=Path, metavar="OUT", help="把结果写成 JSON")
        load = verbs.add_parser("load", help="载入一届")
        load.add_argument("file", type=Path)
        compare = verbs.add_parser("diff", help="与库中同一届比较")
        compare.add_argument("file", type=Path)
        amend = verbs.add_parser("amend", help="修订一届，写明理由")
        amend.add_argument("file", type=Path, nargs="?")
        amend.add_argument("--adopt-defaults", action="store_true", help="采纳通知未定事项的缺省值")
        amend.add_argument("--reason", required=True)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(**options)
        except Refused as refused:
            raise CommandError("\n".join(problem.message for problem in refused.problems)) from None

    def _check(self, file: Path, json: Path | None = None, **_: Any) -> None:
        parsed = parse(_read(file))
        if json:
            json.write_text(_as_json(parsed), encoding="utf-8")
        for warning in parsed.warnings:
            self.stdout.write(f"提醒 {warning.path}：{warning.message}")
        for error in parsed.errors:
            self.stdout.write(f"错误 {error.path}：{error.message}")
        if parsed.errors:
            raise CommandError(f"{file.name} 有 {len(parsed.errors)} 处错误，改正后再试")
        self.stdout.write(f"{file.name} 没有错误，提醒 {len(parsed.warnings)} 条")

    def _load(self, file: Path, **_: Any) -> None:
        amendment = editions.load(_read(file))
        self._tell(amendment.differences)
        self.stdout.write(f"已载入 {file.name}")

    def _diff(self, file: Path, **_: Any) -> None:
        amendment = editions.examine(_read(file))
        if amendment.edition is None:
            self.stdout.write("库中还没有这一届")
        self._tell(amendment.differences)

    def _amend(self, reason: str, file: Path | None = None, adopt_defaults: bool = False, **_: Any) -> None:
        self._tell(editions.load(self._text(file, adopt_defaults), reason=reason).differences)
        self.stdout.write("已修订")

    def _text(self, file: Path | None, adopt: bool) -> str:
        if file:
            text = _read(file)
        elif edition := Edition.objects.current():
            text = edition.text
        else:
            raise CommandError("库中还没有届次，请先 edition load 文件")
        if not file and not adopt:
            raise CommandError("请给出修订后的文件，或加 --adopt-defaults")
        return adopt_defaults(text) if adopt else text

    def _tell(self, differences: list[Difference]) -> None:
        for difference in differences:
            self.stdout.write(str(difference))
        if not differences:
            self.stdout.write("没有变化")


def _read(file: Path) -> str:
    """The file's text. Raises CommandError, naming the file, when it cannot be read as UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{file.name} 不是 UTF-8 编码，请另存为 UTF-8 后再试") from None
    except OSError as error:
        raise CommandError(f"{file} 打不开：{error.strerror}") from None


def _as_json(parsed: Any) -> str:
    faults = {
        key: [{"path": fault.path, "message": fault.message} for fault in getattr(parsed, key)]
        for key in ("errors", "warnings")
    }
    return json.dumps({"ok": not parsed.errors, **faults}, ensure_ascii=False, indent=2)
