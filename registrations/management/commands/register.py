"""manage.py register load: the regions and units that the portal starts with, and their places."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.problems import Refused
from registrations.models import Unit
from registrations.services.adoption import adopt_now
from registrations.services.register import load_register


class Command(BaseCommand):
    """Load the register; run again, it adds what is missing and keeps what an organiser changed."""

    help = "载入行政区划与推荐单位名册，并按当前届次给名额"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb, so that others can stand beside it."""
        parser.add_argument("verb", choices=["load"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then give places where an edition is loaded already."""
        added = load_register()
        try:
            adopt_now(Unit.objects.all())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"新增 {added} 个单位")
