"""The awards app."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """奖项."""

    name = "awards"
    verbose_name = "奖项"
