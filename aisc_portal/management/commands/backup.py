"""manage.py backup: note that a backup was made, or restored for practice; the cockpit shows the last of each."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.audit import backups


class Command(BaseCommand):
    help = "记下一次备份或一次恢复演练，驾驶舱里显示最近一次（备份本身用 pg_dump 和 tar 做，见 docs/operations.md）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--files", nargs="+", type=Path, metavar="FILE", help="刚做好的备份文件，记下大小之和")
        what.add_argument("--bytes", type=int, metavar="N", dest="size", help="备份的大小（字节），文件不在本机时用")
        what.add_argument("--drill", choices=["passed", "failed"], help="恢复演练的结果")

    def handle(self, *args: Any, files: list[Path] | None, size: int | None, drill: str | None, **options: Any) -> None:
        if drill:
            backups.drilled(passed=drill == "passed")
            self.stdout.write("已记下恢复演练：" + ("通过" if drill == "passed" else "不通过"))
            return
        try:
            mark = backups.made(sum(file.stat().st_size for file in files) if files else size or 0)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已记下备份：{mark.bytes} 字节")
