"""A file's previews, and how far their making is."""

from django.db import models

from .. import states
from ..kinds import MP4, WEBP


class Derivation(models.Model):
    """The making of one file's previews: `done` of `total` steps, for the page that waits."""

    STATES = states.DERIVATION

    original = models.OneToOneField("files.StoredFile", models.CASCADE, related_name="derivation", verbose_name="原件")
    state = models.CharField("状态", max_length=10, choices=STATES.choices, default=STATES.initial)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("共", default=0)
    note = models.CharField("说明", max_length=200, blank=True)  # why there is no preview, for whoever looks

    class Meta:
        verbose_name = verbose_name_plural = "预览生成"
        constraints = [
            models.CheckConstraint(condition=models.Q(done__lte=models.F("total")), name="derivation_done_of_total")
        ]
        triggers = states.DERIVATION.triggers()

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.done}/{self.total}"

    @property
    def is_open(self) -> bool:
        """Whether waiting makes sense."""
        return self.state in (states.WAITING, states.WORKING)


class Derived(models.Model):
    """One preview: a picture, a poster, a page, a video, a text; a file of its own."""

    class Kind(models.TextChoices):
        PICTURE = "picture", "图片预览"  # ≤1600 px, without EXIF
        POSTER = "poster", "视频封面"
        VIDEO = "video", "视频预览"  # H.264, ≤720p
        PAGE = "page", "页面图"  # of a PDF, position from 1
        THUMBNAIL = "thumbnail", "缩略图"  # as the document brought it
        TEXT = "text", "文字预览"

    original = models.ForeignKey("files.StoredFile", models.CASCADE, related_name="derived", verbose_name="原件")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField("序号", default=1)
    width = models.PositiveIntegerField("宽", default=0)
    height = models.PositiveIntegerField("高", default=0)
    stored = models.OneToOneField("files.StoredFile", models.CASCADE, related_name="derived_from", verbose_name="文件")

    class Meta:
        verbose_name = verbose_name_plural = "预览"
        ordering = ["original", "kind", "position"]
        constraints = [models.UniqueConstraint(fields=["original", "kind", "position"], name="derived_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"

    @property
    def showable(self) -> bool:
        """Of a kind that `making` draws. A PDF in its place would have its script run by the browser's viewer."""
        return self.stored.kind in (WEBP, MP4)
