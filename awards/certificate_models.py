"""Certificates (证书): their numbers, each version with the words that are printed, the batches they come in."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.files.models import SHA256, StoredFile
from registrations.entry_models import Entry, Member
from registrations.models import Unit
from seasons.models import Season
from tracks.models import Edition
from tracks.rulebook.awards import CertificateKind

from . import states
from .list_models import AwardLine, AwardList
from .rules.certificates import Claim, Words

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.accounts.models import User

USER = settings.AUTH_USER_MODEL
TWICE = "one_number_a_source"

# Numbers are without gaps: at commit every serial up to `last` is there. Runs under the row's lock, so that nobody
# counts beside; serials above `last` are refused below, doubles by their constraint, deletions by a guard.
_NO_GAPS = """
    IF (SELECT count(*) FROM awards_certificate WHERE series_id = NEW.id AND version = 1)
       IS DISTINCT FROM (SELECT last FROM awards_certificateseries WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'certificate numbers of series % have a gap', NEW.id;
    END IF;
    RETURN NULL;
"""
# The first version takes a serial that was allocated; the next is of the same certificate, which was valid till now.
_VERSIONS_FOLLOW = """
    IF NEW.version = 1 THEN
        IF NEW.serial > (SELECT last FROM awards_certificateseries WHERE id = NEW.series_id) THEN
            RAISE EXCEPTION 'serial % was not allocated', NEW.serial;
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM awards_certificate AS before
         WHERE before.series_id = NEW.series_id AND before.serial = NEW.serial AND before.version = NEW.version - 1
           AND before.number = NEW.number AND before.source = NEW.source AND before.state = 'corrected'
    ) THEN
        RAISE EXCEPTION 'version % of % does not follow', NEW.version, NEW.number;
    END IF;
    RETURN NEW;
"""
# What names a person goes only together with the signature over it: a certificate is what was signed, or nobody's.
_SIGNED_OR_NOBODYS = """
    IF (NEW.name, NEW.words, NEW.payload) IS DISTINCT FROM (OLD.name, OLD.words, OLD.payload)
       AND (NEW.payload <> '' OR NEW.erased_at IS NULL OR NEW.words <> '[]'::jsonb) THEN
        RAISE EXCEPTION 'certificate % is signed', OLD.number;
    END IF;
    IF NEW.file_id IS DISTINCT FROM OLD.file_id AND OLD.file_id IS NOT NULL AND NEW.erased_at IS NULL THEN
        RAISE EXCEPTION 'certificate % is printed', OLD.number;
    END IF;
    RETURN NEW;
"""


@tracked()
class CertificateSeal(models.Model):
    """The picture of a seal or signature (印章) that a kind of certificate carries; drawn anew when it came in."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="certificate_seals", verbose_name="届次")
    kind = models.CharField("证书种类", max_length=40)  # the edition's code
    picture = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="印章图片")
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="上传人")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证书印章"
        ordering = ["edition", "kind", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind"], condition=Q(ended_at=None), name="one_seal_a_kind")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="seal_stays", exclude=["ended_at"]),
            pgtrigger.Protect(name="seal_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.edition.rulebook.certificate(self.kind).title}印章"


@tracked()
class CertificateSeries(models.Model):
    """The numbers of one kind in one edition (证书编号): the last that was given, raised with the rows taking them."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="certificate_series", verbose_name="届次")
    kind = models.CharField("证书种类", max_length=40)  # the edition's code
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "证书编号"
        ordering = ["edition", "kind"]
        constraints = [models.UniqueConstraint(fields=["edition", "kind"], name="one_series_a_kind")]
        triggers = [
            pgtrigger.ReadOnly(name="series_stays", fields=["edition", "kind"]),
            pgtrigger.Protect(name="series_remains", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_gaps",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=_NO_GAPS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule.title} {self.last}"

    @property
    def rule(self) -> CertificateKind:
        """What the edition says of the kind."""
        return self.edition.rulebook.certificate(self.kind)


class BatchQuerySet(models.QuerySet["CertificateBatch"]):
    """Batches by who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> "BatchQuerySet":
        """The organiser alone."""
        return self if user.is_active and user.is_superuser else self.none()


@tracked(exclude=("phone", "fonts", "merged", "archive", "register"), personal=("handler",))
class CertificateBatch(models.Model):
    """The certificates of one kind for one list (证书批次): planned, then started once, and printed to the end.

    `fingerprint` is of the list as the organiser saw it; another list is another batch. How far it is, is counted from
    its certificates.
    """

    STATES = states.BATCH

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="certificate_batches", verbose_name="届次")
    kind = models.CharField("证书种类", max_length=40)  # the edition's code
    award_list = models.ForeignKey(
        AwardList, models.PROTECT, null=True, blank=True, related_name="batches", verbose_name="获奖名单"
    )
    season = models.ForeignKey(Season, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="培训主题")
    issued_on = models.DateField("落款日期")
    handler = models.CharField("经办人", max_length=60, blank=True)  # printed where the wording asks for it
    phone = models.CharField("联系电话", max_length=40, blank=True)
    count = models.PositiveIntegerField("张数")  # as planned
    fingerprint = models.CharField("名单指纹", max_length=64, validators=[RegexValidator(SHA256)])
    state = models.CharField("状态", max_length=12, choices=states.BATCH.choices, default=states.BATCH.initial)
    note = models.CharField("说明", max_length=300, blank=True)  # why it stands still
    run = models.PositiveSmallIntegerField("第几次开始", default=0, editable=False)
    made_at = models.DateTimeField("建立时间")
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="建立人")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    # The glyphs of the whole batch, cut once: a ZIP with a font for the text and one for the title.
    fonts = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    # What each job printed, in one document and under its content's name: the merged file is put together from them.
    parts = models.ManyToManyField(StoredFile, related_name="+", editable=False)
    merged = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="合并打印文件"
    )
    archive = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="全部证书的压缩包"
    )
    register = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证书登记表"
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证书批次"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False), name="started_batches_say_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False), name="done_batches_say_when"
            ),
        ]
        triggers = [
            *states.BATCH.triggers(),
            pgtrigger.ReadOnly(
                name="batch_stays",
                fields=["edition", "kind", "award_list", "season", "issued_on", "count", "fingerprint", "made_at"],
            ),
            pgtrigger.Protect(name="batch_remains", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        about = self.award_list or self.season
        return f"{self.rule.title}{f'（{about}）' if about else ''}"

    @property
    def rule(self) -> CertificateKind:
        """What the edition says of the kind."""
        return self.edition.rulebook.certificate(self.kind)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Versions of certificates by who may see them and by what they are good for."""

    def visible_to(self, user: "User | AnonymousUser") -> "CertificateQuerySet":
        """The person, the entry's people where it is the entry's as a whole; officers those of their unit and of
        entries that it recommended; contacts those of their tracks; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        mine = Member.objects.filter(user=user.pk, left_at=None)
        return self.filter(
            Q(user=user.pk) | Q(user=None, entry__in=mine.values("entry")) | self._of_offices(user)
            | Q(entry__track__in=user.track_contacts.values("track"))
        )  # fmt: skip

    def held_by(self, user: "User") -> "CertificateQuerySet":
        """A participant's own, whatever offices they hold."""
        mine = Member.objects.filter(user=user.pk, left_at=None)
        return self.filter(Q(user=user.pk) | Q(user=None, entry__in=mine.values("entry")))

    def of_unit(self, unit: Unit) -> "CertificateQuerySet":
        """What a unit's officers collect: its own and those of the entries that it recommended."""
        return self.filter(Q(unit=unit) | Q(entry__row__recommendation__unit=unit))

    def _of_offices(self, user: "User") -> Q:
        units = user.offices.values("unit")
        return Q(unit__in=units) | Q(entry__row__recommendation__unit__in=units)

    def valid(self) -> "CertificateQuerySet":
        """The versions that count."""
        return self.filter(state="valid")

    def printed(self) -> "CertificateQuerySet":
        """Those whose file is there."""
        return self.filter(file__isnull=False)


@tracked(exclude=("words", "payload"), personal=("name", "reason"))
class Certificate(models.Model):
    """One version of a certificate (证书): everything that is printed on it, signed, and its file once that is made.

    A number stands for one recipient of one thing for ever: a reprint is the next version, a revoked one has none.
    `state` tells whether this version counts; the signature tells that it was ours.
    """

    STATES = states.CERTIFICATE

    series = models.ForeignKey(CertificateSeries, models.PROTECT, related_name="certificates", verbose_name="编号系列")
    serial = models.PositiveIntegerField("流水号")
    number = models.CharField("编号", max_length=60)
    version = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField(
        "状态", max_length=10, choices=states.CERTIFICATE.choices, default=states.CERTIFICATE.initial
    )
    # Which thing it certifies: award:12:work-3, entry-7, season:3:member-9, member-9. The same in every version.
    source = models.CharField("凭据", max_length=340)
    line = models.ForeignKey(
        AwardLine, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="获奖条目"
    )
    # Whose it is: a person's own (user), an entry's as a whole (entry alone), a unit's.
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="报名"
    )
    user = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="个人"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="单位"
    )
    batch = models.ForeignKey(
        CertificateBatch, models.PROTECT, null=True, blank=True, related_name="certificates", verbose_name="批次"
    )
    place = models.PositiveIntegerField("名单中的次序", default=0)
    # What is printed.
    title = models.CharField("证书名称", max_length=60)
    name = models.TextField("获证者", max_length=1000)  # everybody in order, as printed
    award = models.CharField("奖项", max_length=300)  # with its level; the kind's title where there is none
    issued_on = models.DateField("落款日期")
    words = models.JSONField("证书文字")  # the five parts of rules.certificates.Words
    issuers = ArrayField(models.CharField(max_length=200), verbose_name="颁发单位")
    notes = ArrayField(models.CharField(max_length=200), verbose_name="附注", default=list, blank=True)
    seal = models.ForeignKey(
        CertificateSeal, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="印章"
    )
    payload = models.TextField("二维码内容", blank=True)  # claim and signature
    key = models.CharField("签名密钥", max_length=16)  # its id
    made_at = models.DateTimeField("签发时间")
    # What came of printing it.
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证书文件"
    )
    problem = models.CharField("没有印成的原因", max_length=300, blank=True)
    reason = models.CharField("更正或撤销的理由", max_length=300, blank=True)  # why this version ended
    ended_at = models.DateTimeField("更正或撤销时间", null=True, blank=True)
    erased_at = models.DateTimeField("个人信息删除时间", null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = ["series", "serial", "version"]
        indexes = [
            models.Index(fields=["batch", "place"], name="certificates_of_a_batch"),
            models.Index(fields=["batch"], condition=Q(file=None), name="certificates_to_print"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="one_certificate_a_number"),
            models.UniqueConstraint(fields=["series", "serial", "version"], name="one_certificate_a_serial"),
            models.UniqueConstraint(fields=["series", "source", "version"], name=TWICE),
            models.UniqueConstraint(fields=["number"], condition=Q(state="valid"), name="one_valid_version"),
            models.CheckConstraint(
                condition=Q(state="valid", ended_at=None)
                | ~Q(state="valid") & Q(ended_at__isnull=False) & ~Q(reason=""),
                name="ended_certificates_say_why",
            ),
            models.CheckConstraint(
                condition=~Q(payload="") | Q(erased_at__isnull=False), name="certificates_are_signed"
            ),
            models.CheckConstraint(condition=Q(file=None) | Q(problem=""), name="printed_without_problem"),
        ]
        triggers = [
            *states.CERTIFICATE.triggers(),
            pgtrigger.ReadOnly(
                name="certificate_stays",
                exclude=["state", "name", "words", "payload", "file", "problem", "reason", "ended_at", "erased_at"],
            ),
            pgtrigger.Trigger(
                name="signed_or_nobodys",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=_SIGNED_OR_NOBODYS,
            ),
            pgtrigger.Trigger(
                name="versions_follow", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_VERSIONS_FOLLOW
            ),
            pgtrigger.Protect(name="certificate_remains", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} 第 {self.version} 版" if self.version > 1 else self.number

    @property
    def edition(self) -> Edition:
        """Whose contest."""
        return self.series.edition

    @property
    def kind(self) -> str:
        """The edition's code of its kind."""
        return self.series.kind

    @property
    def claim(self) -> Claim:
        """What its signature vouches for."""
        return Claim(self.number, self.name, self.award, self.issued_on)

    @property
    def printed_words(self) -> Words:
        """The wording in its parts; empty once its person's data was deleted."""
        return Words(*self.words)

    @property
    def file_name(self) -> str:
        """For a download."""
        return f"{self.number}.pdf"
