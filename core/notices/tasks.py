"""The job that delivers a notice."""

from datetime import timedelta
from typing import Any

from core.jobs.registry import handler

from . import services


# Mail cannot be part of a transaction, so `deliver` keeps its own states. It counts its own attempts too; the job's
# are more, since a killed worker uses one up. The lease outlasts a mail server that stalls (EMAIL_TIMEOUT).
@handler(
    services.JOB, label="发送通知", max_attempts=3 * services.MAX_ATTEMPTS, lease=timedelta(minutes=2), atomic=False
)
def deliver(key: str, payload: dict[str, Any]) -> None:
    """Send one queued notice; harmless when run twice."""
    services.deliver(payload["notice"])
