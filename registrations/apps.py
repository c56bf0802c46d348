"""The registrations app."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "推荐与报名"

    def ready(self) -> None:
        from . import notices  # noqa: F401  # registers its kinds once the apps are loaded
