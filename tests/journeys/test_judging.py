"""A judge comes in by the link and signs; the organiser watches, locks and publishes; anyone reads the ranking."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from core.tokens import token_of
from judging.models import Assignment
from judging.services import adoption, closing, judges
from tests.journeys.conftest import PASSWORD, deliver, sign_in
from tests.journeys.looking import ADMIN, PORTAL, faults, look
from tests.judging import build
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
See = Callable[[str], None]


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_judge_comes_in(page: Page, live_server: LiveServer, contest: Edition, at: See) -> None:
    """From the link: sign in, promise, and the works are there; one is handed back, the rest signed."""
    review = build.round_of(contest)
    user = with_password(User.objects.create_user("专家", email="expert@example.test"))
    invitation = judges.invite(review, by=None, email="expert@example.test", name="专家")
    page.goto(f"{live_server.url}/judge/invitations/{token_of(invitation)}/")
    at("1-link")
    sign_in(page, live_server.url, "expert@example.test")
    page.goto(f"{live_server.url}/judge/invitations/{token_of(invitation)}/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    at("2-promise")
    page.get_by_role("button", name="同意并开始评审").click()
    expect(page.get_by_role("heading", name="我的评审")).to_be_visible()
    seat = review.judges.get()
    others = [build.judge(review, n) for n in (2, 3)]
    made = build.given(review, [seat, *others], build.candidates(review, 4))
    build.opening.open_round(review, by=build.organiser(), reason="演练")
    page.goto(f"{live_server.url}/judge/")
    at("3-works")
    page.get_by_role("link", name="回避").first.click()
    page.get_by_label("作者与我同单位").check()
    at("4-recuse")
    page.get_by_role("button", name="确认回避").click()
    expect(page.get_by_text("已交回，会另请评委")).to_be_visible()
    for one in Assignment.objects.of(user).select_related("judge__user", "round"):
        build.score(one, 70 + one.pk % 20)
    page.goto(f"{live_server.url}/judge/")
    page.get_by_role("link", name="全部评完，去签名").click()
    page.get_by_role("checkbox").check()
    at("5-sign")
    page.get_by_role("button", name="签名确认全部 3 件").click()
    expect(page.get_by_text("已全部签名")).to_be_visible()
    at("6-signed")
    assert len(made) == 12


def test_the_organiser_watches(page: Page, live_server: LiveServer, contest: Edition, at: See) -> None:
    """The round's page, the monitor with its spread, one click to the late; then lock, and the ranking to publish."""
    boss = with_password(build.organiser())
    review = build.round_of(contest)
    adoption.amend(review, {"judges_per_work": 4}, reason="试点", by=boss)
    made = build.opened(review, works=12, seats=4)
    for number, one in enumerate(made[:40]):
        build.score(one, 60 + number * 7 % 38)
    sign_in(page, live_server.url, boss.email or "")
    page.goto(f"{live_server.url}/admin/judging/round/{review.pk}/change/")
    at("1-round")
    page.get_by_role("link", name="评审进度").click()
    expect(page.get_by_role("heading", name="评委进度")).to_be_visible()
    at("2-monitor")
    page.get_by_role("link", name="一键催评").click()
    page.get_by_role("button", name="提醒").click()
    expect(page.get_by_text("已提醒")).to_be_visible()
    for one in made[40:]:
        build.score(one, 80)
    for seat in review.judges.select_related("user"):
        build.scoring.sign(seat, by=seat.user)
    page.goto(f"{live_server.url}/admin/judging/round/{review.pk}/lock/")
    at("3-lock")
    page.get_by_role("button", name="封存").click()
    page.get_by_role("link", name="公布结果").click()
    page.get_by_role("button", name="公布").click()
    expect(page.get_by_text("已公布").first).to_be_visible()
    page.goto(f"{live_server.url}/results/{review.pk}/")
    expect(page.get_by_role("heading", name="校正分怎么算")).to_be_visible()
    at("4-ranking")
    assert faults(page, f"{live_server.url}/results/{review.pk}/", PORTAL) == []
    for name in ("plan", "pool", "invite", "monitor", "amend"):
        assert faults(page, f"{live_server.url}/admin/judging/round/{review.pk}/{name}/", ADMIN) == []
    assert closing.undecided(build.round_of(contest)) == []


def test_the_organiser_amends_and_fills(page: Page, live_server: LiveServer, contest: Edition, at: See) -> None:
    """Rules changed with the difference first; later a judge leaves, and the empty seats are filled."""
    boss = with_password(build.organiser())
    review = build.round_of(contest)
    sign_in(page, live_server.url, boss.email or "")
    page.goto(f"{live_server.url}/admin/judging/round/{review.pk}/amend/")
    at("1-rules")
    page.get_by_label("每件作品评委数").fill("2")
    page.get_by_role("group", name="要点 1").get_by_label("占总分").fill("20")
    page.get_by_label("修订理由").fill("试评后调整")
    page.get_by_role("button", name="核对变化").click()
    expect(page.get_by_text("计入总分的要点权重之和为 103.33").first).to_be_visible()
    at("2-refused")
    page.get_by_role("group", name="要点 2").get_by_label("占总分").fill("40/3")
    page.get_by_role("button", name="核对变化").click()
    expect(page.get_by_text("确认后有 3 处变化")).to_be_visible()
    at("3-difference")
    assert look(page, ADMIN) == []
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("每件作品评委数")).to_have_value("2")
    page.get_by_role("button", name="核对变化").click()
    page.get_by_role("button", name="确认修订").click()
    expect(page.get_by_text("评审规则已修订")).to_be_visible()
    build.opened(build.round_of(contest), works=3, seats=2)
    build.judge(build.round_of(contest), 3)
    build.candidates(review, 1, first=50)
    page.goto(f"{live_server.url}/admin/judging/judge/{review.judges.order_by('pk')[0].pk}/leave/")
    page.get_by_label("理由").fill("出差")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("4 件作品缺评委")).to_be_visible()
    at("4-gaps")
    page.get_by_role("link", name="补配新增作品／补足缺位").click()
    at("5-fill")
    page.get_by_role("button", name="计算补配").click()
    deliver()
    page.reload()
    expect(page.get_by_role("heading", name="谁评哪件")).to_be_visible()
    at("6-who-gets-what")
    assert look(page, ADMIN) == []
    page.get_by_role("link", name="发布这个方案").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布 5 份分配")).to_be_visible()
