"""The clerk's pages over HTTP: plain forms, nothing typed lost, nobody else's rows."""

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from registrations.models import RecommendationRow
from registrations.services import recommending, reviewing
from tests.registrations import build
from tests.registrations.staff import signed_in

CLOSED = datetime(2024, 12, 15, 17, 0, 1, tzinfo=clock.BEIJING)
METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]


@pytest.fixture
def clerk(desk) -> Client:
    return signed_in(desk.officer)


def sheet(desk: build.Desk) -> str:
    return reverse("recommendation", args=[desk.unit.pk])


def new(desk: build.Desk) -> str:
    return reverse("row_new", args=[desk.unit.pk])


def edit(row: RecommendationRow) -> str:
    return reverse("row_edit", args=[row.pk])


def typed(desk: build.Desk, **values: object) -> dict[str, object]:
    """A right row as the browser sends it."""
    track = desk.edition.tracks.get(code="worker").pk
    right = {"name": "王小芳", "entrant": "0", "slot": "始兴县城南中学", "phone": "13800138000", "categories": ["A"]}
    return right | {"organisation": "", "email": "", "track": track} | values


def text_of(answer) -> str:
    return answer.content.decode()


# --- Who may come in ----------------------------------------------------------------------------------


def test_strangers_are_sent_to_sign_in(desk):
    row = desk.row()
    pages = [sheet(desk), new(desk), edit(row), reverse("colleagues", args=[desk.unit.pk])]
    answers = [Client().get(page) for page in pages]
    assert [answer.url for answer in answers] == [f"{reverse('account_login')}?next={page}" for page in pages]


@pytest.mark.parametrize("method", METHODS)
def test_another_units_pages_are_not_there(edition, desk, clerk, method):
    other = build.desk(edition, "university", email="other@example.test")
    row = other.row()
    deeds = [reverse("row_do", args=[row.pk, verb]) for verb in ("delete", "withdraw", "restore")]
    units = [reverse(name, args=[other.unit.pk]) for name in ("recommendation", "row_new", "colleagues")]
    answers = {page: getattr(clerk, method)(page).status_code for page in [edit(row), *deeds, *units]}
    submit = getattr(clerk, method)(sheet(other), {"do": "submit", "ready": row.pk})
    assert {*answers.values(), submit.status_code} <= {404, 405}  # 405: no such method, for anybody
    assert method not in ("get", "post") or 404 in answers.values()
    assert other.states == ["draft"]


def test_another_units_row_cannot_be_slipped_into_ones_own(edition, desk, clerk):
    other = build.desk(edition, "university", email="other@example.test")
    answer = clerk.post(sheet(desk), {"do": "submit", "ready": [other.row().pk, "²", "x", ""]})
    assert (answer.status_code, other.states, other.quota.taken) == (422, ["draft"], 0)


def test_a_row_that_never_was_is_not_there(desk, clerk):
    assert [clerk.get(f"/rows/{pk}/").status_code for pk in (0, 99999, 10**30)] == [404] * 3


def test_a_contact_is_no_clerk(edition, desk):
    contact = signed_in(build.contact(edition))
    (row,) = desk.submitted()
    assert [contact.get(page).status_code for page in (sheet(desk), edit(row))] == [404, 404]


def test_a_unit_that_the_edition_does_not_know_is_told_so(edition):
    desk = build.desk(edition, "other")
    answer = signed_in(desk.officer).get(sheet(desk))
    assert (answer.status_code, "没有对应的单位类别" in text_of(answer)) == (403, True)


# --- Filling in ---------------------------------------------------------------------------------------


def test_a_right_row_is_saved_and_shown(desk, clerk):
    answer = clerk.post(new(desk), typed(desk))
    row = desk.form.rows.get()
    assert (answer.url, row.team_name) == (f"{sheet(desk)}#r{row.pk}", "始兴县城南中学科技志愿服务分队")
    page = text_of(clerk.get(sheet(desk)))
    shown = [words in page for words in ('value="始兴县城南中学"', "138****8000", "13800138000")]
    assert shown == [True, True, False]


def test_nothing_typed_is_lost(desk, clerk):
    wrong = typed(
        desk,
        name="王",
        phone="12 34",
        slot="城南科技志愿服务站",
        email="不是邮箱",
        organisation="城南",
        categories=["B", "C"],
    )
    answer = clerk.post(new(desk), wrong, follow=True)
    row = desk.form.rows.get()
    assert answer.redirect_chain[-1][0] == edit(row)  # a reload does not add the row again
    shown = answer.context["row_form"]
    assert [shown[field].value() for field in ("name", "phone", "slot", "email", "organisation", "categories")] == [
        *("王", "12 34", "城南科技志愿服务站", "不是邮箱", "城南", ["B", "C"])
    ]
    assert set(shown.errors) == {"name", "phone", "slot", "email"}


def test_too_long_a_text_stays_on_the_page(desk, clerk):
    answer = clerk.post(new(desk), typed(desk, name="王" * 61))
    assert (answer.status_code, desk.states) == (200, [])
    assert ("王" * 61 in text_of(answer), "最多 60 个字" in text_of(answer)) == (True, True)


@pytest.mark.parametrize(
    "odd", [{"entrant": "²"}, {"entrant": "7"}, {"track": "x"}, {"track": ""}, {"categories": ["Z"]}]
)
def test_forged_choices_do_no_harm(desk, clerk, odd):
    answer = clerk.post(new(desk), typed(desk, **odd))
    row = desk.form.rows.get()
    assert (answer.status_code, row.state, row.track.code) == (302, "draft", "worker")
    assert row.categories == [code for code in row.categories if code in "ABC"]


def test_the_right_name_is_one_click_away(desk, clerk):
    row = desk.row(team_name="（始兴县城南中学）科技志愿服务支队")
    page = text_of(clerk.get(edit(row)))
    assert "一键采用“始兴县城南中学科技志愿服务分队”" in page
    clerk.post(edit(row), typed(desk, slot="（始兴县城南中学）科技志愿服务支队", adopt="1"))
    row.refresh_from_db()
    assert (row.team_name, row.name) == ("始兴县城南中学科技志愿服务分队", "王小芳")


def test_a_base_needs_no_slot(edition):
    desk = build.desk(edition, "base")
    signed_in(desk.officer).post(new(desk), typed(desk))
    assert desk.form.rows.get().team_name == "东莞科学馆科技志愿服务支队"


def test_an_individual_has_no_team(desk, clerk):
    clerk.post(new(desk), typed(desk, entrant="individual", organisation="城南中学"))
    row = desk.form.rows.get()
    assert (row.team_name, row.organisation) == ("", "城南中学")


def test_a_submitted_row_opens_no_form(desk, clerk):
    (row,) = desk.submitted()
    answers = [clerk.get(edit(row)), clerk.post(edit(row), typed(desk, name="李四"))]
    row.refresh_from_db()
    assert ([answer.url for answer in answers], row.name) == ([sheet(desk)] * 2, "王小芳")


# --- Submitting ---------------------------------------------------------------------------------------


def press_submit(client: Client, page: str):
    """Send the page's form as a browser without JavaScript does."""
    ready = re.findall(r'name="ready" value="(\d+)"', text_of(client.get(page)))
    return client.post(page, {"do": "submit", "ready": ready}, follow=True)


def test_the_page_submits_what_is_right_and_fits(edition):
    desk = build.desk(edition, "society")
    desk.row(phone="12"), desk.rows(4)  # the first keeps its place among the three until it is mended
    answer = press_submit(signed_in(desk.officer), sheet(desk))
    assert "已提交 2 行" in text_of(answer)
    assert desk.states == ["draft", "submitted", "submitted", "draft", "draft"]


def test_a_refusal_lists_every_problem_by_row(desk, clerk):
    rows = [desk.row(phone=""), desk.row(name="")]
    answer = clerk.post(sheet(desk), {"do": "submit", "ready": [row.pk for row in rows]})
    page = text_of(answer)
    told = ["第 1 行：请填写参赛者本人的手机号", "第 2 行：请填写姓名，要与身份证一致"]
    assert (answer.status_code, [words in page for words in told]) == (422, [True, True])
    places = [f"r{rows[0].pk}-phone", f"r{rows[1].pk}-name"]
    assert [f'href="#{place}"' in page and f'id="{place}"' in page for place in places] == [True, True]


def test_a_row_with_a_warning_can_be_submitted(desk, clerk):
    desk.row(organisation="始兴县城南中学科技志愿服务分队")
    press_submit(clerk, sheet(desk))
    assert desk.states == ["submitted"]


def test_after_the_deadline_only_returned_rows_go_in(desk, clerk):
    first, _ = desk.submitted(2)
    desk.row()
    clock.set_now(CLOSED)
    reviewing.return_row(first, reason="校名不全", by=desk.officer)
    recommending.save_row(desk.form, {"organisation": "始兴县城南中学"}, by=desk.officer, row=first)
    answer = press_submit(clerk, sheet(desk))
    assert ("已提交 1 行" in text_of(answer), desk.states) == (True, ["submitted", "submitted", "draft"])


def test_a_closed_unit_submits_nothing(edition):
    desk = build.desk(edition, "city")
    desk.row(), desk.row(phone="")
    client = signed_in(desk.officer)
    answer = client.get(sheet(desk))
    assert (answer.status_code, 'name="ready"' in text_of(answer), "名额尚未开放" in text_of(answer)) == (
        200,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("verb", "before", "after"), [("withdraw", "submitted", ["withdrawn"]), ("delete", "draft", [])]
)
def test_a_deed_is_asked_about_before_it_is_done(desk, clerk, verb, before, after):
    row = desk.row()
    if before == "submitted":
        desk.submit(row)
    page = reverse("row_do", args=[row.pk, verb])
    assert (clerk.get(page).status_code, desk.states) == (200, [before])
    assert (clerk.post(page).url, desk.states) == (sheet(desk), after)


def test_a_deed_that_cannot_be_done_says_why(desk, clerk):
    row = desk.row()
    answer = clerk.post(reverse("row_do", args=[row.pk, "withdraw"]), follow=True)
    assert ("状态已变为“草稿”" in text_of(answer), desk.states) == (True, ["draft"])


def test_many_rows_cost_no_more_queries(edition):
    costs = []
    for kind, count in (("society", 1), ("university", 3)):
        desk = build.desk(edition, kind, email=f"{kind}@example.test")
        desk.submitted(count), [desk.row(phone="12") for _ in range(count)]
        client = signed_in(desk.officer)
        client.get(sheet(desk))  # the session is known from here on
        with CaptureQueriesContext(connection) as asked:
            client.get(sheet(desk))
        costs.append(len(asked))
    assert costs[0] == costs[1]


# --- Colleagues ---------------------------------------------------------------------------------------


def test_a_colleague_is_invited(desk, clerk):
    page = reverse("colleagues", args=[desk.unit.pk])
    answers = [clerk.post(page, {"email": email}) for email in ("c@example.test", "officer@example.test", "")]
    assert [answer.status_code for answer in answers] == [302, 200, 200]
    assert "已经是本单位的填报人" in text_of(answers[1])
    assert [invitation.email for invitation in desk.unit.invitations.open()] == ["c@example.test"]
