"""The awards app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register

from .certificates.keys import check_keys, keys


class AwardsConfig(AppConfig):
    """奖项."""

    name = "awards"
    verbose_name = "奖项"

    def ready(self) -> None:
        """Raises ImproperlyConfigured in production when a certificate key is faulty: no process starts then."""
        register(check_keys, Tags.security)
        if settings.PRODUCTION:  # gunicorn runs no checks
            keys()
