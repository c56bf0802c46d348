"""The accounts app."""

from allauth.core.internal import ratelimit
from django.apps import AppConfig

from . import limits


class AccountsConfig(AppConfig):
    """People and how they sign in."""

    name = "core.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """Count tries our way; allauth has no setting for it."""
        ratelimit.consume = limits.consume
