"""Who would come, and who comes (G32): offers of entries, and placements with the answers of both sides."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from registrations.entry_models import Entry, Member
from tracks.models import Edition

from . import placing_states as states
from .rules.placing import AGES, WEEKDAYS
from .venue_models import Need, Venue

if TYPE_CHECKING:
    from core.accounts.models import User

DAY_CHECK = "one_placement_a_day"
# Maintains Need.taken; its CHECK refuses one too many, whoever writes. The UPDATE takes the need's row lock, which
# makes racers wait (as with places, reliability 3). A need that is not open takes nobody.
_COUNT_PLACED = """
    held := TG_OP <> 'INSERT' AND OLD.state IN ({held});
    holds := TG_OP <> 'DELETE' AND NEW.state IN ({held});
    IF held = holds THEN RETURN NULL; END IF;
    UPDATE seasons_need SET taken = taken + CASE WHEN holds THEN 1 ELSE -1 END
     WHERE id = CASE WHEN holds THEN NEW.need_id ELSE OLD.need_id END AND (NOT holds OR state = 'open');
    IF NOT FOUND AND holds THEN
        RAISE check_violation USING CONSTRAINT = '{closed}', MESSAGE = 'the need is not open';
    END IF;
    RETURN NULL;
"""
OPEN_CHECK = "need_is_open"


@tracked(personal=("note",))
class Offer(models.Model):
    """What an entry would do (服务意向): which topics, where, when, for whom, how often. One for each entry."""

    STATES = states.OFFER

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="offer", verbose_name="报名")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", editable=False)  # the entry's own
    state = models.CharField("状态", max_length=12, choices=states.OFFER.choices, default=states.OFFER.initial)
    topics = ArrayField(models.CharField(max_length=60), verbose_name="题材", default=list, blank=True)  # empty: any
    regions = ArrayField(models.CharField(max_length=6), verbose_name="愿意去的市、县（市、区）")  # codes of Region
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="星期几可以", default=list, blank=True)
    dates = ArrayField(models.DateField(), verbose_name="哪几天可以", default=list, blank=True)
    ages = ArrayField(models.CharField(max_length=12), verbose_name="受众年龄段")
    heads = models.PositiveIntegerField("一次最多面向多少人")
    a_month = models.PositiveSmallIntegerField("每月最多去几次")
    note = models.CharField("说明", max_length=300, blank=True)
    made_at = models.DateTimeField("登记时间")
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = verbose_name_plural = "服务意向"
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(a_month__gte=1, a_month__lte=31), name="offer_a_month"),
        ]
        triggers = [
            *states.OFFER.triggers(),
            pgtrigger.ReadOnly(name="offer_stays", fields=["entry", "edition", "made_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.entry} 的服务意向"

    @property
    def days_said(self) -> str:
        """“周六、周日；2025-03-08”."""
        weekly = "、".join(WEEKDAYS[number] for number in self.weekdays)
        single = "、".join(f"{day:%Y-%m-%d}" for day in self.dates)
        return "；".join(part for part in (weekly, single) if part)

    @property
    def ages_said(self) -> str:
        """“中小学生、老年人”."""
        return "、".join(AGES.get(age, age) for age in self.ages)

    @property
    def topics_said(self) -> str:
        """Empty means any."""
        return "、".join(self.topics) or "不限"


class PlacementQuerySet(models.QuerySet["Placement"]):
    """Placements by who may see them."""

    def visible_to(self, user: "User") -> "PlacementQuerySet":
        """Both sides see theirs, the organiser all."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        if user.is_superuser:
            return self
        people = Member.objects.filter(user=user, left_at=None)
        return self.filter(Q(entry__in=people.values("entry")) | Q(need__venue__in=Venue.objects.of(user).values("pk")))

    def held(self) -> "PlacementQuerySet":
        """Those that take a place."""
        return self.filter(state__in=states.PLACEMENT_HELD)


@tracked(personal=("reason", "word"))
class Placement(models.Model):
    """An entry goes to a venue on a day (服务安排): the organiser puts it together, both sides confirm.

    `day` is the need's, in Beijing: an entry has one placement a day. `heads` and `word` are the venue's, after the
    visit.
    """

    STATES = states.PLACEMENT

    need = models.ForeignKey(Need, models.PROTECT, related_name="placements", verbose_name="服务需求")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="placements", verbose_name="报名")
    day = models.DateField("日期", editable=False)
    state = models.CharField("状态", max_length=12, choices=states.PLACEMENT.choices, default=states.PLACEMENT.initial)
    grounds = models.CharField("安排依据", max_length=120, blank=True)
    made_at = models.DateTimeField("安排时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="安排人")
    answer_until = models.DateTimeField("答复期限（此刻起不再受理）")
    venue_at = models.DateTimeField("场所确认时间", null=True, blank=True)
    venue_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="场所确认人"
    )
    entry_at = models.DateTimeField("参赛者确认时间", null=True, blank=True)
    entry_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="参赛者确认人"
    )
    ended_by = models.CharField(
        "谁提出", max_length=10, blank=True, choices=[("venue", "场所"), ("entry", "参赛者"), ("organiser", "组委会")]
    )
    reason = models.CharField("谢绝或取消的理由", max_length=200, blank=True)
    visited_at = models.DateTimeField("场所确认到访时间", null=True, blank=True)
    visited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认到访人"
    )
    heads = models.PositiveIntegerField("实际到场人数", null=True, blank=True)
    word = models.CharField("场所评价", max_length=300, blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "服务安排"
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["state", "answer_until"], name="placement_terms")]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "day"], condition=Q(state__in=states.PLACEMENT_HELD), name=DAY_CHECK
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(venue_at__isnull=False, entry_at__isnull=False),
                name="confirmed_by_both",
                violation_error_message="双方都确认以后才算确认",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("declined", "cancelled")) | ~Q(reason=""), name="ended_with_reason"
            ),
            models.CheckConstraint(condition=Q(visited_at=None) | Q(state="confirmed"), name="visited_as_confirmed"),
        ]
        triggers = [
            *states.PLACEMENT.triggers(),
            pgtrigger.ReadOnly(name="placement_stays", fields=["need", "entry", "day", "made_at", "made_by"]),
            pgtrigger.Trigger(
                name="count_placed",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state") | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("held", "boolean"), ("holds", "boolean")],
                func=_COUNT_PLACED.format(
                    held=", ".join(f"'{state}'" for state in states.PLACEMENT_HELD), closed=OPEN_CHECK
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} → {self.need.venue} {self.day:%Y-%m-%d}"

    @property
    def number(self) -> str:
        """`GDAIKP1-P-000012`."""
        return f"{self.need.edition.rulebook.edition.code}-P-{self.pk:06d}"
