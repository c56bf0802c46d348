"""When somebody is reminded: a unit a week and a day before its deadline, and not too often by hand; a track's contact
every morning."""

from datetime import datetime, timedelta

from core.problems import Problem
from tracks.rulebook import Window

REMIND_BEFORE = (7, 1)  # days before the deadline
CORRECTION_NEAR = timedelta(days=1)
URGE_EVERY = timedelta(hours=24)
MORNING = 8  # o'clock, when the contacts hear of the day before


def due_reminder(window: Window, now: datetime) -> int | None:
    """How many days before the deadline the reminder is that is due now; of several missed ones only the latest."""
    if window.closes is None or not window.contains(now):
        return None
    left = window.closes - now
    return min((days for days in REMIND_BEFORE if left <= timedelta(days=days)), default=None)


def correction_is_near(until: datetime | None, now: datetime) -> bool:
    """Whether a returned row has a day or less left (Q32)."""
    return until is not None and timedelta() < until - now <= CORRECTION_NEAR


def day_told(now: datetime) -> tuple[datetime, datetime] | None:
    """The day of which contacts hear this morning: from eight to eight, its end exclusive; None before eight.

    now: in Beijing.
    """
    end = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1), end) if now >= end else None


def check_urge(window: Window, urged_at: datetime | None, now: datetime) -> list[Problem]:
    """催报 by hand: while the unit can still submit, and once in 24 hours."""
    if not window.contains(now):
        return [Problem("urge.closed", "不在推荐报送时间内，催了也不能提交；需要补报的，请先“延长报送”")]
    if urged_at and now - urged_at < URGE_EVERY:
        return [Problem("urge.too_soon", f"24 小时内已经催过（{urged_at.astimezone(now.tzinfo):%m-%d %H:%M}）")]
    return []
