"""What must always hold of the contest as data."""

from collections.abc import Iterator

from django.db.models import F

from core.audit.invariants import Finding

from .models import Announcement, Edition, RuleText, TrackContact
from .rulebook import parse
from .rules import check_dates, check_windows


def invariants() -> Iterator[Finding]:
    """Stored editions are valid, and their rows say what their files say."""
    editions = list(Edition.objects.prefetch_related("tracks", "categories", "milestones"))
    texts = {
        stored.pk: stored.text for stored in RuleText.objects.filter(editions__in=editions)
    }  # not what is remembered
    wrong = {sha256 for sha256, text in texts.items() if RuleText.digest(text) != sha256}
    yield "规则文件与其 SHA-256 相符", [e.slug for e in editions if e.sha256 in wrong]
    invalid = {e.slug for e in editions if parse(texts[e.sha256]).rulebook is None}
    yield "规则文件合乎格式", sorted(invalid)
    valid = [e for e in editions if e.slug not in invalid]
    yield "赛道、类别、日程与规则文件一致", [e.slug for e in valid if not _rows_match(e)]
    dates = [
        problem.message
        for edition in valid
        for problem in [*(p for m in edition.calendar for p in check_dates(m)), *check_windows(edition.calendar)]
    ]
    yield "日程前后有序", dates
    yield "有一届是当前届", [] if not editions or any(e.is_current for e in editions) else [e.slug for e in editions]
    elsewhere = Announcement.objects.exclude(track=None).exclude(track__edition=F("edition"))
    yield "公告的赛道属于公告的届次", [str(one.pk) for one in elsewhere]
    outside = TrackContact.objects.exclude(user__is_active=False).filter(user__is_staff=False)
    yield "赛道联系人都能进入后台", [str(contact) for contact in outside.select_related("track", "user")]


def _rows_match(edition: Edition) -> bool:
    return all(
        [row.code for row in getattr(edition, name).all()] == [row.code for row in getattr(edition.rulebook, name)]
        for name in ("tracks", "categories", "milestones")
    )
