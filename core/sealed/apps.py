"""The app of sealed data: no tables of its own; a command, and checks."""

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register

from .checks import check_keys
from .keys import keyring


class SealedConfig(AppConfig):
    """Looks at the keys before anything is served."""

    name = "core.sealed"
    label = "sealed"
    verbose_name = "加密存储"

    def ready(self) -> None:
        """Raises ImproperlyConfigured in production when a key is faulty: no process starts then."""
        register(check_keys, Tags.security)
        if settings.PRODUCTION:  # gunicorn runs no checks
            keyring()
