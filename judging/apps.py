"""The judging app."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """评审."""

    name = "judging"
    verbose_name = "评审"
