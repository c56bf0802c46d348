"""The calendar file: what RFC 5545 asks, whatever was typed."""

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from seasons.calendars import calendar, escaped, folded
from seasons.services import courses
from tests.judging.build import organiser
from tests.seasons.training import build
from tracks.models import Edition


def test_every_session_is_an_event_and_the_link_stays_at_home(client: Client, edition: Edition) -> None:
    course = build.course(edition)
    answer = client.get(reverse("course_calendar", args=[course.pk]))
    text = answer.content.decode()
    assert (answer["Content-Type"], text.count("BEGIN:VEVENT"), "DTSTART:20250105T113000Z\r\n" in text) == (
        "text/calendar; charset=utf-8",
        2,
        True,
    )
    assert build.LINK not in text


def test_a_cancelled_session_says_so(edition: Edition) -> None:
    course = build.course(edition)
    courses.cancel_session(build.all_of(course)[0], reason="停电", by=organiser())
    assert calendar(course, build.all_of(course), clock.now()).count(b"STATUS:CANCELLED\r\n") == 1


def test_no_title_starts_a_property_of_its_own() -> None:
    assert escaped("a;b,c\\d\r\nATTENDEE:x\x07") == "a\\;b\\,c\\\\d\\nATTENDEE:x"


@pytest.mark.parametrize("length", [1, 24, 25, 26, 200])
def test_lines_are_folded_between_characters(length: int) -> None:
    parts = folded("科" * length).split(b"\r\n ")
    assert (max(map(len, parts)) <= 75, b"".join(parts).decode()) == (True, "科" * length)
