"""The tracks app."""

from django.apps import AppConfig


class TracksConfig(AppConfig):
    name = "tracks"
    verbose_name = "赛事规则"
