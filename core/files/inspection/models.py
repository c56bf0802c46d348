"""What a stored file was found to be, kept so that nothing is inspected twice."""

from django.db import models

from .. import states
from .found import Found


class FileCheck(models.Model):
    """The check of one file. While it waits the file is in quarantine: nobody may open it."""

    STATES = states.CHECK

    file = models.OneToOneField("files.StoredFile", models.CASCADE, related_name="check_result", verbose_name="文件")
    state = models.CharField("状态", max_length=10, choices=STATES.choices, default=STATES.initial)
    facts = models.JSONField("内容", null=True, blank=True)  # Found, once it was inspected
    code = models.CharField("问题", max_length=60, blank=True)  # file.<code> of a refusal
    message = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件检查"
        triggers = states.CHECK.triggers()

    def __str__(self) -> str:
        return f"{self.file_id} {self.get_state_display()}"

    @property
    def found(self) -> Found | None:
        """What it is; None before it was inspected, or when it was refused."""
        return Found.loaded(self.facts) if self.facts else None
