"""What must always hold of certificates."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q

from core.audit.invariants import Finding, states_are_legal
from core.problems import Refused

from .models import Certificate, CertificateBatch, CertificateSeries
from .rules.certificates import read_payload


def invariants() -> Iterator[Finding]:
    """Numbers without gaps, one valid version a thing, signatures that fit, files where a batch is done."""
    for model in (Certificate, CertificateBatch):
        yield states_are_legal(model)
    counted = CertificateSeries.objects.annotate(
        n=Count("certificates__serial", distinct=True), most=Max("certificates__serial", default=0)
    )
    gaps = counted.exclude(n=F("last"), most=F("last")).select_related("edition")
    yield "证书编号没有空号", [str(series) for series in gaps]
    twice = Certificate.objects.valid().values("series", "source").annotate(n=Count("pk")).filter(n__gt=1)
    yield "一件事只有一张有效的证书", [f"{row['series']} {row['source']}" for row in twice]
    newer = Certificate.objects.values("number").annotate(newest=Max("version"), n=Count("pk")).exclude(n=F("newest"))
    yield "证书的版次连续", [row["number"] for row in newer]
    yield "证书签的就是所印的", [str(one) for one in _unsigned()]
    bare = Certificate.objects.valid().filter(batch__state="done", file=None, erased_at=None)
    yield "完成的批次都有证书文件", [str(one) for one in bare]
    other = Certificate.objects.filter(file__isnull=False).exclude(file__blob__contains=F("file__sha256"))
    yield "证书文件以指纹命名", [str(one) for one in other]
    early = Certificate.objects.filter(line__isnull=False).exclude(Q(line__version__award_list__state="final"))
    yield "获奖证书只来自生效的名单", [str(one) for one in early]


def _unsigned() -> Iterator[Certificate]:
    for one in Certificate.objects.exclude(payload="").iterator():
        try:
            if read_payload(one.payload)[0] != one.claim:
                yield one
        except Refused:
            yield one
