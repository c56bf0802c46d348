"""The top floor as an app: its commands, and the pages composed from every app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """门户."""

    name = "aisc_portal"
    verbose_name = "门户"
