"""manage.py rotate_data_keys: after a change of DATA_KEYS or DATA_INDEX_KEY, bring every row to the new ones."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.sealed.keys import keyring
from core.sealed.rotation import BATCH, keys_in_use, rotate, sealed_models

SHOWN = 20


class Command(BaseCommand):
    help = "用 DATA_KEYS 的第一个密钥重新密封全部数据，并按 DATA_INDEX_KEY 重算索引；可中断，可重复"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help=f"每批锁住并提交的行数（{BATCH}）")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        keys, used, failed = keyring(), Counter[str](), list[str]()
        for model in sealed_models():
            tally = rotate(model, batch)
            used += keys_in_use(model)
            failed += tally.failed
            self.stdout.write(
                f"{tally.table}：{tally.rows} 行，重新密封 {tally.resealed} 处，重算索引 {tally.reindexed} 处"
            )
        for fault in failed[:SHOWN]:
            self.stdout.write(f"    {fault}")
        for name in {**keys.ciphers, **used}:
            self.stdout.write(f"密钥 {name}：密封着 {used[name]} 处")
        if failed:
            raise CommandError(f"{len(failed)} 行打不开，没有改动；查明原因之前不要删去任何密钥")
        if set(used) - {keys.current}:
            raise CommandError("仍有旧密钥在用：请确认所有进程都已用新的 DATA_KEYS 重启，再运行一次")
        self.stdout.write(
            f"全部由 {keys.current} 密封；其余密钥可以从 DATA_KEYS 删去，但旧备份恢复时还要用，请另行保管"
        )
