"""The audit app grants the application role no more than it needs."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from .grants import grant


class AuditConfig(AppConfig):
    """Grants after every migration."""

    name = "core.audit"
    label = "audit"
    verbose_name = "办理记录"

    def ready(self) -> None:
        """Follow every migration."""
        post_migrate.connect(grant)
