"""A month's prizes: the organiser fills the round, a judge scores a record, the prizes reach the passbook."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from judging.models import Round
from judging.services import adoption, closing, opening
from tests.journeys.conftest import deliver, enters
from tests.journeys.looking import look
from tests.judging import build as judging
from tests.seasons.points import build as points
from tests.seasons.prizes import build
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_prizes(page: Page, live_server: LiveServer, contest: Edition, at: Callable[[str], None]) -> None:
    theme, boss = build.theme(points.edition()), build.organiser()
    record = build.passed(theme, 1)
    build.passed(theme, 2, title="老年人防诈骗课堂")
    enters(page, live_server.url, boss)
    page.goto(f"{live_server.url}/admin/seasons/season/{theme.pk}/change/")
    page.get_by_role("link", name="建立评审轮次").click()
    page.get_by_role("button", name="建立评审轮次").click()
    page.get_by_role("link", name="列入服务记录").click()
    at("1-pool")
    page.get_by_role("button", name="列入 2 条").click()
    at("2-theme")

    round_ = adoption.amend(Round.objects.get(theme=theme.name), {}, reason="沿用", by=boss)
    seat = judging.judge(round_)
    held = judging.given(round_, [seat], round_.candidates.order_by("number"))
    opening.open_round(round_, by=boss, reason="一位评委")
    enters(page, live_server.url, seat.user)
    page.goto(f"{live_server.url}/judge/")
    expect(page.get_by_text("三月：健康科普月").first).to_be_visible()
    page.get_by_role("link", name=re.compile(held[0].code)).first.click()
    expect(page.get_by_text("60 人（签到表）").first).to_be_attached()
    at("3-judge")
    judging.signed(held, [90, 70])
    closing.lock_round(Round.objects.get(pk=round_.pk), by=boss)
    closing.publish(Round.objects.get(pk=round_.pk), by=boss)

    enters(page, live_server.url, boss)
    page.goto(f"{live_server.url}/admin/seasons/season/{theme.pk}/change/")
    page.get_by_role("link", name="按名次发放奖项").click()
    at("4-prizes")
    page.get_by_label("理由").fill("公布名次")
    page.get_by_role("button", name="确认发放").click()
    expect(page.get_by_text("已更正 2 项")).to_be_visible()
    deliver()
    enters(page, live_server.url, points.lead(record.entry))
    page.goto(f"{live_server.url}/entries/{record.entry_id}/points/")
    expect(page.get_by_text("月度主题一等").first).to_be_visible()
    at("5-passbook")
    page.goto(f"{live_server.url}/results/{round_.pk}/")
    expect(page.get_by_role("heading", name="三月：健康科普月 主题评审排名")).to_be_visible()
    at("6-ranking")
    assert look(page) == []
