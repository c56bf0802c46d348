"""The top floor: settings, addresses and the pages composed from every app. Nothing imports it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
