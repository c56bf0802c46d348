"""The notices app; each app registers its kinds of notice in its `notices.py`."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NoticesConfig(AppConfig):
    """Finds every app's kinds of notice."""

    name = "core.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """Import every app's `notices.py`."""
        autodiscover_modules("notices")
