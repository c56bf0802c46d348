"""The registrations app."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """推荐与报名."""

    name = "registrations"
    verbose_name = "推荐与报名"
