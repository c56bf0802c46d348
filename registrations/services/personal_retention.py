"""到期清理: what an edition keeps for so many months only, by kind; each may run again and then finds nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from core.audit.redaction import redact
from core.clock import BEIJING
from core.files.models import StoredFile
from core.files.services import erase
from core.notices.models import Notice
from core.notices.personal import blank
from tracks.models import Edition

from ..eligibility_models import EligibilityClaim
from ..entry_models import Member, MemberInvitation, RowClaim
from ..models import PrintedForm, RecommendationRow, StampedScan, Workbook
from ..personal_models import Guardian
from ..rules.retention import expires_at
from ..work_models import Work
from .guardians import forget_birth, forget_guardians
from .personal_purge import forget_evidence
from .work_purge import expire_content

Expire = Callable[[Edition, datetime], int]  # (edition, when its milestone ended) → how many things were cleared


@dataclass(frozen=True)
class Term:
    """How long one kind of data of an edition is kept."""

    data: str
    months: int
    after: str  # the milestone's name
    ended: datetime | None  # when that milestone ended; None: not fixed yet

    @property
    def until(self) -> datetime | None:
        """Exclusive; None while the milestone has no date."""
        return expires_at(self.ended.astimezone(BEIJING), self.months) if self.ended else None


def terms(edition: Edition) -> list[Term]:
    """What the edition says, with the organiser's dates."""
    dates = {milestone.code: milestone for milestone in edition.calendar}
    return [
        Term(item.data, item.months, dates[item.after].name, dates[item.after].ends_at)
        for item in edition.rulebook.retention
        if item.after in dates
    ]


def expire_contacts(edition: Edition, ended: datetime) -> int:
    """Numbers and mailboxes of recommendation rows, invitations and codes; the words of notices sent until then."""
    rows = RecommendationRow.objects.filter(edition=edition).exclude(phone="", email="", confirmed_phone="")
    count = rows.update(phone="", confirmed_phone="", email="")
    for found in (
        MemberInvitation.objects.filter(entry__edition=edition),
        RowClaim.objects.filter(row__edition=edition),
    ):
        reachable = found.filter(Q(phone__isnull=False) | Q(email__isnull=False))
        keys = list(reachable.values_list("pk", flat=True))
        count += reachable.update(phone=None, email=None, name="")
        redact(found.model, keys)
    return count + blank(Notice.objects.filter(created__lt=ended))


def expire_guardians(edition: Edition, ended: datetime) -> int:
    """Who the guardians were."""
    return forget_guardians(Guardian.objects.filter(member__edition=edition))


def expire_births(edition: Edition, ended: datetime) -> int:
    """Months of birth; age bands stay."""
    return forget_birth(
        Member.objects.filter(edition=edition, birth__isnull=False).select_related("entry__edition", "birth")
    )


def expire_evidence(edition: Edition, ended: datetime) -> int:
    """What showed that entries were eligible; the verdicts stay."""
    kept = EligibilityClaim.objects.filter(entry__edition=edition).exclude(file=None, statement="", link="")
    keys = list(kept.values_list("pk", flat=True))
    return forget_evidence(keys, keys)


def expire_paper(edition: Edition, ended: datetime) -> int:
    """Stamped scans, prints and uploaded workbooks; that there were any stays in history."""
    prints = PrintedForm.objects.filter(recommendation__edition=edition)
    scans = StampedScan.objects.filter(printed__in=prints)
    books = Workbook.objects.filter(recommendation__edition=edition)
    files = [*scans.values_list("file", flat=True), *books.values_list("file", flat=True)]
    count = prints.count() + len(files)
    for gone in (scans, books, prints):
        gone.delete()
    erase(StoredFile.objects.filter(pk__in=files))
    return count


def expire_works(edition: Edition, ended: datetime) -> int:
    """What was handed in, every version, and its files; number, title, times, receipts and verdicts stay."""
    return expire_content(Work.objects.filter(edition=edition))


EXPIRE: dict[str, Expire] = {
    "contact": expire_contacts,
    "guardian": expire_guardians,
    "birth_month": expire_births,
    "evidence": expire_evidence,
    "scan": expire_paper,
    "work": expire_works,
}
