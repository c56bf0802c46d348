"""What must always hold of likenesses."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from core.audit.invariants import Finding

from .likeness_models import Likeness


def invariants() -> Iterator[Finding]:
    """Each pair stands on both sides, and no work is like itself."""
    twin = Likeness.objects.filter(version=OuterRef("other"), other=OuterRef("version"), kind=OuterRef("kind"))
    yield "相似线索在两件作品上都有", [f"线索 {one.pk}" for one in Likeness.objects.filter(~Exists(twin))]
    itself = Likeness.objects.filter(version__work=F("other__work"))
    yield "作品不与自己的其他版本相比", [f"线索 {one.pk}" for one in itself]
