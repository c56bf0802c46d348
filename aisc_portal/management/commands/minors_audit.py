"""manage.py minors_audit 2024 out.xlsx --by organiser@…: the yearly audit of minors' data, as the admin gives it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aisc_portal.personal import book
from core.accounts.models import User
from registrations.services.personal_audit import audit
from tracks.models import Edition


class Command(BaseCommand):
    help = "导出当前届次一年的未成年人信息审计表（不含姓名和电话）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, help="年份，如 2024")
        parser.add_argument("out", type=Path, help="写到哪个 xlsx")
        parser.add_argument(
            "--by", required=True, metavar="邮箱", help="谁导出的：一位组委会人员的邮箱，会记入导出记录"
        )

    def handle(self, *args: Any, year: int, out: Path, by: str, **options: Any) -> None:
        organiser = User.objects.filter(email=by, is_superuser=True, is_active=True).first()
        edition = Edition.objects.current()
        if organiser is None or edition is None:
            raise CommandError("没有这位组委会人员" if organiser is None else "还没有当前届次")
        out.write_bytes(book(audit(edition, year, by=organiser)))
        self.stdout.write(f"已写到 {out}")
