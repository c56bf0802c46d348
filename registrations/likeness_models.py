"""What is alike in works: fingerprints of files, their index, what was found; and what names a work's makers in it."""

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models

from core.audit.history import tracked
from core.files.models import StoredFile

from .rules.likeness import PictureHash
from .work_models import Work, WorkFile, WorkVersion

if TYPE_CHECKING:
    from core.accounts.models import User

_SIGN = 1 << 63  # PostgreSQL's bigint is signed; the 64 bits are the same


def signed(bits: int) -> int:
    """64 bits as PostgreSQL keeps them."""
    return bits - (bits & _SIGN) * 2


def unsigned(stored: int) -> int:
    """And back."""
    return stored % (1 << 64)


class Fingerprint(models.Model):
    """What a file is recognised by (指纹): two hashes of a picture or of a part of it, or the sketch of a text.

    It belongs to the bytes, not to a work: a file carried over into the next version is not read again.
    """

    KINDS = [("picture", "图片"), ("poster", "视频封面"), ("page", "页面图"), ("text", "文字")]

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="fingerprints", verbose_name="文件")
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    position = models.PositiveSmallIntegerField("页", default=1)
    window = models.PositiveSmallIntegerField("部分", default=0)  # of rules.likeness.WINDOWS; 0: the whole
    difference = models.BigIntegerField("差值指纹", default=0)  # 64 bits each, `signed`
    spectrum = models.BigIntegerField("频率指纹", default=0)
    keys = models.PositiveIntegerField("片段数", default=0)  # of a text's sketch
    ceiling = models.BigIntegerField("取样上限", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文件指纹"
        constraints = [
            models.UniqueConstraint(fields=["file", "kind", "position", "window"], name="one_fingerprint_a_part")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}/{self.window}"

    @property
    def picture(self) -> PictureHash:
        """The two hashes."""
        return PictureHash(unsigned(self.difference), unsigned(self.spectrum))


class FingerprintKey(models.Model):
    """A fingerprint filed under one number: 16 bits of a picture's hash (negative), or a shingle of a text.

    The primary key is the index that finds likely copies; there is nothing else in the row.
    """

    pk = models.CompositePrimaryKey("key", "fingerprint_id")
    key = models.BigIntegerField()
    fingerprint = models.ForeignKey(Fingerprint, models.CASCADE, related_name="filed")

    class Meta:
        verbose_name = verbose_name_plural = "指纹索引"

    def __str__(self) -> str:
        return f"{self.key}"


class Examination(models.Model):
    """What the machine has looked at in a version (自动检查), and the names it found there. Made anew, never edited.

    leaks: list of {where, label, file, what, whose, how, excerpt, strength, count} as `rules.leaks.Leak` has them.
    """

    version = models.OneToOneField(WorkVersion, models.CASCADE, related_name="examination", verbose_name="版本")
    scanned_at = models.DateTimeField("身份检查时间", null=True, blank=True)
    compared_at = models.DateTimeField("查重时间", null=True, blank=True)
    unread = models.JSONField("没有读到的文件", default=list, blank=True)  # their names
    leaks = models.JSONField("身份信息", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "作品自动检查"

    def __str__(self) -> str:
        return f"{self.version} 自动检查"


class LikenessQuerySet(models.QuerySet["Likeness"]):
    """What is alike, by who may know."""

    def visible_to(self, user: "User") -> "LikenessQuerySet":
        """Those of works that one reviews: contacts of the work's track, the organiser; never who made either."""
        return self.filter(version__work__in=Work.objects.reviewed_by(user))


@tracked(pghistory.UpdateEvent(), personal=("note",))
class Likeness(models.Model):
    """A version has something in common with another work's (相似线索). For the contact to look at; refuses nothing.

    Each pair stands twice, once for either side, so that the contacts of both look for themselves.
    """

    KINDS = [("exact", "文件完全相同"), ("picture", "图片相近"), ("poster", "视频封面相近"), ("page", "页面相近"),
             ("text", "文字相近")]  # fmt: skip

    version = models.ForeignKey(WorkVersion, models.CASCADE, related_name="likenesses", verbose_name="本作品版本")
    other = models.ForeignKey(WorkVersion, models.CASCADE, related_name="+", verbose_name="对照作品版本")
    kind = models.CharField("种类", max_length=8, choices=KINDS)
    score = models.PositiveSmallIntegerField("相似度")  # percent: of the picture's hashes, of the shorter text
    file = models.ForeignKey(WorkFile, models.CASCADE, related_name="+", verbose_name="本作品文件")
    other_file = models.ForeignKey(WorkFile, models.CASCADE, related_name="+", verbose_name="对照作品文件")
    found_at = models.DateTimeField("发现时间")
    looked_at = models.DateTimeField("比对时间", null=True, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="比对人"
    )
    note = models.CharField("比对意见", max_length=300, blank=True)

    objects = LikenessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "相似线索"
        ordering = ["looked_at", "-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "other", "kind"], name="one_likeness_a_kind"),
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=100), name="likeness_in_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.score}%"
