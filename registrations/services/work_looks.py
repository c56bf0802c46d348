"""Who looked at a work, and who took a file of it away (查阅记录)."""

from datetime import date

from django.utils import timezone

from core.accounts.models import User
from core.clock import BEIJING

from ..entry_models import Member
from ..work_models import Work, WorkFile, WorkLook, WorkVersion


def note_look(
    work: Work,
    *,
    reader: User,
    how: str,
    version: WorkVersion | None = None,
    file: WorkFile | None = None,
    stranger: bool = False,
) -> None:
    """Keep that somebody who does not belong to a work saw it; once a day. how: WorkLook.HOW.

    stranger: it is known already that they do not, because the work was drawn from `reviewed_by`.
    """
    if not stranger and Member.objects.filter(entry=work.entry_id, user=reader, left_at=None).exists():
        return
    look = WorkLook(work=work, version=version, file=file, by=reader, how=how, day=_today())
    WorkLook.objects.bulk_create([look], ignore_conflicts=True)


def _today() -> date:
    return timezone.now().astimezone(BEIJING).date()  # history keeps real time
