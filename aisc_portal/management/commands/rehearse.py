"""manage.py rehearse: a contest of synthetic people on an empty database; `make rehearse` gives it one."""

import json
import logging
import os
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from aisc_portal.rehearsal import ENDS, Rehearsal, TooManyUnits, until
from aisc_portal.rehearsal.hands import careless
from core.collecting import settle
from tracks.models import Edition

SHOWN = 20  # of what does not hold; the rest stands in the JSON


class Command(BaseCommand):
    help = "用虚构的人把一届大赛从头演练一遍，并核对结果；只能用于空数据库"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--units", type=int, default=300, help="参加的推荐单位数")
        parser.add_argument("--entries", type=int, help="报名数，推荐的在内；缺省为每个单位 10 份")
        parser.add_argument("--seed", type=int, default=7, help="同一个数，同一场演练")
        parser.add_argument(
            "--until", choices=list(ENDS), default="certificates", help="演练到哪一部分为止，缺省为全年"
        )
        parser.add_argument(
            "--hands", type=int, default=min(os.cpu_count() or 1, 4), help="同时几个进程，缺省同处理器数"
        )
        parser.add_argument(
            "--json", type=Path, nargs="?", metavar="FILE", dest="out", help="结果另存一份；输出总是 JSON"
        )

    def handle(self, *args: Any, units: int, entries: int | None, seed: int, out: Path | None, **options: Any) -> None:
        if settings.PRODUCTION or Edition.objects.exists():
            raise CommandError("演练只能用于空数据库，请用 make rehearse")
        if units < 1:
            raise CommandError("至少要有一个单位：--units 1")
        logging.getLogger("core.notices.sms").setLevel(logging.WARNING)  # hundreds of them, to nobody
        hands = 1 if connection.in_atomic_block else options["hands"]  # what is not committed, no other process sees
        careless()
        settle()
        tell = partial(self.stderr.write, style_func=str)  # progress is no error
        try:
            summary = Rehearsal(units, seed, tell, entries, until(options["until"]), hands).run()
        except TooManyUnits as error:
            raise CommandError(str(error)) from None
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        if out:
            out.write_text(text + "\n", encoding="utf-8")
        self.stdout.write(text)
        if broken := summary["invariants"]["broken"]:
            raise CommandError("\n".join([f"有 {len(broken)} 处不成立", *broken[:SHOWN]]))
