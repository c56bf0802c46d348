"""What must always hold of tokens."""

from collections.abc import Iterator

from django.conf import settings

from core.audit.invariants import Finding

from .models import ApiToken


def invariants() -> Iterator[Finding]:
    """A token opens only what there is, and the table holds no secret."""
    known = set(settings.API_SCOPES)
    tokens = list(ApiToken.objects.only("pk", "scopes", "digest"))
    yield "接口令牌只开放已有的内容", [f"令牌 {one.pk}" for one in tokens if set(one.scopes) - known]
