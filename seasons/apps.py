"""The seasons app."""

from django.apps import AppConfig


class SeasonsConfig(AppConfig):
    """主题赛季."""

    name = "seasons"
    verbose_name = "主题赛季"
