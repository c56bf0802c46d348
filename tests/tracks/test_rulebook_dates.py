"""When an action is allowed: precision, bounds and gates (G28–G30, Q20)."""

from datetime import datetime
from pathlib import Path

import pytest

from tracks.rulebook import BEIJING, parse, parse_when

TEXT = (Path(__file__).parents[2] / "tracks/editions/guangdong-2024.toml").read_text(encoding="utf-8")
RULEBOOK = parse(TEXT).rulebook


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("value", "precision", "first", "after"),
    [
        (datetime(2024, 12, 15, 17), "minute", "2024-12-15T17:00:00", "2024-12-15T17:00:01"),
        (datetime.fromisoformat("2024-12-15T09:00:00+00:00"), "minute", "2024-12-15T17:00:00", "2024-12-15T17:00:01"),
        (datetime(2024, 12, 15).date(), "day", "2024-12-15", "2024-12-16"),
        ("2024-02下旬", "xun", "2024-02-21", "2024-03-01"),
        ("2025-09中旬", "xun", "2025-09-11", "2025-09-21"),
        ("2025-12", "month", "2025-12-01", "2026-01-01"),
        ("2021", "year", "2021-01-01", "2022-01-01"),
    ],
)
def test_precision_gives_the_bounds(value: object, precision: str, first: str, after: str) -> None:
    when = parse_when(value)
    assert (when.precision, when.first, when.after) == (precision, at(first), at(after))


@pytest.mark.parametrize("value", ["2025-13", "明年", 2025, True, "1999-01", datetime(9999, 12, 31)])
def test_what_is_no_date_is_refused_in_words(value: object) -> None:
    with pytest.raises(ValueError, match=r"月|日期|年份"):
        parse_when(value)


@pytest.mark.parametrize(
    ("action", "moment", "allowed"),
    [
        ("recommend", "2024-12-15T17:00:00.999", True),
        ("recommend", "2024-12-15T17:00:01", False),
        ("register", "2024-12-21T23:59:59", False),
        ("register", "2024-12-22T00:00:00", True),
        ("register", "2024-12-25T23:59:59", True),
        ("register", "2024-12-26T00:00:00", False),
        ("serve", "2025-08-30T23:59:59", True),
        ("serve", "2025-08-31T00:00:00", False),
        ("nominate", "2024-12-15T12:00:00", False),
    ],
)
def test_windows_of_the_real_edition(action: str, moment: str, allowed: bool) -> None:
    assert RULEBOOK is not None
    assert RULEBOOK.window(action).contains(at(moment)) is allowed


def test_theme_windows_differ_by_category() -> None:
    assert RULEBOOK is not None
    opens = [RULEBOOK.window("submit", category).opens for category in "ABC"]
    assert opens == [at("2024-12-28"), at("2025-01-10"), at("2025-01-10")]
