"""A participant takes a seat, signs in by the code, studies; the contact publishes who advances."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core import clock
from seasons.models import Advance, Session
from seasons.services import attending, courses
from tests.journeys.conftest import enters
from tests.journeys.looking import ADMIN, PORTAL, faults
from tests.judging.build import contact, organiser
from tests.seasons.training import build
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
See = Callable[[str], None]


def test_training(page: Page, live_server: LiveServer, contest: Edition, at: See) -> None:
    course = build.course(build.decided(contest), teacher="何老师", summary="从选题到成片，边学边做。", capacity=300)
    boss = organiser()
    courses.save_material(course, {"title": "怎样选题", "text": "先写一句话：看完以后知道了什么。"}, by=boss)
    asked = {"text": "AI 生成的内容，发布前要做什么？", "options": "*逐条核实\n直接发布", "multiple": False}
    courses.save_question(course, asked, by=boss)
    entry = build.accepted(course.season.edition)
    sessions = build.all_of(course)
    enters(page, live_server.url, build.leader(entry).user)
    page.goto(f"{live_server.url}/training/")
    at("1-themes")
    page.get_by_role("link", name="看课程，报名").first.click()
    at("2-course")
    page.get_by_role("button", name="报名这门课").click()
    expect(page.get_by_text("已报名 1 人")).to_be_visible()
    page.get_by_role("link", name="怎样选题").click()
    page.get_by_role("button", name="学完了，记为已学").click()
    page.get_by_role("link", name="做测验").click()
    page.get_by_label("逐条核实").check()
    at("3-quiz")
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_text("答对 1/1 题，及格")).to_be_visible()
    for number, session in enumerate(sessions):
        sign_in_by_code(page, live_server.url, session, at if not number else lambda step: None)
    at("5-attended")
    build.end(course)
    enters(page, live_server.url, contact(course.season.edition))
    publish(page, live_server.url, course.season_id, entry.track_id, at)
    assert Advance.objects.get().goes
    enters(page, live_server.url, build.leader(entry).user)
    page.goto(f"{live_server.url}/entries/{entry.pk}/")
    expect(page.get_by_text("已推选参赛")).to_be_visible()
    at("9-progress")
    assert faults(page, f"{live_server.url}/training/{course.pk}/", PORTAL) == []


def sign_in_by_code(page: Page, server: str, session: Session, at: See) -> None:
    """What stands on the screen, typed on the phone."""
    clock.set_now(session.starts_at)
    page.goto(f"{server}/training/{session.course_id}/")
    page.get_by_role("link", name="填签到码").click()
    page.get_by_label("签到码").fill("000000")
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_text("签到码不对").first).to_be_visible()
    at("4-code")
    page.get_by_label("签到码").fill(attending.code_now(session, clock.now())[0])
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_text("签到成功")).to_be_visible()


def publish(page: Page, server: str, theme: int, track: int, at: See) -> None:
    """The contact looks through the list and publishes it."""
    page.goto(f"{server}/admin/seasons/season/{theme}/change/")
    at("6-theme")
    page.get_by_role("link", name="推选参赛").first.click()
    page.goto(f"{server}/admin/seasons/season/{theme}/advance/{track}/")
    at("7-list")
    page.get_by_role("button", name="公布（1 份）").click()
    expect(page.get_by_text("已公布 1 份，其中推选参赛 1 份")).to_be_visible()
    at("8-published")


def test_what_axe_says_of_the_list(page: Page, live_server: LiveServer, contest: Edition) -> None:
    course = build.course(contest)
    entry = build.accepted(contest)
    enters(page, live_server.url, organiser())
    url = f"{live_server.url}/admin/seasons/season/{course.season_id}/advance/{entry.track_id}/"
    assert faults(page, url, ADMIN) == []


def test_the_code_screen(page: Page, live_server: LiveServer, contest: Edition, at: See) -> None:
    """Big, and renewed without a click."""
    session = build.all_of(build.course(contest))[0]
    clock.set_now(session.starts_at)
    enters(page, live_server.url, organiser())
    page.goto(f"{live_server.url}/training/sessions/{session.pk}/screen/")
    first = page.locator("[data-code]").inner_text()
    at("1-screen")
    expect(page.locator("[data-code]")).not_to_have_text(first, timeout=60_000)
    page.goto(f"{live_server.url}/admin/seasons/course/{session.course_id}/change/")
    at("2-course")
    page.goto(f"{live_server.url}/admin/seasons/course/{session.course_id}/attendance/")
    at("3-attendance")
    assert faults(page, f"{live_server.url}/training/sessions/{session.pk}/screen/", PORTAL) == []
