"""Working days (工作日) in mainland China: official holidays and make-up days; else Monday to Friday."""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from .clock import BEIJING


def is_workday(day: date) -> bool:
    """True for a working day; years that the calendar does not know yet count Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def after_workdays(start: date, count: int) -> date:
    """The last of `count` working days that follow `start`; the first day does not count."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def deadline_after(moment: datetime, count: int) -> datetime:
    """The end of the last of so many working days after a moment, as an exclusive bound in Beijing (Q32)."""
    last = after_workdays(moment.astimezone(BEIJING).date(), count)
    return datetime.combine(last + timedelta(days=1), time(), BEIJING)
