"""The audit app grants the application role no more than it needs."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from .grants import grant


class AuditConfig(AppConfig):
    name = "core.audit"
    label = "audit"
    verbose_name = "办理记录"

    def ready(self) -> None:
        post_migrate.connect(grant)
