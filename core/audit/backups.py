"""When the portal was last backed up, as whoever makes the backups says, and what the cockpit tells of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from .models import BackupMark

LATE = timedelta(hours=30)  # once a day (docs/operations.md), with some room


@dataclass(frozen=True)
class Backups:
    """The last of each; None: never told."""

    made: BackupMark | None
    drill: BackupMark | None
    now: datetime

    @property
    def late(self) -> bool:
        """No backup for more than a day, or none at all; real time."""
        return self.made is None or self.now - self.made.at > LATE


def made(size: int) -> BackupMark:
    """A backup was made; size: bytes of all its files. Raises ValueError for an empty one, which is none."""
    if size <= 0:
        raise ValueError("备份是空的，请检查备份命令")
    return BackupMark.objects.create(bytes=size)


def drilled(*, passed: bool) -> BackupMark:
    """A backup was restored elsewhere and looked through."""
    return BackupMark.objects.create(drill=passed)


def last() -> Backups:
    """One query."""
    marks = BackupMark.objects.order_by("drill", "-pk").distinct("drill")  # a backup, a passed drill, a failed one
    found = sorted(marks, key=lambda mark: -mark.pk)
    backup = next((mark for mark in found if mark.drill is None), None)
    drill = next((mark for mark in found if mark.drill is not None), None)
    return Backups(backup, drill, timezone.now())
