"""What the queue of record runs for seasons: harmless when run twice."""

from datetime import timedelta
from typing import Any

from core.jobs.registry import handler
from tracks.models import Edition

from .services import freezing, ladder, posting


@handler(posting.POST, label="积分入账", lease=timedelta(minutes=5))
def post(key: str, payload: dict[str, Any]) -> None:
    """Post whatever waits; while no rules are published, or the points are frozen, it goes on waiting."""
    edition = Edition.objects.get(pk=payload["edition"])
    if ladder.rules_of(edition) and ladder.ladder_of(edition).frozen_at is None:
        posting.post(edition)


@handler(freezing.SNAPSHOT, label="积分快照", lease=timedelta(minutes=15))
def snapshot(key: str, payload: dict[str, Any]) -> None:
    """Keep the standings as they were frozen."""
    freezing.take_snapshot(Edition.objects.get(pk=payload["edition"]), payload["number"])
