"""The audit app grants the application role no more than it needs."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from . import quick_migrations
from .grants import grant
from .redaction import install


class AuditConfig(AppConfig):
    """Grants after every migration; makes the procedure that blanks a person in history."""

    name = "core.audit"
    label = "audit"
    verbose_name = "办理记录"

    def ready(self) -> None:
        """Follow every migration; have them go quickly."""
        quick_migrations.install()
        post_migrate.connect(grant)
        post_migrate.connect(install, sender=self)
