"""What certificates keep of a person: gathered for them, deleted at their request (PIPL 45, 47).

A number stays taken and its certificate counted; name, wording, signature and file go, and what was gathered from the
batch with them. A team's certificate loses the one name and has to be printed anew.
"""

from collections import Counter

from django.db.models import Count, Q

from core import clock
from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.files.services import erase
from core.personal import Person, Section

from .models import Certificate, CertificateBatch
from .services.certifying import forget_results


def gather(user: User) -> Section:
    """Every version that names them or their entry, with its file."""
    found = Certificate.objects.held_by(user).select_related("file").order_by("number", "version")
    rows = [
        (c.number, c.version, c.title, c.award, c.name, c.issued_on, c.get_state_display(), c.reason) for c in found
    ]
    columns = ("编号", "版次", "证书", "奖项", "获证者", "落款日期", "状态", "更正或撤销的理由")
    return Section("我的证书", columns, rows, [c.file for c in found if c.file])


def purge(person: Person) -> Counter[str]:
    """In the caller's transaction."""
    mine = Certificate.objects.filter(Q(user=person.user) | Q(entry__people__user=person.user)).distinct()
    named = [c for c in mine.select_related("file") if person.is_named_in([c.name, c.reason, c.words])]
    now, files, batches = clock.now(), [], set[int]()
    for one in named:
        if one.file:
            files.append(one.file)
        if one.batch_id:
            batches.add(one.batch_id)
        one.name, one.words, one.payload = _without(one.name, person), [], ""
        one.reason = REDACTED if one.reason else ""
        one.file, one.erased_at = None, now
        one.save(update_fields=["name", "words", "payload", "reason", "file", "erased_at"])
    redact(Certificate, [one.pk for one in named])
    handled = [b.pk for b in CertificateBatch.objects.exclude(handler="") if person.is_named_in([b.handler, b.phone])]
    CertificateBatch.objects.filter(pk__in=handled).update(handler=REDACTED, phone="")
    redact(CertificateBatch, handled)
    erase([*files, *forget_results(batches)])
    return Counter({"证书（清空姓名、文字和签名，删除文件，编号保留）": len(named)})


def _without(name: str, person: Person) -> str:
    """The names in order, this one as the alias."""
    for own in sorted(person.names, key=len, reverse=True):
        name = name.replace(own, person.alias)
    return name


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: certificates by series and state."""
    found = Counter[tuple[object, ...]]()
    for series, state, n in Certificate.objects.values_list("series", "state").annotate(n=Count("pk")).order_by():
        found["certificate", series, state] = n
    return found
