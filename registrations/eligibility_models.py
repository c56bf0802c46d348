"""What an entry claims to meet, with its evidence, and the registry of honours that some of it rests on."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.audit.history import tracked
from core.files.models import StoredFile

from . import states
from .entry_models import Entry, Member
from .rules.pinyin import LENGTH, pinyin_of

if TYPE_CHECKING:
    from core.accounts.models import User


class HonourQuerySet(models.QuerySet["Honour"]):
    """The registry by who may look into it."""

    def visible_to(self, user: "User") -> "HonourQuerySet":
        """The organiser and the tracks' contacts; entrants are only offered what fits their own names."""
        looks = user.is_active and (user.is_superuser or (user.is_staff and user.track_contacts.exists()))
        return self if looks else self.none()


@tracked(exclude=("pinyin",))
class Honour(models.Model):
    """A title or prize that somebody holds (荣誉, P3, G24(4)); eligibility looks it up, final award lists add to it."""

    title = models.CharField("称号", max_length=40, help_text="届次规则里的荣誉称号代码")
    holder = models.CharField("获得者", max_length=200)
    organisation = models.CharField("单位", max_length=200, blank=True)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    detail = models.CharField("说明", max_length=200, blank=True, help_text="如届次、奖项等级")
    source = models.CharField("依据", max_length=300)
    pinyin = models.CharField("拼音", max_length=LENGTH, blank=True, editable=False)

    objects = HonourQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "荣誉名录"
        ordering = ["title", "-year", "holder"]
        indexes = [models.Index(fields=["holder"], name="honour_holder")]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "holder", "organisation", "year", "detail"],
                name="one_honour_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.year or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The holder's pinyin follows the name."""
        self.pinyin = pinyin_of(self.holder)
        super().save(*args, **kwargs)


class ClaimQuerySet(models.QuerySet["EligibilityClaim"]):
    """Claims with their evidence, by who may see them: not the officers of the recommending unit."""

    def visible_to(self, user: "User") -> "ClaimQuerySet":
        """The entry's people; what was submitted also the contacts of its track; all the organiser."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        mine = Member.objects.filter(user=user, left_at=None)
        return self.filter(
            Q(entry__in=mine.values("entry"))
            | Q(entry__track__in=user.track_contacts.values("track")) & Q(submitted_at__isnull=False)
        )


@tracked(personal=("statement", "link", "review_note"))
class EligibilityClaim(models.Model):
    """One condition that an entry claims to meet (参赛条件), with its evidence, as the contact judges it (G24–G26)."""

    STATES = states.CLAIM

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="claims", verbose_name="报名")
    condition = models.CharField("参赛条件", max_length=40)  # code of the track's condition
    statement = models.CharField("说明", max_length=300, blank=True)
    link = models.URLField("证明链接", max_length=500, blank=True)
    dated = models.DateField("证明日期", null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明文件"
    )
    honour = models.ForeignKey(Honour, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="荣誉")
    state = models.CharField("状态", max_length=12, choices=states.CLAIM.choices, default=states.CLAIM.initial)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    correct_until = models.DateTimeField("补正截止", null=True, blank=True)
    corrected = models.BooleanField("退回后已修改", default=True, editable=False)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资格材料"
        ordering = ["entry", "pk"]
        indexes = [models.Index(fields=["state", "submitted_at"], name="claim_queue")]
        constraints = [models.UniqueConstraint(fields=["entry", "condition"], name="one_claim_a_condition")]
        triggers = [
            *states.CLAIM.triggers(),
            pgtrigger.ReadOnly(name="claim_stays", fields=["entry", "condition"]),
        ]

    def __str__(self) -> str:
        return f"参赛条件 {self.condition}"


def having(state: str) -> Exists:
    """Entries with a claim in this state."""
    return Exists(EligibilityClaim.objects.filter(entry=OuterRef("pk"), state=state))


def waiting(entries: models.QuerySet[Entry]) -> models.QuerySet[Entry]:
    """Those with something for the contact to judge."""
    return entries.filter(having("submitted"), state="entered")
