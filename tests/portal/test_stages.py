"""The front page over a whole year: every day has its stage, and every visitor something true to read."""

from datetime import datetime, timedelta
from itertools import groupby

import pytest
from django.test import Client
from django.urls import reverse

from aisc_portal.stages import ORDER, STAGES, Results, Stage, stage
from aisc_portal.todos import todos
from core import clock
from core.clock import BEIJING
from tests.awards import wall_build
from tests.registrations.staff import organiser
from tracks.models import Edition

FIRST = datetime(2024, 11, 20, 12, tzinfo=BEIJING)
OPENS, CLOSES = datetime(2025, 9, 22, 9, tzinfo=BEIJING), datetime(2025, 9, 27, tzinfo=BEIJING)


def results_on(day: datetime) -> Results:
    """Announced on the 22nd of September, all final on the 29th."""
    return Results(OPENS, CLOSES, settled=day > CLOSES + timedelta(days=2)) if day >= OPENS else Results()


@pytest.fixture
def year(edition: Edition) -> list[Stage]:
    days = [FIRST + timedelta(days=n) for n in range(330)]
    return [stage(edition.rulebook, edition.calendar, day, results_on(day)) for day in days]


def test_the_stages_follow_each_other_once(year: list[Stage]) -> None:
    assert [(code, next(days).now.strftime("%m-%d")) for code, days in groupby(year, key=lambda one: one.code)] == [
        ("before", "11-20"),
        ("enter", "11-26"),
        ("entered", "12-26"),
        ("train", "12-28"),
        ("serve", "02-10"),
        ("served", "08-31"),
        ("final", "09-11"),
        ("publicity", "09-22"),
        ("over", "09-29"),
    ]


def test_every_countdown_runs_to_what_lies_ahead(year: list[Stage]) -> None:
    assert [one for one in year if one.turn and one.turn.until <= one.now] == []
    named = {one.code: one.turn.name if one.turn else "" for one in year}
    assert named == {
        "before": "报名开始",
        "enter": "",  # the channels above have their own
        "entered": "培训开始",
        "train": "积分赛季开始",
        "serve": "积分赛季结束",
        "served": "终审开始",
        "final": "",
        "publicity": "",  # over, objections are being answered
        "over": "",
    }
    assert next(one.turn.name for one in year if one.code == "publicity" and one.turn) == "公示截止"


def test_the_row_of_stages_has_one_present(year: list[Stage]) -> None:
    names = [name for name, _ in STAGES]
    for one in year:
        states = [step.state for step in one.steps]
        assert ([step.name for step in one.steps], states.count("now")) == (names, one.code != "before")
        assert states == sorted(states, key=["done", "now", "todo"].index)
    assert {one.code for one in year} == set(ORDER) - {"judged"}


def test_every_visitor_reads_something_with_a_page_behind_it(edition: Edition, year: list[Stage]) -> None:
    for one in year:
        cards = todos(edition.rulebook, edition.calendar, one)
        assert [card.who for card in cards] == ["推荐单位", "参赛者", "评委", "公众"]
        assert [card for card in cards if not (card.text and card.link_text and reverse(card.link))] == []


def test_somebody_has_something_to_do_in_every_stage_but_the_waits(edition: Edition, year: list[Stage]) -> None:
    busy = {one.code for one in year if any(c.now for c in todos(edition.rulebook, edition.calendar, one))}
    assert {one.code for one in year} - busy == {"before", "entered", "served"}


def test_the_page_follows_the_lists_of_winners(client: Client, edition: Edition) -> None:
    boss = organiser()
    clock.set_now(OPENS)
    wall_build.won(edition, boss, wall_build.handed(edition))
    clock.set_now(OPENS)  # building sets it back
    assert "本届大赛已结束。" in client.get("/").content.decode()
    other = wall_build.handed(edition, "另一件")
    clock.set_now(OPENS)
    wall_build.announced(edition, boss, other, group="另一组")
    said = client.get("/").content.decode()
    assert [word for word in ("天后公示截止", "距公示截止还有") if word not in said] == []


def test_nobody_is_sent_to_object_when_the_window_is_over(year: list[Stage], edition: Edition) -> None:
    after = next(one for one in year if one.code == "publicity" and one.turn is None)
    assert "等待名单生效" in after.said
    told = [one.text for one in todos(edition.rulebook, edition.calendar, after)]
    assert [text for text in told if "在公示期内" in text] == []
    assert sum("不再受理异议" in text for text in told) == 3
