"""Beat with a heartbeat of its own, so that a silent beat is noticed (GOV.UK Notify 2022)."""

import logging
import time
from typing import Any

from django.db import Error, close_old_connections
from django_celery_beat.schedulers import DatabaseScheduler

from .ticks import seen

log = logging.getLogger(__name__)

EVERY = 15.0  # seconds between heartbeats


class Scheduler(DatabaseScheduler):
    """The usual scheduler; each round also writes the heartbeat row."""

    next_beat = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Write the heartbeat when it is time, then do the usual round."""
        if time.monotonic() >= self.next_beat:
            self.next_beat = time.monotonic() + EVERY
            try:
                seen("beat")
            except Error as error:
                log.warning("heartbeat not written: %s", error)
                close_old_connections()
        return super().tick(*args, **kwargs)
