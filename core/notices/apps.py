"""The notices app; each app registers its kinds of notice in its `notices.py`."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NoticesConfig(AppConfig):
    name = "core.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        autodiscover_modules("notices")
