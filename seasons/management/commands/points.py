"""manage.py points post|difference: bring what was approved into the ledger; compare what was posted with the rules."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.problems import Refused
from seasons.rules.points import plain
from seasons.services import posting
from tracks.models import Edition


class Command(BaseCommand):
    """Safe to run twice, or to kill and run again: each fact is posted once."""

    help = "积分入账（post），或核对已入账的与现行规则有何不同（difference，只看不改）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb, and how many entries a transaction takes."""
        parser.add_argument("verb", choices=["post", "difference"])
        parser.add_argument("--portion", type=int, default=posting.PORTION, help="一个事务处理的报名数")

    def handle(self, *args: Any, verb: str, portion: int, **options: Any) -> None:
        """Of the current edition."""
        edition = Edition.objects.current()
        if edition is None:
            raise CommandError("还没有载入届次，请先载入规则文件")
        try:
            if verb == "post":
                self.stdout.write(f"已入账 {posting.post(edition, portion=portion)} 条")
                return
            found = posting.preview(edition)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        words = f"{found.count} 处不同，涉及 {len(found.entries)} 份报名，合计 {plain(found.points)} 分"
        self.stdout.write(f"{words}。要更正，请在后台“积分赛季”里确认")
