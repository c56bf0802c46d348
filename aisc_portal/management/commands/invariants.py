"""manage.py invariants: what must always hold, checked on the living portal."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aisc_portal import invariants

SHOWN = 20
STDOUT = Path("-")


class Command(BaseCommand):
    help = "核对必须始终成立的事项：名额、状态、办理记录、通知、任务"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", type=Path, metavar="OUT", dest="out", nargs="?", const=STDOUT,
            help="把结果写成 JSON 文件；不写文件名或写 - 就打印出来",
        )  # fmt: skip

    def handle(self, *args: Any, out: Path | None, **options: Any) -> None:
        findings = invariants.check()
        quiet = out == STDOUT
        for name, broken in () if quiet else findings:
            self.stdout.write(f"{'✗' if broken else '✓'} {name}")
            for thing in broken[:SHOWN]:
                self.stdout.write(f"    {thing}")
            if len(broken) > SHOWN:
                self.stdout.write(f"    …… 共 {len(broken)} 处")
        broken = [f"{name}：{thing}" for name, things in findings for thing in things]
        if out:
            checks = dict(findings)
            report = {"checked": len(findings), "broken": broken, "checks": checks}
            text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
            if quiet:
                self.stdout.write(text)
            else:
                out.write_text(text, encoding="utf-8")
        if broken:
            raise CommandError(f"{sum(bool(things) for _, things in findings)} 项不成立，请先查明原因")
        if not quiet:
            self.stdout.write(f"{len(findings)} 项全部成立")
