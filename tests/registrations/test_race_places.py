"""Places under many hands at once (R1, R2): the database holds them, whichever way they are asked for."""

import io
import random
import threading
import time
from collections import Counter
from functools import partial

import pytest
from django.db import IntegrityError
from django.urls import reverse

from core.accounts.models import User
from core.database import violated
from core.problems import Refused
from core.states import move
from registrations.models import PLACES_CHECK, RecommendationRow
from registrations.services import receiving, recommending, workbooks
from registrations.services.previewing import preview
from tests.contest import load_guangdong
from tests.core.workbooks import workbook
from tests.registrations import build, fire, sheets, staff
from tests.registrations.owner import replace_check, stop_counting
from tests.registrations.racing import broken, crowd, pace, race

NONE_LEFT = "还可推荐 0 个，本次 1 个，请移出 1 个，留作草稿"

pytestmark = pytest.mark.django_db(transaction=True)


# --- Every way at once, many units --------------------------------------------------------------------


def round_of_fire(desks: list[build.Desk], seed: int, processes: int = 1) -> dict[str, list[str]]:
    """Fifty attempts at each unit over 64 connections; what went wrong."""
    shots, began = fire.load(desks, random.Random(seed)), time.perf_counter()
    seen = crowd(shots, processes=processes)
    print(f"seed {seed}: {pace(seen, time.perf_counter() - began)}")  # pytest -s
    return fire.weigh(shots, seen)


@pytest.mark.soak
def test_no_place_is_oversold_lost_or_left_whatever_way_is_taken(soak):
    units, seeds, processes = (200, 20, 2) if soak else (3, 2, 1)
    desks = fire.targets(load_guangdong(), units)
    for seed in range(seeds):
        assert (seed, round_of_fire(desks, seed, processes), broken()) == (seed, fire.CLEAN, [])


def test_without_the_check_they_are_oversold():
    desks = fire.targets(load_guangdong(), 2)
    replace_check()
    found = next(wrong for seed in range(10) if (wrong := round_of_fire(desks, seed))["over"])
    assert (found["miscounted"], found["lost"], "没有单位超出名额" in broken()) == ([], [], True)


# --- One place, many hands ----------------------------------------------------------------------------


@pytest.mark.soak
def test_one_place_left_and_a_crowd(soak):
    racers, hands = (1000, 100) if soak else (64, 64)
    desk = build.desk(load_guangdong(), "base")
    acts = [partial(recommending.submit_rows, desk.form, [row], by=desk.officer) for row in desk.rows(racers)]
    began = time.perf_counter()
    seen = crowd(acts, hands=hands)
    print(pace(seen, time.perf_counter() - began))
    assert Counter(one.told for one in seen) == {"ok": 1, "places.exceeded": racers - 1}
    assert {one.words for one in seen if one.words} == {NONE_LEFT}
    assert (desk.quota.taken, desk.states.count("submitted"), broken()) == (1, 1, [])


def test_one_place_left_and_two_kinds_of_pages():
    """Twelve clicks on the clerk's page, four on the contact's page of a mailed workbook."""
    edition = load_guangdong()
    desk, contact = build.desk(edition, "base"), staff.organiser()
    page = reverse("recommendation", args=[desk.unit.pk])
    clicks = [(desk.officer, page, {"do": "submit", "ready": row.pk}) for row in desk.rows(12)]
    mail, rows = mailed(desk, contact, [sheets.line(姓名="赵小红", 联系电话=f"138001387{n:02}") for n in range(4)])
    clicks += [(contact, mail, {"submit": "yes", "row": row.pk}) for row in rows]
    browsers = [(staff.signed_in(user), path, posted) for user, path, posted in clicks]
    answers = race(*[partial(browser.post, path, posted) for browser, path, posted in browsers])
    refused = [answer.content.decode() for answer in answers if answer.status_code == 422]
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * 15
    assert [NONE_LEFT in words for words in refused] == [True] * 15
    assert (desk.quota.taken, broken()) == (1, [])


def mailed(desk: build.Desk, by: User, rows: list[list[object]]) -> tuple[str, list[RecommendationRow]]:
    """A workbook that a contact took in for the unit: the address of its page, and its rows."""
    content = workbook([sheets.HEADER, *rows])
    table = sheets.table(desk.edition, content)
    kept = workbooks.bring(desk.form, io.BytesIO(content), "来件.xlsx", by=by, letter="12 月 9 日来信")
    choice, seen = workbooks.Choice(), preview(desk.form, table).digest
    receiving.take_in_for_unit(kept, table, choice, by=by, seen=seen)
    address = reverse("admin:registrations_unit_mailed_workbook", args=[desk.unit.pk, kept.pk])
    return address, list(desk.form.rows.order_by("-pk")[: len(rows)])


# --- The guards themselves ----------------------------------------------------------------------------


def count_then_write(desk: build.Desk, row: RecommendationRow, counted: threading.Barrier) -> None:
    """What a hasty programmer writes: everybody counts before anybody writes."""
    free = desk.form.rows.holding().count() < desk.quota.limit
    counted.wait(timeout=60)
    if free:
        move(row, "submit")


@pytest.mark.parametrize("guarded", [True, False])
def test_the_race_is_real_and_the_trigger_is_what_stops_it(guarded):
    desk = build.desk(load_guangdong(), "base")
    rows, counted = desk.rows(16), threading.Barrier(16)
    if not guarded:
        stop_counting()
    outcomes = race(*[partial(count_then_write, desk, row, counted) for row in rows])
    refused = [violated(outcome) for outcome in outcomes if isinstance(outcome, IntegrityError)]
    assert (desk.states.count("submitted"), refused) == ((1, [PLACES_CHECK] * 15) if guarded else (16, []))


def test_a_refusal_by_the_check_reads_like_the_rules():
    desk = build.desk(load_guangdong(), "base")
    row = desk.row()
    replace_check("taken <= 0")  # narrower than what the rule was told
    with pytest.raises(Refused) as refused:
        desk.submit(row)
    assert (refused.value.problems, desk.states) == ([recommending.PLACES_GONE], ["draft"])
