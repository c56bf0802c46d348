"""Award lists (获奖名单), their versions with every line's reason, what the organiser decided, what was made public."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import APPEND_ONLY_TRIGGERS, tracked
from core.files.models import SHA256
from judging.models import Candidate
from registrations.entry_models import Entry
from tracks.models import Category, Edition, Track
from tracks.rulebook.awards import Award

from . import states

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.accounts.models import User

USER = settings.AUTH_USER_MODEL
HOLDERS = [("person", "个人"), ("team", "团队"), ("organisation", "单位"), ("instructor", "指导教师")]
FINAL_CHECK = "final_lists_have_no_open_objection"
# The row is locked by then, and an objection being written holds it (`objection_models._INSIDE`): one waits for the
# other, whoever writes.
_NOTHING_OPEN = f"""
    IF EXISTS (SELECT FROM awards_objection WHERE award_list_id = NEW.id
                AND state IN ({", ".join(f"'{state}'" for state in states.OPEN)})) THEN
        RAISE check_violation USING CONSTRAINT = '{FINAL_CHECK}', MESSAGE = 'an objection is open';
    END IF;
    RETURN NEW;
"""


class ListQuerySet(models.QuerySet["AwardList"]):
    """Lists by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "ListQuerySet":
        """Everybody those that are or were announced; before, the organiser alone."""
        return self if user.is_active and user.is_superuser else self.public()

    def public(self) -> "ListQuerySet":
        """公示 and what came of it."""
        return self.filter(state__in=states.PUBLIC)


@tracked(exclude=("locked_by", "unlocked_by"))  # the deeds tell who
class AwardList(models.Model):
    """The winners of one award in one scope (获奖名单): of a category, a track or a group where the edition says so.

    Half-open window of the 公示: `opens_at` is the first instant, `closes_at` the first at which nobody objects any
    more.
    """

    STATES = states.LIST

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="award_lists", verbose_name="届次")
    award = models.CharField("奖项", max_length=40)  # the edition's code
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="award_lists", verbose_name="类别"
    )
    track = models.ForeignKey(
        Track, models.PROTECT, null=True, blank=True, related_name="award_lists", verbose_name="赛道"
    )
    group = models.CharField("组别", max_length=40, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    state = models.CharField("状态", max_length=12, choices=states.LIST.choices, default=states.LIST.initial)
    drafted_at = models.DateTimeField("最近生成", null=True, blank=True, editable=False)
    locked_at = models.DateTimeField("确定时间", null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确定人")
    unlocked_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="第二人"
    )
    opens_at = models.DateTimeField("公示开始", null=True, blank=True, editable=False)
    closes_at = models.DateTimeField("公示截止（此刻起不再受理异议）", null=True, blank=True, editable=False)
    final_at = models.DateTimeField("生效时间", null=True, blank=True, editable=False)

    objects = ListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "获奖名单"
        ordering = ["edition", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "award", "category", "track", "group"], name="one_list_a_scope", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "locked")) | Q(opens_at__isnull=False, closes_at__gt=F("opens_at")),
                name="public_lists_have_a_window",
            ),
            models.CheckConstraint(
                condition=~Q(unlocked_by=F("locked_by")) | Q(unlocked_by=None) | Q(locked_by=None),
                name="list_unlock_takes_two",
                violation_error_message="重新拟定要两个人：确定名单的人自己不能解开",
            ),
        ]
        triggers = [
            *states.LIST.triggers(),
            pgtrigger.ReadOnly(name="list_stays", fields=["edition", "award", "category", "track", "group"]),
            pgtrigger.Protect(name="list_remains", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="final_with_nothing_open",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="final", old__state__df="final"),
                func=_NOTHING_OPEN,
            ),
        ]

    def __str__(self) -> str:
        scope = [self.category and f"{self.category.code} 类", self.track and self.track.name, self.group]
        return f"{''.join(f'{part} ' for part in scope if part)}{self.rule.name}"

    @property
    def rule(self) -> Award:
        """What the edition says of the award."""
        return self.edition.rulebook.award(self.award)


class AwardVersion(models.Model):
    """A list as it followed from rankings and rulings (名单稿): exact inputs with their hash, and the outcome.

    No name stands in it: works by key, decisions by number.
    """

    append_only = True

    award_list = models.ForeignKey(AwardList, models.PROTECT, related_name="versions", verbose_name="名单")
    number = models.PositiveSmallIntegerField("稿次")
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="生成人")
    inputs = models.TextField("冻结的输入")
    sha256 = models.CharField("SHA-256", max_length=64, validators=[RegexValidator(SHA256)])  # of `inputs`
    # {levels: [{code, name, count, vacant}], missed: [[key, source, reason]], ties: [{source, rank, keys, places}],
    #  problems: [message], sources: {code: name}, formula: […]}
    result = models.JSONField("结果")

    class Meta:
        verbose_name = verbose_name_plural = "名单稿"
        ordering = ["award_list", "-number"]
        constraints = [models.UniqueConstraint(fields=["award_list", "number"], name="one_award_version_a_number")]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"第 {self.number} 稿"


class LineQuerySet(models.QuerySet["AwardLine"]):
    """Lines by what they are good for."""

    def shown(self) -> "LineQuerySet":
        """What the public sees: the lines of the last public version of announced lists."""
        newer = Release.objects.filter(
            award_list=models.OuterRef("version__award_list"), number__gt=models.OuterRef("version__releases__number")
        )
        announced = self.filter(version__award_list__state__in=states.PUBLIC, version__releases__isnull=False)
        return announced.exclude(models.Exists(newer))

    def final(self) -> "LineQuerySet":
        """What certificates and entitlements are made from: the same of lists that are final."""
        return self.shown().filter(version__award_list__state="final")


class AwardLine(models.Model):
    """One prize in a version (获奖条目), with the words that will be printed and the reason why.

    Fixed once written; only the words that name a person are blanked when that person's data is deleted.
    """

    version = models.ForeignKey(AwardVersion, models.PROTECT, related_name="lines", verbose_name="名单稿")
    # The same in every version of the list: work-12, entry-7, organisation:…, user-3.
    key = models.CharField("对象", max_length=300)
    place = models.PositiveIntegerField("次序")  # within the list, from 1
    level = models.CharField("等次代码", max_length=40, blank=True)
    level_name = models.CharField("等次", max_length=60)
    position = models.PositiveIntegerField("等次内次序")
    rank = models.PositiveIntegerField("排名")
    holder = models.CharField("获奖者种类", max_length=12, choices=HOLDERS)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="award_lines", verbose_name="报名"
    )
    candidate = models.ForeignKey(
        Candidate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="参评作品"
    )
    user = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="award_lines", verbose_name="指导教师"
    )
    award_name = models.CharField("奖项名称", max_length=200)
    name = models.CharField("获奖者", max_length=200)
    organisation = models.CharField("单位", max_length=200, blank=True)
    title = models.CharField("作品", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=500)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "获奖条目"
        ordering = ["version", "place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_prize_a_thing"),
            models.UniqueConstraint(fields=["version", "place"], name="one_thing_a_prize"),
            models.UniqueConstraint(fields=["version", "level", "position"], name="one_thing_a_position"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="line_stays", exclude=["name", "organisation", "title"]),
            pgtrigger.Protect(name="line_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.level_name}"


@tracked(personal=("reason", "name", "organisation", "title"))
class Ruling(models.Model):
    """What the organiser decided about a list, and why (组委会决定): whoever has no prize, the order of a tie, fewer
    places, corrected words. Taken back by ending it."""

    KINDS = [("left_out", "不授奖"), ("order", "同名次的次序"), ("count", "名额空缺"), ("words", "文字更正")]

    award_list = models.ForeignKey(AwardList, models.PROTECT, related_name="rulings", verbose_name="名单")
    number = models.PositiveSmallIntegerField("决定号")
    kind = models.CharField("事项", max_length=10, choices=KINDS)
    keys = ArrayField(models.CharField(max_length=300), verbose_name="对象", default=list, blank=True)
    level = models.CharField("等次", max_length=40, blank=True)
    count = models.PositiveIntegerField("取几名", null=True, blank=True)
    name = models.CharField("获奖者更正为", max_length=200, blank=True)
    organisation = models.CharField("单位更正为", max_length=200, blank=True)
    title = models.CharField("作品更正为", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="决定人")
    at = models.DateTimeField("决定时间")
    ended_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "组委会决定"
        ordering = ["award_list", "number"]
        constraints = [
            models.UniqueConstraint(fields=["award_list", "number"], name="one_ruling_a_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="rulings_have_reasons"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="ruling_stays", exclude=["ended_at", "reason", "name", "organisation", "title"]),
            pgtrigger.Protect(name="ruling_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"决定第 {self.number} 号（{self.get_kind_display()}）"


@tracked(personal=("reason",))
class Release(models.Model):
    """A version as it was made public (公示稿): 第 1 版, and after each correction the next, with its reason."""

    award_list = models.ForeignKey(AwardList, models.PROTECT, related_name="releases", verbose_name="名单")
    version = models.ForeignKey(AwardVersion, models.PROTECT, related_name="releases", verbose_name="名单稿")
    number = models.PositiveSmallIntegerField("版次")
    at = models.DateTimeField("公示时间")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="公示人")
    reason = models.CharField("更正缘由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示稿"
        ordering = ["award_list", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["award_list", "number"], name="one_release_a_number"),
            models.UniqueConstraint(fields=["version"], name="one_release_a_version"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="corrections_have_reasons"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="release_stays", exclude=["reason"]),
            pgtrigger.Protect(name="release_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"
