"""Working days as the organiser has them: the table of 放假与调休 goes before the calendar built in."""

from collections.abc import Callable
from datetime import date

from core import workdays

from .models import SpecialDay


def calendar() -> Callable[[date], bool]:
    """Whether a day is a working day; the table is read once."""
    special = dict(SpecialDay.objects.values_list("day", "works"))
    return lambda day: special[day] if day in special else workdays.is_workday(day)
