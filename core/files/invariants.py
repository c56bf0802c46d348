"""What must always hold of uploads, of checked files and of their previews."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from core.audit.invariants import Finding, states_are_legal

from . import states
from .models import Derived, FileCheck, Upload

PATIENCE = timedelta(hours=1)  # beat comes every ten minutes


def invariants() -> Iterator[Finding]:
    """A kept file is what was announced; what passed says what it is, what was refused says why and shows nothing."""
    yield states_are_legal(Upload)
    broken = Upload.objects.filter(state=states.COMPLETE).exclude(
        stored__size=F("size"), stored__sha256=F("sha256"), stored__blob=F("path")
    )
    yield "传完的文件与声明一致", [str(upload.pk) for upload in broken]
    late = Upload.objects.filter(state=states.OPEN, expires_at__lt=Now() - PATIENCE)
    yield "过期的上传都已清理", [str(upload.pk) for upload in late]
    passed = FileCheck.objects.filter(state=states.PASSED, facts__isnull=True)  # `facts=None` would ask for a JSON null
    yield "通过检查的文件都记下了内容", [str(check) for check in passed]
    refused = FileCheck.objects.filter(state=states.REFUSED, code="")
    yield "未通过检查的文件都写明了原因", [str(check) for check in refused]
    shown = Derived.objects.exclude(original__check_result__state=states.PASSED)
    yield "只有通过检查的文件才有预览", [str(derived) for derived in shown]
    nested = Derived.objects.filter(original__derived_from__isnull=False)
    yield "预览没有自己的预览", [str(derived) for derived in nested]
