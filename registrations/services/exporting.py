"""Noting who took a 汇总表 away."""

from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused
from tracks.models import Edition

from ..models import SummaryExport

NO_REASON = Problem("reason.missing", "导出完整电话要写明理由，会记入导出记录", "reason")


def note_export(edition: Edition, *, scope: str, rows: int, whole_phones: bool, reason: str, by: User) -> SummaryExport:
    """Write it down before the file goes out. Raises Refused for whole phones without a reason."""
    if whole_phones and not reason.strip():
        raise Refused(NO_REASON)
    with transaction.atomic(), recorded("summary.exported", by=by, reason=reason.strip()):
        return SummaryExport.objects.create(
            edition=edition, by=by, scope=scope, rows=rows, whole_phones=whole_phones, reason=reason.strip()
        )
