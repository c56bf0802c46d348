"""Run due jobs without Celery: for a restore drill, a test, or a day without Redis."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.jobs.registry import handlers
from core.jobs.services import drain, drain_all


class Command(BaseCommand):
    help = "执行到期的后台任务（不经过 Celery）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", choices=sorted(handlers), help="只执行这一种；不写则全部")

    def handle(self, *args: Any, kind: str | None, **options: Any) -> None:
        count = drain(kind, seconds=float("inf")) if kind else drain_all()
        self.stdout.write(f"已执行 {count} 个任务")
