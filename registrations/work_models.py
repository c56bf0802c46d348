"""Works (作品): what an entry hands in for a category, its files, every version of it, and who looked at them."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.audit.history import APPEND_ONLY_TRIGGERS, NO_TRUNCATE, tracked
from core.files.models import SHA256, StoredFile
from tracks.models import Edition

from . import states
from .entry_models import Entry, Member
from .rules.pinyin import LENGTH, pinyin_of

if TYPE_CHECKING:
    from core.accounts.models import User

AUTHOR_CHECK = "one_work_a_topic_a_person"  # N21: team members count, over all teams of the edition
ENTRY_CHECK = "one_work_a_category"
_HANDED_IN = ", ".join(f"'{state}'" for state in states.WORK_HANDED_IN)

_EDITION = """
    NEW.edition_id := (SELECT edition_id FROM registrations_entry WHERE id = NEW.entry_id);
    RETURN NEW;
"""
# While a work is handed in, each participant of its entry holds the topic; the unique key on WorkAuthor refuses a
# second one, whoever writes. The entry's row lock, which counting people takes too, orders joiners and submitters.
_AUTHORS_OF_WORK = f"""
    PERFORM FROM registrations_entry WHERE id = NEW.entry_id FOR NO KEY UPDATE;
    DELETE FROM registrations_workauthor WHERE work_id = NEW.id;
    INSERT INTO registrations_workauthor (work_id, edition_id, category, user_id, once)
    SELECT NEW.id, NEW.edition_id, NEW.category, user_id, NEW.once
      FROM registrations_member
     WHERE entry_id = NEW.entry_id AND left_at IS NULL AND role <> 'instructor'
       AND NEW.state IN ({_HANDED_IN});
    RETURN NULL;
"""  # noqa: S608 - our own constants


class WorkQuerySet(models.QuerySet["Work"]):
    """Works by who may see them. Judges come to a work only through an assignment (`judging`)."""

    def visible_to(self, user: "User") -> "WorkQuerySet":
        """The entry's people; contacts what was ever handed in on their tracks; the organiser all.

        Officers are told the state only (`of_units`): the content is the participants'.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        mine = Member.objects.filter(user=user, left_at=None)
        return self.filter(
            Q(entry__in=mine.values("entry"))
            | Q(entry__track__in=user.track_contacts.values("track"), current__isnull=False)
        )

    def reviewed_by(self, user: "User") -> "WorkQuerySet":
        """What a contact or the organiser has before them: handed in at least once, on their tracks, not their own."""
        own = Member.objects.filter(user=user, left_at=None)
        handed_in = self.visible_to(user).exclude(current=None).exclude(entry__in=own.values("entry"))
        return (
            handed_in if user.is_superuser else handed_in.filter(entry__track__in=user.track_contacts.values("track"))
        )

    def unread(self, user: "User") -> "WorkQuerySet":
        """Drafts never handed in, on the reader's tracks: they may be given more time by number, but are not read."""
        own = Member.objects.filter(user=user, left_at=None)
        drafts = self.filter(state="draft", current=None).exclude(entry__in=own.values("entry"))
        return drafts if user.is_superuser else drafts.filter(entry__track__in=user.track_contacts.values("track"))

    def of_units(self, user: "User") -> "WorkQuerySet":
        """Those of entries that the user's units recommended: their state is shown, not their content."""
        return self.filter(entry__row__recommendation__unit__in=user.offices.values("unit"))

    def handed_in(self) -> "WorkQuerySet":
        """Those that count: submitted, returned for correction, or passed."""
        return self.filter(state__in=states.WORK_HANDED_IN)


@tracked(
    exclude=("pinyin", "fields", "ai", "anonymous_fields", "changed_at"), personal=("title", "review_note", "reply")
)
class Work(models.Model):
    """What an entry hands in for one of its categories (作品): one per entry and category.

    `fields`, `ai` and the files that were not taken out are the working copy, kept right or wrong. `current` is the
    version that counts; handing in again makes the next one.
    """

    STATES = states.WORK

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="works", verbose_name="报名")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", editable=False)  # the entry's own
    category = models.CharField("类别", max_length=40)  # code; the edition's materials for it say what is handed in
    once = models.BooleanField(default=False, editable=False)  # the category allows one work a person (N21)
    title = models.CharField("作品名称", max_length=200, blank=True)  # the material `title`, for lists and search
    pinyin = models.CharField("作品名称拼音", max_length=LENGTH, blank=True, editable=False)
    fields = models.JSONField("内容", default=dict, blank=True)  # code of a material that is no file → what was typed
    ai_used = models.BooleanField("使用了 AI", null=True, blank=True)  # None: not yet said
    ai = models.JSONField("AI 使用说明", default=dict, blank=True)  # code of the edition's declaration → what was typed
    state = models.CharField("状态", max_length=12, choices=states.WORK.choices, default=states.WORK.initial)
    current = models.OneToOneField(
        "registrations.WorkVersion",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="current_of",
        verbose_name="以此为准的版本",
    )
    begun_at = models.DateTimeField("开始时间")
    changed_at = models.DateTimeField("保存时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)  # of the current version
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    reply = models.CharField("补正说明", max_length=500, blank=True)
    correct_until = models.DateTimeField("补正截止", null=True, blank=True)
    # After the window has closed a contact may open the work for changes until this moment.
    unlocked_until = models.DateTimeField("开放修改至", null=True, blank=True, editable=False)
    unlocked_at = models.DateTimeField("开放修改时间", null=True, blank=True, editable=False)
    # A copy without names, for blind judging, was asked for; given when every file named has one.
    anonymous_asked_at = models.DateTimeField("请提供匿名版", null=True, blank=True)
    anonymous_until = models.DateTimeField("匿名版截止", null=True, blank=True)
    anonymous_note = models.CharField("匿名版要求", max_length=500, blank=True)
    anonymous_fields = models.JSONField("匿名版文字", default=dict, blank=True)  # code → the text without names
    anonymous_saved_at = models.DateTimeField("匿名版保存时间", null=True, blank=True)
    anonymous_given_at = models.DateTimeField("匿名版提交时间", null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作品"
        ordering = ["entry", "category"]
        indexes = [models.Index(fields=["category", "state", "submitted_at"], name="work_queue")]
        constraints = [models.UniqueConstraint(fields=["entry", "category"], name=ENTRY_CHECK)]
        triggers = [
            *states.WORK.triggers(),
            pgtrigger.Trigger(name="edition_follows", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_EDITION),
            pgtrigger.ReadOnly(name="work_stays", fields=["entry", "edition", "category", "begun_at", "once"]),
            pgtrigger.Trigger(
                name="authors_follow_state",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                when=pgtrigger.After,
                func=_AUTHORS_OF_WORK,
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"作品 {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The pinyin of the title follows it."""
        self.pinyin = pinyin_of(self.title)
        super().save(*args, **kwargs)

    @property
    def reopened(self) -> bool:
        """Opened for changes by a contact, and not handed in since; whether that is over is another matter."""
        since = self.unlocked_at
        return since is not None and (self.submitted_at is None or self.submitted_at < since)

    @property
    def number(self) -> str:
        """作品编号: `GDAIKP1-A-000128`."""
        return f"{self.edition.rulebook.edition.code}-{self.category}-{self.pk:06d}"


class WorkAuthor(models.Model):
    """Somebody who takes part in a work that is handed in; kept by triggers alone (N21)."""

    work = models.ForeignKey(Work, models.CASCADE, related_name="authors")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    category = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authored")
    once = models.BooleanField()  # the work's own

    class Meta:
        verbose_name = verbose_name_plural = "作品作者"
        constraints = [
            models.UniqueConstraint(fields=["edition", "category", "user"], condition=Q(once=True), name=AUTHOR_CHECK)
        ]

    def __str__(self) -> str:
        return f"作品 {self.work_id} · {self.user_id}"


class WorkFileQuerySet(models.QuerySet["WorkFile"]):
    """Files of works by who may see them."""

    def visible_to(self, user: "User") -> "WorkFileQuerySet":
        """The entry's people see all; contacts of its track what was handed in, and anonymised copies."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        mine = Member.objects.filter(user=user, left_at=None)
        handed_in = Exists(VersionFile.objects.filter(file=OuterRef("pk")))
        return self.filter(
            Q(work__entry__in=mine.values("entry"))
            | Q(work__entry__track__in=user.track_contacts.values("track"))
            & (handed_in | Q(anonymous_of__isnull=False))
        )

    def kept(self) -> "WorkFileQuerySet":
        """The working copy: not taken out, and no anonymised copies."""
        return self.filter(removed_at=None, anonymous_of=None)


@tracked()
class WorkFile(models.Model):
    """A file put into a work under one of its materials (作品文件); a replaced one is another row.

    What its content was found to be is `file.check_result` (`core.files.inspection`).
    """

    work = models.ForeignKey(Work, models.PROTECT, related_name="files", verbose_name="作品")
    material = models.CharField("材料", max_length=40)  # code of the edition's material
    position = models.PositiveSmallIntegerField("顺序", default=0)
    file = models.ForeignKey(  # null: erased, since its author's data were
        StoredFile, models.PROTECT, null=True, blank=True, related_name="work_files", verbose_name="文件"
    )
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="上传人"
    )
    removed_at = models.DateTimeField("移出时间", null=True, blank=True)
    # The same without names, for blind judging.
    anonymous_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="anonymous", verbose_name="匿名版，原件为"
    )

    objects = WorkFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作品文件"
        ordering = ["work", "material", "position", "pk"]
        triggers = [pgtrigger.ReadOnly(name="work_file_stays", fields=["work", "material", "added_at", "anonymous_of"])]

    def __str__(self) -> str:
        return str(self.file or "已删除的文件")


class WorkVersion(models.Model):
    """What was handed in at a moment (版本): content, files and receipt. Nothing of it changes but what is erased.

    digest: SHA-256 of the content alone, so that the same content is the same digest. receipt: SHA-256 of the whole
    manifest (`registrations.rules.manifest`), time and number included.
    """

    work = models.ForeignKey(Work, models.PROTECT, related_name="versions", verbose_name="作品")
    number = models.PositiveSmallIntegerField("版本")
    title = models.CharField("作品名称", max_length=200, blank=True)
    fields = models.JSONField("内容", default=dict)
    ai_used = models.BooleanField("使用了 AI", null=True)
    ai = models.JSONField("AI 使用说明", default=dict)
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="提交人"
    )
    digest = models.CharField("内容 SHA-256", max_length=64, validators=[RegexValidator(SHA256)])
    receipt = models.CharField("回执 SHA-256", max_length=64, validators=[RegexValidator(SHA256)])
    # Content, or a name in it, was deleted at its author's request; the receipt can no longer be worked out.
    erased_at = models.DateTimeField("内容删除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "作品版本"
        ordering = ["work", "-number"]
        constraints = [models.UniqueConstraint(fields=["work", "number"], name="one_version_a_number")]
        triggers = [
            pgtrigger.Protect(name="version_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="version_is_written_once", fields=["work", "number", "submitted_at", "digest", "receipt"]
            ),
            pgtrigger.Trigger(  # what names a person goes at their request, and the version says so
                name="content_is_written_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange("title", "fields", "ai_used", "ai", "erased_at"),
                func="""
                    IF NEW.erased_at IS NULL OR NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at
                       OR length(NEW.fields::text) > length(OLD.fields::text) + 2000
                       OR length(NEW.ai::text) > length(OLD.ai::text) + 2000 THEN
                        RAISE EXCEPTION 'a version is never changed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            NO_TRUNCATE,
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class VersionFile(models.Model):
    """A file as it stood in a version. Append-only."""

    append_only = True

    version = models.ForeignKey(WorkVersion, models.PROTECT, related_name="files", verbose_name="版本")
    file = models.ForeignKey(WorkFile, models.PROTECT, related_name="+", verbose_name="文件")
    position = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "版本文件"
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "file"], name="one_file_a_version")]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return str(self.file)


class WorkLook(models.Model):
    """Somebody who does not belong to a work looked at it, or took a file of it away (查阅记录). Append-only."""

    append_only = True
    HOW = [("page", "打开审核页"), ("preview", "查看预览"), ("download", "下载原件")]

    work = models.ForeignKey(Work, models.PROTECT, related_name="looks", verbose_name="作品")
    version = models.ForeignKey(WorkVersion, models.PROTECT, null=True, related_name="+", verbose_name="版本")
    file = models.ForeignKey(WorkFile, models.PROTECT, null=True, related_name="+", verbose_name="文件")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查阅人")
    how = models.CharField("方式", max_length=12, choices=HOW)
    at = models.DateTimeField("时间", default=timezone.now)  # history keeps real time
    day = models.DateField("日期")  # looking again on the same day is one line

    class Meta:
        verbose_name = verbose_name_plural = "作品查阅记录"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "version", "file", "by", "how", "day"], name="one_look_a_day", nulls_distinct=False
            )
        ]
        triggers = APPEND_ONLY_TRIGGERS

    def __str__(self) -> str:
        return f"{self.by} {self.get_how_display()}"
