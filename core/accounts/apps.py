"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and how they sign in."""

    name = "core.accounts"
    label = "accounts"
    verbose_name = "账号"
