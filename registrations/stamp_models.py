"""The form on paper: each version as printed, and the stamped scans that came back."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from core import clock
from core.audit.history import tracked
from core.files.models import SHA256, StoredFile

if TYPE_CHECKING:
    from core.accounts.models import User


class PrintedFormQuerySet(models.QuerySet["PrintedForm"]):
    """Prints by who may see them."""

    def visible_to(self, user: "User") -> "PrintedFormQuerySet":
        """Whoever may see the form."""
        forms: Any = PrintedForm.recommendation.field.related_model  # that module looks here, so it is not imported
        return self.filter(recommendation__in=forms.objects.visible_to(user))


@tracked(exclude=("rows",))
class PrintedForm(models.Model):
    """A form as it was printed for the stamp (打印件). The same content is the same version; it never changes."""

    recommendation = models.ForeignKey(
        "registrations.Recommendation", models.CASCADE, related_name="prints", verbose_name="推荐表"
    )
    version = models.PositiveSmallIntegerField("版本")
    sha256 = models.CharField("内容 SHA-256", max_length=64, validators=[RegexValidator(SHA256)])
    rows = models.JSONField("打印的行", help_text="电话只留头尾")  # of rules.stamp.PrintedRow
    made_at = models.DateTimeField("打印时间", default=clock.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="打印人"
    )

    objects = PrintedFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "打印件"
        ordering = ["recommendation", "version"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "version"], name="one_print_a_version"),
            models.UniqueConstraint(fields=["recommendation", "sha256"], name="one_print_a_content"),
        ]
        triggers = [pgtrigger.ReadOnly(name="print_stays", fields=["recommendation", "version", "sha256", "rows"])]

    def __str__(self) -> str:
        return f"第 {self.version} 版"


class StampedScanQuerySet(models.QuerySet["StampedScan"]):
    """Scans by who may see them."""

    def visible_to(self, user: "User") -> "StampedScanQuerySet":
        """Whoever may see the form: its unit, the contacts of its rows' tracks, the organiser."""
        return self.filter(printed__in=PrintedForm.objects.visible_to(user))


@tracked()
class StampedScan(models.Model):
    """A file of the stamped form (盖章扫描件). It holds as long as the rows are still what was printed (practice 1)."""

    printed = models.ForeignKey(PrintedForm, models.CASCADE, related_name="scans", verbose_name="打印件")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    found_by = models.CharField("认出的方式", max_length=8, choices=[("qr", "二维码"), ("typed", "手填版本码")])
    uploaded_at = models.DateTimeField("上传时间", default=clock.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="上传人"
    )

    objects = StampedScanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "盖章扫描件"
        ordering = ["uploaded_at", "pk"]

    def __str__(self) -> str:
        return f"{self.printed}盖章扫描件"
