"""Units with their places, and the 推荐申报表 (附件2) with its rows."""

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core import clock
from core.accounts.models import Invitation
from core.audit.history import tracked
from core.files.models import StoredFile
from tracks.models import Edition, Track

from . import eligibility_models, entry_models, likeness_models, personal_models, states  # noqa: F401  # for Django
from .region_models import Region, RegionFlag  # noqa: F401  # likewise
from .review_models import ReplyPhrase, SummaryExport  # noqa: F401  # likewise
from .rules.categories import presetting
from .rules.pinyin import LENGTH, pinyin_of
from .stamp_models import PrintedForm, StampedScan  # noqa: F401  # likewise
from .work_models import Work  # noqa: F401  # likewise

if TYPE_CHECKING:
    from core.accounts.models import User


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units by who may see them."""

    def visible_to(self, user: "User") -> "UnitQuerySet":
        """Officers see their units; the organiser and track contacts see all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser or (user.is_staff and user.track_contacts.exists()):
            return self
        return self.filter(officers__user=user)


@tracked()
class Unit(models.Model):
    """A unit that may recommend (推荐单位). Its category fixes quota and naming in each edition."""

    KINDS = [
        ("county", "县（市、区）科协"),
        ("city", "地级以上市科协"),
        ("society", "省级学会（协会、研究会）"),
        ("university", "高校科协"),
        ("base", "省级科普教育基地"),
        ("affiliate", "科协直属单位"),
        ("other", "其他"),
    ]

    full_name = models.CharField("单位全称", max_length=100, unique=True)
    team_name = models.CharField("用于队名的名称", max_length=100, help_text="如高校填校名“广州大学”，不带“科协”")
    kind = models.CharField("单位类型", max_length=20, choices=KINDS)
    region = models.ForeignKey(Region, models.PROTECT, related_name="units", verbose_name="所在地")
    note = models.CharField("备注", max_length=200, blank=True, help_text="如“待核实”及来源")
    pinyin = models.CharField("拼音", max_length=400, blank=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推荐单位"
        ordering = ["region_id", "full_name"]

    def __str__(self) -> str:
        return self.full_name


@tracked()
class FormerName(models.Model):
    """A name that a unit once had (曾用名); files filled in with it are still read."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="former_names", verbose_name="单位")
    name = models.CharField("曾用名", max_length=100)
    since = models.DateField("自", null=True, blank=True)
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"

    def __str__(self) -> str:
        return self.name


@tracked()
class Officer(models.Model):
    """A person who fills in for a unit (填报人)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="officers", verbose_name="单位")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="offices", verbose_name="填报人")

    class Meta:
        verbose_name = verbose_name_plural = "填报人"
        constraints = [models.UniqueConstraint(fields=["unit", "user"], name="one_office_a_person")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.user}"


@tracked(exclude=("email", "phone", "nonce"), personal=("name",))
class OfficerInvitation(Invitation):
    """An invitation to become a unit's officer."""

    url_name = "officer_invitation"

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="invitations", verbose_name="单位")

    class Meta(Invitation.Meta):
        verbose_name = verbose_name_plural = "填报人邀请"

    def __str__(self) -> str:
        return f"{self.unit} · {self.name or self.masked_contact}"


# Maintains `taken` over the rows that hold a place; the CHECK on UnitQuota refuses the rest. Measured against
# eight other ways this one never oversold and was the fastest (reliability 3). A row never changes its form, so
# a single quota is touched; its UPDATE takes the row lock that makes racers wait.
_COUNT_PLACES = """
    held := TG_OP <> 'INSERT' AND OLD.state IN ({holding});
    holds := TG_OP <> 'DELETE' AND NEW.state IN ({holding});
    IF held = holds THEN RETURN NULL; END IF;
    UPDATE registrations_unitquota AS quota
       SET taken = quota.taken + CASE WHEN holds THEN 1 ELSE -1 END
      FROM registrations_recommendation AS form
     WHERE form.id = CASE WHEN holds THEN NEW.recommendation_id ELSE OLD.recommendation_id END
       AND quota.unit_id = form.unit_id AND quota.edition_id = form.edition_id;
    IF NOT FOUND AND holds THEN
        RAISE check_violation USING CONSTRAINT = 'places_within_limit', MESSAGE = 'no quota for this unit';
    END IF;
    RETURN NULL;
""".format(holding=", ".join(f"'{state}'" for state in states.HOLDS_A_PLACE))  # noqa: S608 - our own constants
PLACES_CHECK = "places_within_limit"
# The edition stands in the row too, so that the database can hold “nobody takes two places” over all units (Q7).
_EDITION = """
    NEW.edition_id := (SELECT edition_id FROM registrations_recommendation WHERE id = NEW.recommendation_id);
    RETURN NEW;
"""
PERSON_CHECK = "one_place_a_person"
# A stale object saved whole, or a hand, must not set the count: only the trigger above (one level deeper) does.
_COUNTED = """
    IF pg_trigger_depth() = 1 AND NEW.taken <> COALESCE(OLD.taken, 0) THEN
        RAISE EXCEPTION 'taken is counted by the database';
    END IF;
    RETURN NEW;
"""


class QuotaQuerySet(models.QuerySet["UnitQuota"]):
    """Quotas by who looks after them."""

    def visible_to(self, user: "User") -> "QuotaQuerySet":
        """The organiser sees all; a contact those of units whose category presets one of their tracks (G6)."""
        if not user.is_active or user.is_superuser:
            return self if user.is_active else self.none()
        mine = Q(pk__in=())
        for contact in user.track_contacts.select_related("track__edition"):
            codes = presetting(contact.track.code, contact.track.edition.rulebook)
            mine |= Q(edition=contact.track.edition_id, category__in=codes)
        return self.filter(mine)

    def not_submitted(self) -> "QuotaQuerySet":
        """Those of units that may recommend and have no row that holds a place."""
        return self.filter(taken=0, limit__gt=0)


@tracked()
class UnitQuota(models.Model):
    """A unit's places (名额) in one edition. The database holds `taken` within `limit`, whoever writes (decision 6)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="quotas", verbose_name="单位")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="quotas", verbose_name="届次")
    category = models.CharField("单位类别", max_length=40, help_text="届次规则里的单位类别代码")
    limit = models.PositiveSmallIntegerField("名额", null=True, blank=True, help_text="留空表示尚未开放")
    taken = models.PositiveSmallIntegerField("已用", default=0, editable=False)
    returned = models.PositiveSmallIntegerField("单位提前退回", default=0, editable=False)
    override_reason = models.CharField("单独核定的理由", max_length=200, blank=True)
    extended_until = models.DateTimeField("报送延至（此刻起不再受理）", null=True, blank=True, editable=False)
    extension_reason = models.CharField("延长的理由", max_length=200, blank=True, editable=False)
    urged_at = models.DateTimeField("最近催报", null=True, blank=True, editable=False)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名额"
        constraints = [
            models.UniqueConstraint(fields=["unit", "edition"], name="one_quota_a_unit"),
            models.CheckConstraint(
                # COALESCE: compared with a NULL limit the answer is NULL, which a CHECK lets pass.
                condition=Q(taken__gte=0) & Q(taken__lte=Coalesce(F("limit"), 0)),
                name=PLACES_CHECK,
                violation_error_message="名额不能少于已用的个数",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="quota_stays", fields=["unit", "edition"]),
            pgtrigger.Protect(
                name="used_quota_stays", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__taken__gt=0)
            ),
            pgtrigger.Trigger(
                name="taken_is_counted",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_COUNTED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.taken}/{'未开放' if self.limit is None else self.limit}"


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    """Forms by who may see them."""

    def visible_to(self, user: "User") -> "RecommendationQuerySet":
        """Officers see their unit's form; contacts those with a row on their tracks; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        seen = RecommendationRow.objects.filter(track__contacts__user=user, state__in=states.SEEN_BY_CONTACT)
        return self.filter(Q(unit__in=user.offices.values("unit")) | Q(pk__in=seen.values("recommendation")))


@tracked()
class Recommendation(models.Model):
    """A unit's 推荐申报表 (附件2) in one edition."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recommendations", verbose_name="单位")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="recommendations", verbose_name="届次")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推荐表"
        constraints = [models.UniqueConstraint(fields=["unit", "edition"], name="one_form_a_unit")]
        triggers = [pgtrigger.ReadOnly(name="form_stays", fields=["unit", "edition"])]

    def __str__(self) -> str:
        return f"{self.unit} 推荐申报表"


class RowQuerySet(models.QuerySet["RecommendationRow"]):
    """Rows by who may see them, and by whether they hold a place."""

    def visible_to(self, user: "User") -> "RowQuerySet":
        """Officers see their unit's rows; contacts the submitted rows of their tracks; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(  # subqueries: joins would need DISTINCT over thousands of wide rows
            Q(recommendation__unit__in=user.offices.values("unit"))
            | Q(track__in=user.track_contacts.values("track"), state__in=states.SEEN_BY_CONTACT)
        )

    def holding(self) -> "RowQuerySet":
        """The rows that hold a place."""
        return self.filter(state__in=states.HOLDS_A_PLACE)


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("shown"),  # somebody looked at the whole phone number
    pghistory.ManualEvent("confirmed"),  # … said that it is right; no history holds a number
    exclude=("phone", "confirmed_phone", "email", "edition", "returned_as", "pinyin"),
    personal=("name", "review_note", "reply"),
)
class RecommendationRow(models.Model):
    """One row: a participant, or the representative of a team (G16, G19). It holds one place once submitted."""

    STATES = states.ROW

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="rows", verbose_name="推荐表")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", editable=False)  # the form's own
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("姓名", max_length=60, blank=True)
    team_name = models.CharField("参赛队伍名称", max_length=200, blank=True)
    pinyin = models.CharField("姓名和队名拼音", max_length=LENGTH, blank=True, editable=False)
    organisation = models.CharField("参赛者所在单位/学校院系", max_length=200, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    # The number the clerk confirmed though another row of the unit has it; another number asks again.
    confirmed_phone = models.CharField("确认没有填错的电话", max_length=40, blank=True, editable=False)
    twice_allowed = models.BooleanField("允许重复", default=False, editable=False)  # the edition only warns (Q7)
    email = models.CharField("邮箱（选填）", max_length=254, blank=True)
    categories = ArrayField(models.CharField(max_length=40), verbose_name="报名类别", default=list, blank=True)
    track = models.ForeignKey(Track, models.PROTECT, related_name="rows", verbose_name="赛道")
    state = models.CharField("状态", max_length=12, choices=states.ROW.choices, default=states.ROW.initial)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    returned_as = models.CharField("退回时的内容", max_length=64, blank=True, editable=False)  # services.contents.mark
    reply = models.CharField("补正说明", max_length=500, blank=True)
    correct_until = models.DateTimeField("补正截止", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    changed_at = models.DateTimeField("保存时间", auto_now=True)

    objects = RowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "推荐行"
        ordering = ["recommendation", "position", "pk"]
        indexes = [
            models.Index(fields=["track", "state", "submitted_at"], name="row_queue"),
            models.Index(fields=["edition", "phone"], name="row_person"),
        ]
        constraints = [
            # A returned row may be half mended, so it is free of this until it is submitted anew.
            models.UniqueConstraint(
                fields=["edition", "phone", "name"],
                condition=Q(state__in=("submitted", "approved"), twice_allowed=False) & ~Q(phone=""),  # "": purged
                name=PERSON_CHECK,
            )
        ]
        triggers = [
            *states.ROW.triggers(),
            pgtrigger.Trigger(name="edition_follows", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_EDITION),
            pgtrigger.ReadOnly(name="row_stays", fields=["recommendation", "edition"]),
            pgtrigger.Trigger(
                name="count_places",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state") | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("held", "boolean"), ("holds", "boolean")],
                func=_COUNT_PLACES,
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.position} 行 {self.team_name or self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Categories are kept in order, so that the same choice is the same value; pinyin follows the names."""
        self.categories = sorted(self.categories)
        self.spell()
        self.edition_id = self.recommendation.edition_id
        super().save(*args, **kwargs)

    def spell(self) -> None:
        """Pinyin of the names, for the search; whoever writes rows in bulk calls it, since `save` is not."""
        self.pinyin = pinyin_of(f"{self.name} {self.team_name}".strip())


@tracked()
class Workbook(models.Model):
    """A spreadsheet brought for a form (上传的工作簿): judged anew at every look, taken in when confirmed."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="workbooks", verbose_name="推荐表")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="上传人"
    )
    brought_at = models.DateTimeField("上传时间", default=clock.now)
    # Date or number of the letter it came with, where a contact took it in for the unit.
    letter = models.CharField("来信日期/文号", max_length=200, blank=True)
    taken_at = models.DateTimeField("存入时间", null=True, blank=True)
    taken_as = models.CharField("确认的预览", max_length=64, blank=True, editable=False)  # a double click is one effect

    class Meta:
        verbose_name = verbose_name_plural = "上传的工作簿"
        ordering = ["-brought_at", "-pk"]

    def __str__(self) -> str:
        return str(self.file)
