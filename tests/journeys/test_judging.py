"""A judge comes in by the link and signs; the organiser watches, locks and publishes; anyone reads the ranking."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from core.tokens import token_of
from judging.models import Assignment
from judging.services import adoption, closing, judges
from tests.journeys.conftest import PASSWORD, sign_in
from tests.journeys.looking import ADMIN, PORTAL, faults
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
