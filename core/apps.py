"""The ground floor's app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from .database import make_cache_table


class CoreConfig(AppConfig):
    """Makes the cache table beside its own."""

    name = "core"
    verbose_name = "基础"

    def ready(self) -> None:
        """Follow every migration."""
        post_migrate.connect(make_cache_table, sender=self)
