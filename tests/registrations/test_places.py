"""Places and windows as pure rules (G7–G18, G30, Q32), against the edition's own figures."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import BEIJING
from registrations.rules import Places, check_correction, check_places, check_window
from registrations.rules.places import check_extension
from tracks.rulebook import Window

OPENS, CLOSES = datetime(2024, 11, 26, tzinfo=BEIJING), datetime(2024, 12, 15, 17, 0, 1, tzinfo=BEIJING)
WINDOW = Window("recommend", OPENS, CLOSES)
LAST = CLOSES - timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("limit", "taken", "asked", "codes"),
    [
        (25, 24, 1, []),
        (25, 24, 2, ["places.exceeded"]),
        (25, 25, 0, []),
        (50, 0, 51, ["places.exceeded"]),
        (0, 0, 1, ["places.exceeded"]),
        (None, 0, 1, ["places.closed"]),
    ],
)
def test_places(limit, taken, asked, codes):
    assert [p.code for p in check_places(Places(limit, taken, asked))] == codes


def test_too_many_are_told_how_many_to_take_out():
    (problem,) = check_places(Places(limit=25, taken=23, asked=5))
    assert problem.message == "还可推荐 2 个，本次 5 个，请移出 3 个，留作草稿"


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (OPENS - MILLISECOND, ["window.early"]),
        (OPENS, []),
        (datetime(2024, 12, 15, 17, 0, tzinfo=BEIJING), []),
        (LAST, []),
        (CLOSES, ["window.late"]),
        (CLOSES + MILLISECOND, ["window.late"]),
    ],
)
def test_window_is_half_open(now, codes):
    assert [p.code for p in check_window(WINDOW, now)] == codes


def test_dates_are_told_in_beijing_s_time_wherever_they_come_from():
    window = Window("register", OPENS.astimezone(UTC), CLOSES.astimezone(UTC))
    (early,) = check_window(window, OPENS - MILLISECOND)
    (short,) = check_extension(window, CLOSES, OPENS)
    assert "11 月 26 日（周二），请届时再来" in early.message
    assert "12 月 15 日（周日）17:00）" in short.message


@pytest.mark.parametrize("action", ["recommend", "claim", "register"])
def test_an_action_that_no_milestone_opens_is_closed(action):
    assert [p.code for p in check_window(Window(action, None, None), WINDOW.opens)] == ["window.unset"]


@pytest.mark.parametrize(
    ("until", "now", "codes"),
    [
        (None, CLOSES, []),
        (CLOSES + timedelta(days=3), CLOSES + timedelta(days=2), []),
        (CLOSES + timedelta(days=3), CLOSES + timedelta(days=3), ["row.correction_late"]),
        (OPENS + timedelta(days=3), LAST, []),  # the window is open anyway
    ],
)
def test_a_returned_row_has_its_own_deadline(until, now, codes):
    assert [p.code for p in check_correction(until, WINDOW, now)] == codes


def test_the_two_channels_close_apart(edition):
    recommend, register = edition.window("recommend"), edition.window("register")
    late, eve = datetime(2024, 12, 15, 17, 0, 1, tzinfo=BEIJING), datetime(2024, 12, 25, 23, 59, tzinfo=BEIJING)
    assert (recommend.closes, recommend.contains(late), register.contains(eve)) == (CLOSES, False, True)
