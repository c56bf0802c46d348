"""The seasons app."""

from importlib import import_module

from django.apps import AppConfig


class SeasonsConfig(AppConfig):
    """主题赛季."""

    name = "seasons"
    verbose_name = "主题赛季"

    def ready(self) -> None:
        """Let judges read service records."""
        import_module("seasons.judged")
