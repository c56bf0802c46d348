"""Celery only wakes workers; the queue of record is Postgres (`core.jobs`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisc_portal.settings")

app = Celery("aisc_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
