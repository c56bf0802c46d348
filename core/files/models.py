"""A private file: who brought it, what it is, where its bytes lie."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from core import clock
from core.audit.history import tracked

from .derived.models import Derivation, Derived
from .inspection.models import FileCheck
from .kinds import BY_CONTENT_TYPE, UNKNOWN, Kind

__all__ = ["Derivation", "Derived", "FileCheck", "StoredFile"]

SHA256 = r"\A[0-9a-f]{64}\Z"


def random_path(_: models.Model, __: str) -> str:
    """Where the bytes go: nothing of the user's name, and no folder grows without end."""
    name = uuid.uuid4().hex
    return f"private/{name[:2]}/{name}"


@tracked(personal=("original_name",))
class StoredFile(models.Model):
    """Bytes exactly as they were sent, with their SHA-256. Never changed; a new version is a new file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="上传人"
    )
    original_name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, validators=[RegexValidator(SHA256)], db_index=True)
    content_type = models.CharField("类型", max_length=100)
    blob = models.FileField("存放位置", upload_to=random_path, max_length=100, unique=True)
    created_at = models.DateTimeField("上传时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        constraints = [models.CheckConstraint(condition=models.Q(sha256__regex=SHA256), name="sha256_is_hex")]

    def __str__(self) -> str:
        return self.original_name

    @property
    def kind(self) -> Kind:
        """What the content was found to be."""
        return BY_CONTENT_TYPE.get(self.content_type, UNKNOWN)

    @property
    def extension(self) -> str:
        """`.xlsx`, as the user named it; a label, not a proof."""
        return PurePath(self.original_name).suffix.lower()
