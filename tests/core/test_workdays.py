"""Working days, by the official calendar and beyond it."""

from datetime import date

import pytest

from core.workdays import after_workdays, is_workday


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 12, 15), False),  # a Sunday
        (date(2025, 1, 1), False),  # a holiday
        (date(2025, 1, 26), True),  # a Sunday made up for the Spring Festival
        (date(2035, 1, 1), True),  # a Monday of a year that no calendar knows
    ],
)
def test_working_days(day, expected):
    assert is_workday(day) == expected


def test_three_working_days_after_a_return():
    assert after_workdays(date(2024, 12, 13), 3) == date(2024, 12, 18)
    assert after_workdays(date(2024, 12, 30), 3) == date(2025, 1, 3)
