"""The jobs app; its handlers live in each app's `tasks.py`."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Finds every app's handlers."""

    name = "core.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        """Import every app's `tasks.py`, not only in workers: rehearsal, tests and `drain_jobs` run handlers too."""
        autodiscover_modules("tasks")
