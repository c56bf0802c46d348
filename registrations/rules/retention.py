"""How long personal data is kept: so many months after a milestone has ended."""

from calendar import monthrange
from datetime import datetime


def expires_at(ended: datetime, months: int) -> datetime:
    """The moment from which it is no longer kept; the 31st becomes the last day of a shorter month."""
    year, month = divmod(ended.year * 12 + ended.month - 1 + months, 12)
    return ended.replace(year=year, month=month + 1, day=min(ended.day, monthrange(year, month + 1)[1]))
