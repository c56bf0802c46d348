"""A judge with a tablet in an hotel: from the link to the first work, scores without a network, signs."""

import json
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from core import clock
from core.accounts.invitations import token_of
from core.accounts.models import User
from judging.models import Assignment, Judge, ScoreSheet
from judging.rules.ranking import Criterion, Rules, Sheet, total_of
from judging.services import assigning, judges, opening, pool
from tests.contest import load_guangdong
from tests.journeys.conftest import PASSWORD, PATIENCE, PICTURES
from tests.journeys.looking import look
from tests.journeys.pictures import keep
from tests.judging import build
from tests.registrations.staff import signed_in
from tests.registrations.works import handed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODES = [*build.EVEN]


@pytest.fixture
def seat() -> Judge:
    """A judge with six works, scores taken; the first with a picture."""
    round_ = build.round_of(load_guangdong())
    versions = []
    for number, name in enumerate("甲乙丙丁戊己"):
        entry = handed_in.entry(round_.edition, f"祝宇{name}")
        shot = handed_in.shot(Image.linear_gradient("L").resize((640, 400)).convert("RGB"), "祝宇的画.png")
        text = {"title": f"红树林为什么能护岸 {number}", "description": "用三分钟讲清护岸原理。" * 12}
        versions.append(handed_in.hand_in(entry, shot, **text))
    made = pool.add(round_, [pool.thing_of(version.work) for version in versions], by=None)
    seat = build.judge(round_, 1)
    assigning.give(round_, [(seat.pk, one.pk) for one in made])
    opening.open_round(round_, by=build.organiser(), reason="测试")
    return seat


@pytest.fixture
def mine(seat: Judge) -> list[Assignment]:
    return list(seat.assignments.order_by("position"))


@pytest.fixture(params=[(1024, 768), (375, 812)], ids=["tablet", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


@pytest.fixture
def enter(seat: Judge, context: BrowserContext, live_server: LiveServer) -> Callable[..., Page]:
    """A new tab on a page, signed in."""

    def opened(path: str, size: tuple[int, int] = (1024, 768)) -> Page:
        session = signed_in(seat.user).cookies["session"].value
        context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(live_server.url + path)
        return page

    return opened


def work(one: Assignment) -> str:
    return f"/judge/works/{one.pk}/"


def fill(page: Page, points: int) -> None:
    for code in CODES:
        page.locator(f"#id_{code}").fill(str(points))


def saved(page: Page, words: str) -> None:
    expect(page.locator("[data-saved]")).to_contain_text(words)


def sheets(seat: Judge) -> list[tuple[str, int, Decimal | None]]:
    found = ScoreSheet.objects.filter(assignment__judge=seat).order_by("assignment__position")
    return list(found.values_list("state", "version", "total"))


def see(page: Page, size: tuple[int, int]) -> None:
    page.mouse.move(0, 0)  # no button halfway between two colours
    page.wait_for_timeout(300)
    found = look(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert found == []


def picture(page: Page, step: str, size: tuple[int, int]) -> None:
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.screenshot(path=PICTURES / f"judge-{size[0]}-{step}.png", full_page=size[0] < 900)
    keep(page, f"judge-{step}" if size[0] > 375 else f"judge-{step}-375")


def test_from_the_link_to_the_first_work(
    seat: Judge, page: Page, live_server: LiveServer, size: tuple[int, int]
) -> None:
    """Signed in, three taps: the link, the promise, 同意并开始评审; the first work stands there."""
    user = User.objects.create_user("评委乙", email="second@example.test", password=PASSWORD)
    invitation = judges.invite(seat.round, by=None, email=user.email)
    joined = judges.join(invitation, by=user, accepted=build.PROMISES)[0]
    assigning.give(seat.round, [(joined.pk, one.candidate_id) for one in seat.assignments.all()])
    again = judges.invite(build.round_of(seat.round.edition, category="B"), by=None, email=user.email)
    page.context.add_cookies(
        [{"name": "session", "value": signed_in(user).cookies["session"].value, "url": live_server.url}]
    )
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(live_server.url + reverse("judge_invitation", args=[token_of(again)]))
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="同意并开始评审").click()
    expect(page.locator("h1")).to_contain_text("作品 ")
    expect(page.get_by_role("button", name="提交本件")).to_be_visible()


def test_the_whole_rubric_at_once(enter, mine: list[Assignment]) -> None:
    """1024 × 768: every criterion, the total and the buttons stand in the window; nothing scrolls."""
    page = enter(work(mine[0]))
    boxes = [one.bounding_box() for one in page.locator(".sj-crit, .sj-total, .sj-fast, .sj-foot, .sj-say").all()]
    assert len(boxes) == 10
    assert [box for box in boxes if box["y"] < 0 or box["y"] + box["height"] > 768.5] == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.context.set_offline(True)
    page.locator("#id_science").fill("88")
    expect(page.locator("[data-net]")).to_be_visible()
    last = page.locator(".sj-crit").last.bounding_box()
    assert last["y"] + last["height"] <= page.locator(".sj-foot").bounding_box()["y"]


def test_a_work(enter, mine: list[Assignment], seat: Judge, size: tuple[int, int]) -> None:
    page = enter(work(mine[0]), size)
    see(page, size)
    picture(page, "1-fresh", size)
    page.locator("#id_science").fill("88")
    page.locator("#id_ai_skill").focus()
    page.get_by_role("button", name="90 优秀").click()
    expect(page.locator("#id_ai_skill")).to_have_value("90")
    page.get_by_role("button", name="80 良好").click()  # the next open one is at hand
    expect(page.locator("#id_audience")).to_have_value("80")
    page.get_by_role("button", name="社会反响度加 1 分").click()
    page.locator("#id_response").fill("76")
    page.locator("#id_originality").focus()
    page.keyboard.type("90")
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="选题贴近生活").click()
    saved(page, "已存入")
    expect(page.locator("[data-total]").last).to_have_text("70.83")
    picture(page, "2-begun", size)
    page.get_by_role("button", name="提交本件").click()  # one is missing
    expect(page.locator("#id_lawful")).to_be_focused()
    page.keyboard.type("101")
    expect(page.locator(".sj-crit.is-bad")).to_contain_text("请填 0 到 100")
    expect(page.locator("[data-total]").last).to_have_text("70.83")  # what is out of range counts as not given
    page.locator("#id_lawful").fill("85.5")
    page.get_by_role("button", name="提交本件").click()
    expect(page.locator("h1")).to_contain_text(mine[1].code)
    assert sheets(seat)[0][0] == "submitted"
    assert sheets(seat)[0][2] == Decimal("85.0833")
    see(page, size)
    page.get_by_role("link", name="说明").click()
    expect(page.locator(".sj-show.is-on")).to_contain_text("用三分钟讲清护岸原理")
    page.get_by_role("link", name="文件").first.click()
    picture(page, "3-second", size)


SLOW_DEVICE = """
    const gate = (name) => new Promise((go) => { window[name] = go; });
    const [opened, listed] = [gate("letOpen"), gate("letList")];
    const { open } = IDBFactory.prototype, { query } = LockManager.prototype;
    IDBFactory.prototype.open = function (...how) {
      const asked = open.apply(this, how);
      Object.defineProperty(asked, "onsuccess", {
        set: (deed) => asked.addEventListener("success", () => opened.then(deed)),
      });
      return asked;
    };
    LockManager.prototype.query = function () { return listed.then(() => query.call(this)); };
"""


def test_a_judge_quicker_than_the_device(enter, context: BrowserContext, mine: list[Assignment], seat: Judge) -> None:
    """The store of an old tablet opens after the first number and answers after the last: what was typed stays."""
    context.add_init_script(SLOW_DEVICE)
    page = enter(work(mine[0]))
    page.locator(f"#id_{CODES[0]}").fill("71")
    page.evaluate("letOpen()")
    fill(page, 72)
    page.evaluate("letList()")
    saved(page, "已存入")
    assert [page.locator(f"#id_{code}").input_value() for code in CODES] == ["72"] * 6
    assert sheets(seat)[0][2] == 72


def test_a_judge_quicker_than_the_script(
    enter, context: BrowserContext, mine: list[Assignment], seat: Judge, live_server: LiveServer
) -> None:
    """On a slow network the page stands before its script: what was typed by then is kept like the rest."""
    page, held = enter("/judge/"), []
    page.route("**/judge-queue*.js", lambda route: held.append(route))
    page.goto(live_server.url + work(mine[0]), wait_until="commit")
    fill(page, 73)
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    saved(page, "已存入")
    assert sheets(seat)[0][2] == 73


def test_without_a_network_nothing_is_lost(
    enter, context: BrowserContext, mine: list[Assignment], seat: Judge, size: tuple[int, int], live_server: LiveServer
) -> None:
    """Five sheets while the network is away; the tab is closed, opened again: each is stored once."""
    fetched = []
    context.on("requestfinished", lambda request: fetched.append(request.url))
    page = enter(work(mine[0]), size)
    while not all(any(url.endswith(work(one)) for url in fetched) for one in mine[1:3]):
        page.wait_for_timeout(50)  # the next two are fetched ahead
    context.set_offline(True)
    for number, one in enumerate(mine[:5]):
        expect(page.locator("h1")).to_contain_text(one.code)
        fill(page, 80 + number)
        saved(page, "已存本机")
        page.get_by_role("button", name="提交本件").click()
    expect(page.locator("h1")).to_contain_text(mine[5].code)
    expect(page.locator("[data-net]")).to_contain_text("已离线，5 份评分待上传")
    picture(page, "4-offline", size)
    assert sheets(seat) == []
    page.close()
    context.set_offline(False)
    page = enter("/judge/", size)
    expect(page.get_by_role("link", name="继续")).to_contain_text(mine[5].code)
    assert sheets(seat) == [("submitted", 1, Decimal(80 + number)) for number in range(5)]
    picture(page, "5-list", size)
    see(page, size)


def test_the_network_comes_back_under_an_open_page(
    enter, context: BrowserContext, mine: list[Assignment], seat: Judge
) -> None:
    page = enter(work(mine[0]))
    context.set_offline(True)
    fill(page, 81)
    expect(page.locator("[data-net]")).to_contain_text("1 份评分待上传")
    context.set_offline(False)
    saved(page, "已存入")
    expect(page.locator("[data-net]")).to_be_hidden()
    assert sheets(seat) == [("draft", 1, Decimal(81))]


def test_two_tabs(enter, context: BrowserContext, mine: list[Assignment], seat: Judge) -> None:
    one, other = enter(work(mine[0])), enter(work(mine[0]))
    fill(one, 90)
    saved(one, "已存入")
    other.locator("#id_science").fill("60")
    expect(other.locator("[data-answer]")).to_contain_text("另一个窗口")
    expect(other.locator("[data-answer] tbody tr").first).to_contain_text("60")
    other.screenshot(path=PICTURES / "judge-1024-6-conflict.png")
    fill(other, 70)
    other.get_by_role("button", name="用这里填的").click()
    saved(other, "已存入")
    assert sheets(seat)[0][2] == 70
    one.locator("#id_science").fill("65")
    one.get_by_role("button", name="用那边已存的").click()
    expect(one.locator("#id_science")).to_have_value("70")


def test_the_session_ends_without_a_network(
    enter, context: BrowserContext, mine: list[Assignment], seat: Judge
) -> None:
    page = enter(work(mine[0]))
    fill(page, 82)
    saved(page, "已存入")
    context.clear_cookies(name="session")
    page.locator("#id_science").fill("94")
    expect(page.locator("[data-net]")).to_contain_text("登录已过期，1 份评分待上传")
    page.close()
    page = enter(work(mine[0]))
    expect(page.locator("#id_science")).to_have_value("94")
    saved(page, "已存入")
    assert sheets(seat)[0][2] == 84


@pytest.mark.parametrize("end", ["closed", "withdrawn"])
def test_too_late_keeps_what_was_typed(
    enter, context: BrowserContext, mine: list[Assignment], seat: Judge, end: str
) -> None:
    page = enter(work(mine[0]))
    context.set_offline(True)
    fill(page, 83)
    saved(page, "已存本机")
    if end == "closed":
        opening.set_window(seat.round, opens_at=None, closes_at=clock.now(), reason="到时", by=build.organiser())
    else:
        pool.withdraw(mine[0].candidate, reason="抄袭", by=build.organiser())
    context.set_offline(False)
    said = {"closed": "不在本轮的评分时间内", "withdrawn": "已退出本轮评审"}[end]
    expect(page.locator("[data-answer]")).to_contain_text(said)
    expect(page.locator("#id_science")).to_have_value("83")
    page.close()
    page = enter("/judge/")
    expect(page.locator("[data-lost]")).to_contain_text("83、83、83、83、83、83")
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("[data-lost]")).to_be_empty()
    assert sheets(seat) == []


def test_signing(enter, mine: list[Assignment], seat: Judge, size: tuple[int, int]) -> None:
    for one in mine[:-1]:
        build.score(one, 80 + one.position)
    page = enter(f"/judge/{seat.pk}/sign/", size)
    see(page, size)
    picture(page, "7-unready", size)
    page.get_by_role("link", name=f"作品 {mine[-1].code}").click()
    fill(page, 77)
    page.get_by_role("button", name="提交本件").click()
    page.get_by_label("以上评分是我独立作出的").check()
    picture(page, "8-sign", size)
    page.get_by_role("button", name="签名确认全部 6 件").click()
    expect(page.locator("main")).to_contain_text("已签名 6 件")
    assert {state for state, *_ in sheets(seat)} == {"signed"}
    page.get_by_role("link", name=f"作品 {mine[0].code}").first.click()
    expect(page.locator(".sj")).to_contain_text("已经签名，只能查看")
    see(page, size)
    picture(page, "9-signed", size)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_a_script(enter, mine: list[Assignment], seat: Judge, size: tuple[int, int]) -> None:
    page = enter(work(mine[0]), size)
    fill(page, 79)
    page.get_by_role("button", name="提交本件").click()
    expect(page.locator("h1")).to_contain_text(mine[1].code)
    page.locator("#id_science").fill("66")
    page.get_by_role("button", name="上一件").click()
    assert sheets(seat)[:2] == [("submitted", 1, Decimal(79)), ("draft", 1, None)]
    page.get_by_role("button", name="一键回避").click()
    page.get_by_label("作者与我同单位").check()
    page.get_by_role("button", name="确认回避").click()
    expect(page.locator("main")).to_contain_text(f"作品 {mine[0].code} 已交回")


def test_browser_and_server_round_alike(enter, mine: list[Assignment], seat: Judge) -> None:
    """400 sheets with odd weights: the running total is the server's, to the last digit."""
    page, dice = enter(work(mine[0])), Random(6)
    criteria = [Criterion(str(n), str(n), weight) for n, weight in enumerate((7, 13, 17, 29, 34))]
    drawn = [[Decimal(dice.randrange(10_001)) / 100 for _ in criteria] for _ in range(400)]
    rules = Rules("mean", tuple(criteria))
    wanted = [f"{total_of(Sheet('', '', dict(zip('01234', marks, strict=True))), rules):.4f}" for marks in drawn]
    sent = json.dumps([[[str(m), c.weight] for m, c in zip(marks, criteria, strict=True)] for marks in drawn])
    source = page.evaluate("document.querySelector('script[src*=judge]').src").replace("judge.js", "judge-total.js")
    script = f"import({json.dumps(source)}).then(({{total}}) => {sent}.map((marks) => total(marks).exact))"
    assert page.evaluate(script) == wanted
