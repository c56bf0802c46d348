"""manage.py retention: clear personal data whose term has run out; beat does it every night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from aisc_portal import personal
from core import clock
from registrations.personal import KINDS
from registrations.services.personal_retention import terms
from tracks.models import Edition
from tracks.wording import last_instant


class Command(BaseCommand):
    help = "清理到期的个人信息；--dry-run 只看会清理什么"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只看，不清理")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for edition in Edition.objects.order_by("pk"):
            for term in terms(edition):
                until = f"保存到 {last_instant(term.until):%Y-%m-%d}" if term.until else f"{term.after}的日期还没有定"
                self.stdout.write(f"{edition.name}　{KINDS[term.data].label}：{until}")
        found = personal.expire(clock.now(), dry_run=dry_run)
        for (edition_name, kind), number in found.items():
            self.stdout.write(f"{'会清理' if dry_run else '已清理'} {edition_name}　{kind} {number} 件")
        if not found:
            self.stdout.write("没有到期的个人信息")
