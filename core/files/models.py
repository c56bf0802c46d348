"""A private file: who brought it, what it is, where its bytes lie; and the way it comes in piece by piece."""

import uuid
from pathlib import PurePath

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core import clock
from core.accounts.models import User
from core.audit.history import tracked

from . import states
from .derived.models import Derivation, Derived
from .inspection.models import FileCheck
from .kinds import BY_CONTENT_TYPE, UNKNOWN, Kind

__all__ = ["Derivation", "Derived", "FileCheck", "StoredFile", "Upload"]

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

    @property
    def check_state(self) -> str:
        """waiting, passed or refused; the original goes out only when it has passed."""
        found: FileCheck | None = getattr(self, "check_result", None)
        return found.state if found else states.WAITING

    @property
    def making(self) -> Derivation | None:
        """The making of its previews, while it goes on."""
        found: Derivation | None = getattr(self, "derivation", None)
        return found if found and found.is_open else None

    @property
    def pictures(self) -> list[Derived]:
        """What a page shows of it: itself or its pages, drawn anew."""
        return [one for one in self.derived.all() if one.kind in (Derived.Kind.PICTURE, Derived.Kind.PAGE)]

    @property
    def unready(self) -> bool:
        """The page that shows it should look again."""
        return self.check_state == states.WAITING or self.making is not None


class UploadQuerySet(models.QuerySet["Upload"]):
    """Uploads, by who may see them and by what they are for."""

    def visible_to(self, user: User | AnonymousUser) -> "UploadQuerySet":
        """One's own only, whatever one's role."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def unfinished(self, purpose: str = "") -> "UploadQuerySet":
        """Those that can be gone on with, for a slot or for any; the latest first."""
        wanted = {"purpose": purpose} if purpose else {}
        return self.filter(state=states.OPEN, **wanted).order_by("-created_at")


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent("moved", condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state"))),
    exclude=("offset", "parts", "expires_at"),
    personal=("name",),
)
class Upload(models.Model):
    """One file on its way in (断点续传): announced with size and SHA-256, then sent piece by piece.

    The announcement never changes; another file is another upload. `offset` counts what is kept for certain; a piece
    torn by a crash is written anew from there. See `core.files.uploads` for every write.
    """

    STATES = states.UPLOAD

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    purpose = models.CharField("用途", max_length=100)  # the slot it fills, as the app names it: "work:12:video"
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("声明的字节数")
    sha256 = models.CharField("声明的 SHA-256", max_length=64, validators=[RegexValidator(SHA256)])
    offset = models.PositiveBigIntegerField("已收到的字节数", default=0)
    path = models.CharField("存放位置", max_length=100, unique=True)
    parts = ArrayField(models.CharField(max_length=120), verbose_name="分片", default=list, blank=True)
    state = models.CharField("状态", max_length=10, choices=STATES.choices, default=STATES.initial)
    note = models.CharField("说明", max_length=300, blank=True)  # why it was not accepted, for its owner
    created_at = models.DateTimeField("声明时间", default=clock.now, editable=False)  # contest time
    expires_at = models.DateTimeField("保留至")  # real time
    stored = models.OneToOneField(
        StoredFile, models.CASCADE, null=True, blank=True, related_name="upload", verbose_name="文件"
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上传"
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="upload_sha256_is_hex"),
            models.CheckConstraint(condition=Q(size__gt=0, offset__lte=F("size")), name="upload_within_announced"),
            models.CheckConstraint(
                condition=Q(state=states.COMPLETE, stored__isnull=False, offset=F("size"))
                | Q(~Q(state=states.COMPLETE), stored=None),
                name="upload_complete_is_stored",
            ),
            models.UniqueConstraint(
                fields=["owner", "purpose", "sha256", "size"],
                condition=Q(state=states.OPEN),
                name="upload_open_once",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state=states.OPEN), name="upload_open")]
        triggers = states.UPLOAD.triggers()

    def __str__(self) -> str:
        return self.name

    @property
    def whole(self) -> bool:
        """Every announced byte is here."""
        return self.offset == self.size

    @property
    def percent(self) -> int:
        """How much is here, rounded down."""
        return self.offset * 100 // self.size
