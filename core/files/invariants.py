"""What must always hold of checked files and their previews."""

from collections.abc import Iterator

from core.audit.invariants import Finding

from . import states
from .models import Derived, FileCheck


def invariants() -> Iterator[Finding]:
    """What passed says what it is, what was refused says why and shows nothing."""
    passed = FileCheck.objects.filter(state=states.PASSED, facts=None)
    yield "通过检查的文件都记下了内容", [str(check) for check in passed]
    refused = FileCheck.objects.filter(state=states.REFUSED, code="")
    yield "未通过检查的文件都写明了原因", [str(check) for check in refused]
    shown = Derived.objects.exclude(original__check_result__state=states.PASSED)
    yield "只有通过检查的文件才有预览", [str(derived) for derived in shown]
    nested = Derived.objects.filter(original__derived_from__isnull=False)
    yield "预览没有自己的预览", [str(derived) for derived in nested]
