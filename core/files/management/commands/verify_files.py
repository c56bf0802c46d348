"""manage.py verify_files: every private file is where its row says, byte for byte; after a restore above all."""

import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.files.models import StoredFile

SHOWN = 20
CHUNK = 1 << 20


class Command(BaseCommand):
    help = "逐个核对私有文件：在不在、大小和 SHA-256 与登记的是否一致"

    def handle(self, *args: Any, **options: Any) -> None:
        count, wrong = 0, []
        for file in StoredFile.objects.order_by("pk").iterator():
            count += 1
            if said := fault(file):
                wrong.append(f"{file.pk}：{said}")
        for line in wrong[:SHOWN]:
            self.stdout.write(f"✗ {line}")
        if wrong:
            raise CommandError(f"{count} 个文件里有 {len(wrong)} 个不对，请从备份里补回")
        self.stdout.write(f"{count} 个文件全部一致")


def fault(file: StoredFile) -> str:
    """What is wrong with a file's bytes; "" when nothing is."""
    digest, size = hashlib.sha256(), 0
    try:
        with file.blob.open("rb") as bytes_:
            while chunk := bytes_.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        return "文件不在"
    if size != file.size:
        return f"大小是 {size}，登记的是 {file.size}"
    return "" if digest.hexdigest() == file.sha256 else "内容与登记的 SHA-256 不符"
