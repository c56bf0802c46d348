"""What Celery runs over all apps: harmless when run twice."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction

from core import clock
from core.jobs import ticks

from . import checkups, personal

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)


@shared_task
def expire() -> None:
    """Every hour by beat, once a night: clear personal data whose term has run out."""
    with transaction.atomic():  # the slot is taken together with the effect
        if ticks.take_slot("personal.expire", EVERY):
            for (edition, kind), number in personal.expire(clock.now()).items():
                log.warning("到期清理 %s：%s %s 件", edition, kind, number)


@shared_task
def checkup() -> None:
    """Every hour by beat, once a day: have every invariant checked; the cockpit tells what was found."""
    with transaction.atomic():
        if ticks.take_slot("portal.checkup", EVERY):
            checkups.ask()
