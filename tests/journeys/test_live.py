"""The live final in real browsers: a voter's phone, the organiser's tablet, the stage and a judge, all at once."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from judging.models import Assignment, Session
from judging.services import closing, live, opening
from tests.core.account_helpers import Phone, sms_code
from tests.journeys.conftest import PASSWORD, PATIENCE, PICTURES, sign_in
from tests.journeys.looking import look
from tests.journeys.pictures import keep
from tests.judging import build, live_build
from tests.registrations.staff import signed_in
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLES = ("红树林为什么能护岸", "一滴珠江水的旅行", "听懂白海豚的 AI")
# How long a screen waits before it looks again, in ms; two seconds leave the rest for network and server.
ASKS = "() => { const d = document.querySelector('[data-live]').dataset; return +d.every + +(d.spread || 0) }"
SOON = 1_400


@pytest.fixture
def session(contest: Edition, settings: LazySettings) -> Session:
    """A drawn and open hall of three teams, its round being scored by one judge."""
    settings.SMS_BACKEND = "tests.core.account_helpers.Phone"
    Phone.texts.clear()
    round_ = build.round_of(contest, "final")
    made = build.opened(round_, works=3, seats=1)
    for one, title in zip(round_.candidates.order_by("number"), TITLES, strict=True):
        one.title = title
        one.save()
    opening.set_window(round_, opens_at=None, closes_at=None, reason="测试", by=build.organiser())
    for user in (build.organiser(), made[0].judge.user):
        user.set_password(PASSWORD)
        user.save()
    return live_build.opened(round_)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Callable[[int, int], Page]]:
    """Another device."""
    opened = []

    def make(width: int, height: int) -> Page:
        opened.append(browser.new_context(viewport={"width": width, "height": height}))
        page = opened[-1].new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield make
    for context in opened:
        context.close()


def shot(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"live-{name}.png")
    keep(page, f"live-{name}")


def clean(page: Page) -> None:
    """axe finds nothing, on a desk and on a phone; the size is as before afterwards."""
    size = page.viewport_size
    assert look(page) == []
    if size:
        page.set_viewport_size(size)


def test_a_hall(live_server: LiveServer, session: Session, screen: Callable[[int, int], Page]) -> None:
    base = live_server.url
    stage, tablet, phone, judge = screen(1920, 1080), screen(1200, 900), screen(375, 812), screen(1024, 768)
    sign_in(tablet, base, "organiser@example.test")
    tablet.goto(base + reverse("live_run", args=[session.code]))
    sign_in(judge, base, "judge1@example.test")
    judge.goto(base + reverse("judge_live", args=[session.code]))
    stage.goto(base + reverse("stage", args=[session.code]))
    phone.goto(base + reverse("vote_enter"))
    phone.get_by_label("会场码").fill(session.code.lower())
    phone.get_by_role("button", name="进入投票").click()
    clean(phone)
    shot(phone, "join")
    phone.get_by_label("手机号").fill("138 0013 8046")
    phone.get_by_role("button", name="发验证码").click()
    phone.get_by_label("6 位验证码").fill(sms_code())
    phone.get_by_role("button", name="验证，去投票").click()
    expect(phone.get_by_text("138****8046 已验证")).to_be_visible()
    clean(phone)

    tablet.get_by_role("button", name="第 1 队上场").first.click()
    expect(tablet.get_by_text("进行中 · 路演 · 第 1 队")).to_be_visible()
    title = session.turns.get(position=1).candidate.title
    for screen_ in (stage, judge, phone):  # without a reload
        expect(screen_.get_by_role("heading", name=title)).to_be_visible()
        assert screen_.evaluate(ASKS) <= SOON
    clean(tablet)
    shot(tablet, "run")
    shot(stage, "stage")
    shot(judge, "judge")
    clean(judge)
    clean(stage)

    tablet.get_by_role("button", name="开始投票").click()
    expect(phone.get_by_role("button", name="投一票")).to_be_visible()
    shot(phone, "vote")
    clean(phone)
    phone.get_by_role("button", name="投一票").click()
    expect(phone.get_by_text("已投出")).to_be_visible()
    shot(phone, "voted")
    clean(phone)
    phone.reload()
    expect(phone.get_by_text("已投出")).to_be_visible()
    assert session.ballots.count() == 1

    stage.reload()
    expect(stage.get_by_role("heading", name=title)).to_be_visible()
    tablet.get_by_role("button", name="结束投票").click()
    tablet.get_by_role("button", name="结束现场").click()
    expect(stage.get_by_text("正在计票")).to_be_visible()
    expect(phone.get_by_text("谢谢您的投票")).to_be_visible()
    clean(phone)
    phone.get_by_role("link", name="出场顺序与规则").click()
    expect(phone.get_by_text(live_build.SEED).first).to_be_visible()
    clean(phone)
    shot(phone, "order")

    made = list(Assignment.objects.filter(round=session.round).select_related("judge__user", "round").order_by("pk"))
    build.signed(made, [91, 88, 84])
    closing.lock_round(session.round, by=build.organiser())
    tablet.reload()
    tablet.get_by_role("button", name="揭晓").click()
    expect(stage.locator("#reveal")).to_be_visible()
    expect(stage.get_by_text("即将揭晓")).to_have_count(3)
    tablet.get_by_role("button", name="揭晓下一名").click()
    expect(stage.get_by_text("即将揭晓")).to_have_count(2)
    shot(stage, "reveal")
    clean(stage)
    stage.reload()
    expect(stage.get_by_text("即将揭晓")).to_have_count(2)


def test_a_judge_who_is_scoring_follows(
    live_server: LiveServer, session: Session, screen: Callable[[int, int], Page]
) -> None:
    """On the sheet of one team the tablet soon says that the next is on the stage; nothing is lost."""
    boss, judge = build.organiser(), screen(1024, 768)
    turns = list(session.turns.select_related("candidate").order_by("position"))
    held = {one.candidate_id: one for one in Assignment.objects.filter(round=session.round)}
    first, second = (held[turn.candidate_id] for turn in turns[:2])
    sign_in(judge, live_server.url, "judge1@example.test")
    judge.goto(live_server.url + reverse("judge_work", args=[first.pk]))
    live.go(session, "pitch", turns[0], by=boss)
    judge.locator("#id_science").fill("88")
    expect(judge.locator("[data-follow]")).to_have_attribute("data-told", str(first.pk))  # it has looked
    expect(judge.get_by_text("台上是")).to_have_count(0)
    live.go(session, "pitch", turns[1], by=boss)
    expect(judge.get_by_text(f"台上是第 2 队“{turns[1].candidate.title}”")).to_be_visible()
    shot(judge, "judge-follows")
    clean(judge)
    judge.get_by_role("link", name="去评台上的队").click()
    expect(judge.get_by_role("heading", name=second.code)).to_be_visible()
    expect(judge.get_by_text("台上是")).to_have_count(0)
    judge.goto(live_server.url + reverse("judge_work", args=[first.pk]))
    expect(judge.locator("#id_science")).to_have_value("88")
    expect(judge.get_by_text("台上是第 2 队")).to_be_visible()
    for code in build.EVEN:
        judge.locator(f"#id_{code}").fill("80")
    judge.get_by_role("button", name="提交本件").click()
    hall = reverse("judge_live", args=[session.code])
    expect(judge).to_have_url(live_server.url + hall)  # back to the stage, not on down the list
    typed = {"form_key": str(uuid4()), "base": 0, "do": "submit", **{f"m_{code}": "80" for code in build.EVEN}}
    by_form = signed_in(second.judge.user).post(reverse("judge_work", args=[second.pk]), typed)
    assert by_form.headers["Location"] == hall  # without the script, too
    judge.get_by_role("link", name=turns[2].candidate.title).click()  # a team that was missed
    expect(judge.get_by_role("heading", name=held[turns[2].candidate_id].code)).to_be_visible()


def test_without_scripts_and_at_the_end(
    live_server: LiveServer, session: Session, browser: Browser, screen: Callable[[int, int], Page]
) -> None:
    """Everybody chooses at the end, on a phone that runs no scripts."""
    Session.objects.filter(pk=session.pk).update(window="end", choices_min=1, choices_max=2)
    live.open_voting(session, by=build.organiser())
    context = browser.new_context(viewport={"width": 375, "height": 812}, java_script_enabled=False)
    phone = context.new_page()
    phone.goto(live_server.url + reverse("vote", args=[session.code]))
    phone.get_by_label("手机号").fill("13800138047")
    phone.get_by_role("button", name="发验证码").click()
    phone.get_by_label("6 位验证码").fill(sms_code())
    phone.get_by_role("button", name="验证，去投票").click()
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="投出").click()
    expect(phone.get_by_role("alert").first).to_contain_text("每人最多 2 票")
    phone.get_by_role("checkbox").nth(0).check()
    phone.get_by_role("button", name="投出").click()
    expect(phone.get_by_text("已投出")).to_be_visible()
    shot(phone, "end")
    context.close()
    assert [len(ballot.choices) for ballot in session.ballots.all()] == [1]


def test_a_phone_whose_network_fails(
    live_server: LiveServer, session: Session, screen: Callable[[int, int], Page]
) -> None:
    """The tap is sent again when the network is back, and counts once."""
    hall = live_build.voting(session)
    phone = screen(375, 812)
    phone.goto(live_server.url + reverse("vote", args=[session.code]))
    phone.get_by_label("手机号").fill("13800138048")
    phone.get_by_role("button", name="发验证码").click()
    phone.get_by_label("6 位验证码").fill(sms_code())
    phone.get_by_role("button", name="验证，去投票").click()
    expect(phone.get_by_role("button", name="投一票")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="投一票").click()
    expect(phone.get_by_text("网络不通，正在重新发送")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_text("已投出")).to_be_visible()
    assert session.ballots.filter(turn=hall.current and hall.current.pk).count() == 1
