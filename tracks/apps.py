"""The tracks app."""

from django.apps import AppConfig


class TracksConfig(AppConfig):
    """赛事规则."""

    name = "tracks"
    verbose_name = "赛事规则"
