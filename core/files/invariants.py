"""What must always hold of uploads."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from core.audit.invariants import Finding, states_are_legal

from . import states
from .models import Upload

PATIENCE = timedelta(hours=1)  # beat comes every ten minutes


def invariants() -> Iterator[Finding]:
    """A kept file is what was announced; what nobody goes on with is given up."""
    yield states_are_legal(Upload)
    broken = Upload.objects.filter(state=states.COMPLETE).exclude(
        stored__size=F("size"), stored__sha256=F("sha256"), stored__blob=F("path")
    )
    yield "传完的文件与声明一致", [str(upload.pk) for upload in broken]
    late = Upload.objects.filter(state=states.OPEN, expires_at__lt=Now() - PATIENCE)
    yield "过期的上传都已清理", [str(upload.pk) for upload in late]
