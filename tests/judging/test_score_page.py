"""A judge's page without its script: what it shows, what it hides, what becomes of what was typed."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.files.derived.models import Derived
from core.files.inspection.models import FileCheck
from judging.models import Assignment, Judge, Round, ScoreSheet
from judging.services import assigning, judges, opening, pool, recusing, scoring
from registrations.work_models import WorkFile
from tests.judging import build
from tests.registrations.staff import signed_in
from tests.registrations.works import handed_in
from tracks.models import Edition

FULL = {f"m_{code}": "80" for code in build.EVEN}


@pytest.fixture
def seat(assignments: list[Assignment]) -> Judge:
    return assignments[0].judge


@pytest.fixture
def mine(assignments: list[Assignment], seat: Judge) -> list[Assignment]:
    return sorted((one for one in assignments if one.judge == seat), key=lambda one: one.position)


@pytest.fixture
def client(seat: Judge) -> Client:
    return signed_in(seat.user)


def page(one: Assignment) -> str:
    return reverse("judge_work", args=[one.pk])


def press(client: Client, one: Assignment, do: str, base: int = 0, **fields: str) -> HttpResponse:
    return client.post(page(one), {"form_key": str(uuid4()), "base": base, "do": do, **fields})  # type: ignore[return-value]


def stored(one: Assignment) -> tuple[str, Decimal | None] | None:
    return ScoreSheet.objects.filter(assignment=one).values_list("state", "total").first()


# --- What it shows ------------------------------------------------------------------------------------------


def test_the_rubric_says_what_it_weighs(client: Client, mine: list[Assignment]) -> None:
    html = client.get(page(mine[0])).content.decode()
    assert html.count("占总分 1/3，两项各 1/6") == 3
    assert f'作品 <span class="s-num" data-code>{mine[0].code}</span>' in html


def test_own_totals_and_nobody_elses(client: Client, mine: list[Assignment], assignments: list[Assignment]) -> None:
    other = next(one for one in assignments if one.judge != mine[0].judge)
    build.score(other, 63)
    build.score(mine[1], 91)
    html = client.get(page(mine[0])).content.decode()
    assert "我已评 1 件，均分 91" in html
    # Keys in addresses, drawings and works' random numbers (W7-663) may hold any digits.
    hidden = r"<script.*?</script>|<svg.*?</svg>|\d{4,}|[A-Z]\d-\d{3}|name=.*?>|<form.*?>|href=.*?>"
    assert "63" not in re.sub(hidden, "", html, flags=re.DOTALL)


def test_another_judges_work_is_not_there(
    client: Client, mine: list[Assignment], assignments: list[Assignment]
) -> None:
    other = next(one for one in assignments if one.judge != mine[0].judge)
    names = ("judge_work", "judge_abstain", "judge_recuse")
    assert [client.get(reverse(name, args=[other.pk])).status_code for name in names] == [404] * 3
    assert client.post(reverse("judge_sheet", args=[other.pk]), FULL).status_code == 404


# --- The form -----------------------------------------------------------------------------------------------


def test_submitting_leads_to_the_next_and_in_the_end_to_the_signature(client: Client, mine: list[Assignment]) -> None:
    went = [press(client, one, "submit", **FULL).headers["Location"] for one in mine]
    assert went == [page(mine[1]), page(mine[2]), reverse("judge_sign", args=[mine[0].judge_id])]
    assert {stored(one) for one in mine} == {("submitted", Decimal(80))}


def test_what_is_missing_is_said_and_nothing_typed_is_lost(client: Client, mine: list[Assignment]) -> None:
    answer = press(client, mine[0], "submit", m_science="88.5", comment="好")
    html = answer.content.decode()
    assert (answer.status_code, html.count("还没有评分"), stored(mine[0])) == (422, 10, None)
    assert 'value="88.5"' in html
    assert ">好</textarea>" in html


@pytest.mark.parametrize("typed", ["101", "-1", "80.123", "八十", "1e9", "NaN"])
def test_no_nonsense_is_stored(client: Client, mine: list[Assignment], typed: str) -> None:
    answer = press(client, mine[0], "submit", **{**FULL, "m_lawful": typed})
    assert (answer.status_code, stored(mine[0])) == (422, None)
    assert f'value="{typed}"' in answer.content.decode()


def test_full_width_digits_are_digits(client: Client, mine: list[Assignment]) -> None:
    press(client, mine[0], "submit", **{**FULL, "m_science": "８６．０"})
    assert stored(mine[0]) == ("submitted", Decimal(81))


def test_going_on_keeps_what_was_typed_but_looking_makes_no_sheet(client: Client, mine: list[Assignment]) -> None:
    assert press(client, mine[0], "next").headers["Location"] == page(mine[1])
    assert stored(mine[0]) is None
    press(client, mine[0], "next", m_science="70")
    assert stored(mine[0]) == ("draft", None)


def test_a_second_tab_sees_both_and_decides(client: Client, mine: list[Assignment]) -> None:
    press(client, mine[0], "submit", **FULL)
    answer = press(client, mine[0], "submit", **{**FULL, "m_science": "62"})
    html = answer.content.decode()
    assert (answer.status_code, 'name="base" value="1"' in html) == (409, True)
    assert '<td class="n">62</td><td class="n">80</td>' in html
    assert press(client, mine[0], "submit", base=1, **{**FULL, "m_science": "62"}).status_code == 302
    assert stored(mine[0]) == ("submitted", Decimal(77))


def test_abstaining_asks_why_and_can_be_taken_back(client: Client, mine: list[Assignment]) -> None:
    address = reverse("judge_abstain", args=[mine[0].pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    client.post(address, {"reason": "方言听不懂"})
    assert stored(mine[0]) == ("abstained", None)
    assert "方言听不懂" in client.get(page(mine[0])).content.decode()
    press(client, mine[0], "resume")
    assert stored(mine[0]) == ("draft", None)


def test_what_was_abstained_from_may_be_submitted_after_all(client: Client, mine: list[Assignment]) -> None:
    scoring.abstain(mine[0], "累", by=mine[0].judge.user)
    press(client, mine[0], "submit", base=1, **FULL)
    assert stored(mine[0]) == ("submitted", Decimal(80))


def test_signed_out_while_typing_loses_nothing(mine: list[Assignment], seat: Judge) -> None:
    stranger = Client()
    assert "/accounts/login/" in press(stranger, mine[0], "submit", m_science="71").headers["Location"]
    stranger.force_login(seat.user)
    assert 'value="71"' in stranger.get(page(mine[0])).content.decode()


# --- Ends ---------------------------------------------------------------------------------------------------


def test_after_signing_it_is_read_only(client: Client, mine: list[Assignment], seat: Judge) -> None:
    build.signed(mine)
    html = client.get(page(mine[0])).content.decode()
    assert "已经签名，只能查看" in html
    assert 'value="submit"' not in html
    assert press(client, mine[0], "save", base=1, **FULL).status_code == 422


def test_the_page_of_the_signature_names_what_is_missing(client: Client, mine: list[Assignment], seat: Judge) -> None:
    build.score(mine[0])
    html = client.get(reverse("judge_sign", args=[seat.pk])).content.decode()
    assert "还有 2 件没有完成" in html
    assert "data-sign" not in html
    assert [page(one) in html for one in mine] == [True] * 3


@pytest.mark.parametrize("end", ["removed", "withdrawn", "recused"])
def test_a_work_that_went_says_why(client: Client, mine: list[Assignment], seat: Judge, end: str) -> None:
    if end == "removed":
        judges.remove(seat, reason="生病", by=build.organiser())
    elif end == "withdrawn":
        pool.withdraw(mine[0].candidate, reason="抄袭", by=build.organiser())
    else:
        recusing.recuse(mine[0], reason="师生", by=seat.user)
    words = {"removed": "您已退出本轮评审", "withdrawn": "已退出本轮评审", "recused": "已不在您名下"}[end]
    plain, queue = press(client, mine[0], "save", **FULL), client.post(reverse("judge_sheet", args=[mine[0].pk]), FULL)
    assert (plain.status_code, words in plain.content.decode(), "80" in plain.content.decode()) == (404, True, True)
    assert (queue.status_code, queue.json()["final"], words in queue.json()["problems"][0]["message"]) == (
        422,
        True,
        True,
    )


def test_after_closing_nothing_goes_in(client: Client, mine: list[Assignment], review: Round) -> None:
    closes = clock.now() + timedelta(hours=1)
    opening.set_window(review, opens_at=None, closes_at=closes, reason="定", by=build.organiser())
    clock.set_now(closes)
    answer = press(client, mine[0], "submit", **FULL)
    assert (answer.status_code, stored(mine[0])) == (422, None)
    assert 'value="80"' in answer.content.decode()
    assert "评分时间已经结束" in answer.content.decode()


# --- Blind --------------------------------------------------------------------------------------------------


@pytest.fixture
def blind(review: Round, edition: Edition) -> Assignment:
    """A work with files before a judge, by somebody whose name stands in every name."""
    entry = handed_in.entry(edition, "祝宇宙", organisation="始兴县城南中学")
    shot = handed_in.shot(Image.new("RGB", (64, 48), "navy"), "祝宇宙-城南中学.png")
    version = handed_in.hand_in(entry, shot, title="红树林", description="护岸")
    made = pool.add(review, [pool.thing_of(version.work)], by=None)
    seat = build.judge(review, 1)
    assigning.give(review, [(seat.pk, made[0].pk)])
    opening.open_round(review, by=build.organiser(), reason="测试")
    return Assignment.objects.select_related("judge__user").get(judge=seat)


def test_nothing_tells_whose_work_it_is(blind: Assignment) -> None:
    client = signed_in(blind.judge.user)
    html = client.get(page(blind)).content.decode()
    told = Derived.objects.get()
    served = client.get(reverse("judge_file", args=[blind.pk, told.pk]))
    said = html + str(served.headers) + served.headers["Content-Disposition"]
    assert [word for word in ("祝宇宙", "城南", "始兴", "%E7%A5%9D") if word in said] == []
    assert served.headers["Content-Type"] == "image/webp"
    assert "inline" in served.headers["Content-Disposition"]
    assert "红树林" in html


def copy_of(blind: Assignment, *, checked: bool = True) -> Derived:
    """The original's preview; a copy without names was brought."""
    [original] = WorkFile.objects.all()
    shot = handed_in.shot(Image.new("RGB", (64, 48), "white"), "匿名.png")
    file = handed_in.stored(shot, blind.judge.user)
    if not checked:
        FileCheck.objects.filter(file=file).delete()
    now = clock.now()
    WorkFile.objects.create(
        work=original.work, material=original.material, file=file, added_at=now, anonymous_of=original
    )
    return Derived.objects.get(original=original.file)


def test_a_copy_without_names_stands_in_for_the_original(blind: Assignment) -> None:
    original, client = copy_of(blind), signed_in(blind.judge.user)
    copy = Derived.objects.exclude(pk=original.pk).get()
    files = [reverse("judge_file", args=[blind.pk, one.pk]) for one in (original, copy)]
    assert [client.get(file).status_code for file in files] == [404, 200]
    html = client.get(page(blind)).content.decode()
    assert [file in html for file in files] == [False, True]


def test_while_the_copy_is_checked_neither_is_shown(blind: Assignment) -> None:
    original, client = copy_of(blind, checked=False), signed_in(blind.judge.user)
    html = client.get(page(blind)).content.decode()
    assert "检查通过前看不到" in html
    assert "/files/" not in html
    assert client.get(reverse("judge_file", args=[blind.pk, original.pk])).status_code == 404


def test_no_file_of_another_work(blind: Assignment, edition: Edition) -> None:
    other = handed_in.hand_in(
        handed_in.entry(edition, "关山"), handed_in.shot(Image.new("RGB", (64, 48), "red")), title="别的"
    )
    foreign = Derived.objects.get(original__work_files__work=other.work)
    client = signed_in(blind.judge.user)
    assert client.get(reverse("judge_file", args=[blind.pk, foreign.pk])).status_code == 404


# --- Queries ------------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_the_works(
    client: Client, mine: list[Assignment], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (0, 3):
        for one in mine[:count]:
            build.score(one)
        with django_assert_max_num_queries(12):
            client.get(page(mine[0]))
        with django_assert_max_num_queries(10):
            client.get(reverse("judge"))


def test_a_save_costs_ten_queries(client: Client, mine: list[Assignment]) -> None:
    for base, do in enumerate(("save", "submit", "save")):
        sent = {"key": str(uuid4()), "base": base, "do": do, **FULL, "m_science": str(70 + base)}
        with CaptureQueriesContext(connection) as asked:
            assert client.post(reverse("judge_sheet", args=[mine[0].pk]), sent).status_code == 200
        statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
        assert len(statements) <= 10


def test_what_was_abstained_from_says_so_after_the_signature_too(client: Client, mine: list[Assignment]) -> None:
    user = mine[0].judge.user
    for one in mine[1:]:
        build.score(one)
    scoring.abstain(mine[0], "方言听不懂", by=user)
    scoring.sign(mine[0].judge, by=user)
    row = re.search(rf'<tr data-pk="{mine[0].pk}">.*?</tr>', client.get(reverse("judge")).content.decode(), re.DOTALL)
    assert row
    assert ("已签名" in row[0], "弃权" in row[0]) == (True, True)
