"""The grid over HTTP, without its script and with it: nothing typed lost, nobody overwritten, always the same cost."""

import gzip
import re
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations.models import RecommendationRow
from registrations.services import recommending, reviewing
from tests.registrations import build, scene
from tests.registrations.staff import signed_in

INPUT = re.compile(r"<input ([^>]*)>|<select[^>]* name=\"([^\"]+)\">(.*?)</select>", re.DOTALL)
SCRIPT = {"HTTP_X_SHEET": "1"}


@pytest.fixture
def clerk(desk) -> Client:
    return signed_in(desk.officer)


def page_of(desk: build.Desk) -> str:
    return reverse("recommendation", args=[desk.unit.pk])


def fields(html: str) -> dict[str, list[str]]:
    """The grid's form as a browser would send it, buttons apart."""
    found: dict[str, list[str]] = {}
    form = html[html.index('<form id="sheet"') : html.index("<template")] + html[html.index('id="bar"') :]
    for attributes, select, options in INPUT.findall(form):
        if select:
            chosen = re.search(r'value="([^"]*)" selected', options)
            found[select] = [chosen[1]] if chosen else []
            continue
        name, value = (re.search(rf'\b{a}="([^"]*)"', attributes) for a in ("name", "value"))
        if name and ('type="checkbox"' not in attributes or " checked" in attributes):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return found


def open_page(client: Client, desk: build.Desk, query: str = "") -> dict[str, list[str]]:
    return fields(client.get(page_of(desk) + query).content.decode())


def press(client: Client, desk: build.Desk, form: dict[str, list[str]], button: str = "save", **more: object):
    """Press a button of the page, having typed."""
    typed = {name.replace("__", "."): value for name, value in more.items()}
    return client.post(page_of(desk), form | typed | {"do": button}, follow=True)


def stored(row: RecommendationRow) -> RecommendationRow:
    return RecommendationRow.objects.get(pk=row.pk)


# --- Without a script ---------------------------------------------------------------------------------


def test_any_button_saves_every_row_first(desk, clerk):
    first, second = desk.rows(2)
    form = open_page(clerk, desk) | {f"{first.pk}.name": "王一一", f"{second.pk}.team": "始兴县城南中学"}
    answer = press(clerk, desk, form, "check")
    assert answer.redirect_chain[-1][0].endswith("#verdict")
    assert (stored(first).name, stored(second).team_name) == ("王一一", "始兴县城南中学科技志愿服务分队")


def test_a_row_nobody_touched_is_not_written(desk, clerk):
    rows = desk.rows(3)
    before = [stored(row).changed_at for row in rows]
    press(clerk, desk, open_page(clerk, desk))
    assert [stored(row).changed_at for row in rows] == before


def test_a_new_row_comes_from_the_blank_one(desk, clerk):
    form = open_page(clerk, desk)
    token = form["row"][0]
    typed = {f"{token}.name": "王芳", f"{token}.phone": "138 0013 8000", f"{token}.categories": ["C", "A"]}
    for _ in range(2):  # a double click
        press(clerk, desk, form | typed)
    row = desk.form.rows.get()
    assert (row.name, row.phone, row.categories, row.track.code) == ("王芳", "+8613800138000", ["A", "C"], "worker")


def test_a_blank_row_is_only_shown_when_asked_for(desk, clerk):
    desk.row()
    assert [len(open_page(clerk, desk, query)["row"]) for query in ("", "?new=1")] == [1, 2]


def test_the_phone_is_masked_and_may_stay_so(desk, clerk):
    row = desk.row(phone="13800138000")
    form = open_page(clerk, desk)
    press(clerk, desk, form | {f"{row.pk}.name": "王一一"})
    assert (form[f"{row.pk}.phone"], stored(row).phone) == (["138****8000"], "+8613800138000")


def test_the_right_name_is_one_click_away(desk, clerk):
    row = desk.row(team_name="始兴县人民医院科技志愿服务支队", organisation="")
    press(clerk, desk, open_page(clerk, desk), f"adopt:{row.pk}")
    assert stored(row).team_name == "始兴县人民医院科技志愿服务分队"


def test_a_shared_phone_is_confirmed_by_a_click(desk, clerk):
    rows = scene.fill(desk, 0)
    asked = press(clerk, desk, open_page(clerk, desk), f"confirm:{rows[4].pk}").content.decode()
    assert ('value="confirm:' in asked, stored(rows[4]).confirmed_phone) == (False, "+8613800138019")


@pytest.mark.parametrize(("button", "order"), [("up", [2, 1, 3]), ("down", [1, 3, 2])])
def test_drafts_change_places(desk, clerk, button, order):
    desk.submitted()
    rows = desk.rows(3)
    press(clerk, desk, open_page(clerk, desk), f"{button}:{rows[1].pk}")
    assert [rows.index(row) + 1 for row in desk.form.rows.filter(state="draft")] == order
    assert [row.position for row in desk.form.rows.all()] == [1, 2, 3, 4]


def test_a_row_beyond_the_places_is_lifted_among_them(edition):
    desk = build.desk(edition, "society")
    rows, client = desk.rows(4), signed_in(desk.officer)
    press(client, desk, open_page(client, desk), f"lift:{rows[3].pk}")
    press(client, desk, open_page(client, desk), "submit")
    assert [stored(row).state for row in rows] == ["submitted", "submitted", "draft", "submitted"]


def test_submitting_saves_what_was_just_typed(desk, clerk):
    row = desk.row()
    press(clerk, desk, open_page(clerk, desk) | {f"{row.pk}.name": "王一一"}, "submit")
    assert (stored(row).name, stored(row).state) == ("王一一", "submitted")


def test_a_refused_submission_keeps_what_was_typed(desk, clerk):
    row = desk.row()
    answer = press(clerk, desk, open_page(clerk, desk) | {f"{row.pk}.phone": "12"}, "submit")
    assert (answer.status_code, stored(row).phone, stored(row).state) == (422, "12", "draft")


def test_a_button_pressed_twice_answers_the_same(desk, clerk):
    desk.rows(2)
    form = open_page(clerk, desk) | {"do": "submit"}
    answers = [clerk.post(page_of(desk), form) for _ in range(2)]
    told = [clerk.get(page_of(desk)).content.decode().count("已提交 2 行。")]
    assert ([answer.status_code for answer in answers], answers[0].url == answers[1].url) == ([302, 302], True)
    assert (desk.states, told) == (["submitted"] * 2, [1])


# --- Two at the same sheet ----------------------------------------------------------------------------


def test_a_colleagues_change_is_not_overwritten_unasked(desk, clerk):
    row = desk.row()
    form = open_page(clerk, desk) | {f"{row.pk}.name": "王一一"}
    recommending.save_row(desk.form, {"name": "王二二"}, by=desk.officer, row=row)
    answer = press(clerk, desk, form)
    shown = fields(answer.content.decode())
    assert (answer.status_code, stored(row).name, shown[f"{row.pk}.name"]) == (422, "王二二", ["王一一"])
    press(clerk, desk, shown)
    assert stored(row).name == "王一一"


def test_a_colleagues_other_row_stays_as_it_is(desk, clerk):
    mine, theirs = desk.rows(2)
    form = open_page(clerk, desk) | {f"{mine.pk}.name": "王一一"}
    recommending.save_row(desk.form, {"name": "王二二"}, by=desk.officer, row=theirs)
    press(clerk, desk, form)
    assert (stored(mine).name, stored(theirs).name) == ("王一一", "王二二")


def test_what_was_typed_into_a_deleted_row_comes_back_as_a_new_one(desk, clerk):
    row = desk.row()
    form = open_page(clerk, desk) | {f"{row.pk}.name": "王一一"}
    recommending.delete_row(row, by=desk.officer)
    answer = press(clerk, desk, form)
    press(clerk, desk, fields(answer.content.decode()))
    assert [row.name for row in desk.form.rows.all()] == ["王一一"]


def test_a_row_submitted_meanwhile_is_not_changed(desk, clerk):
    row = desk.row()
    form = open_page(clerk, desk) | {f"{row.pk}.name": "王一一"}
    desk.submit(row)
    answer = press(clerk, desk, form)
    assert (answer.status_code, stored(row).name) == (422, row.name)
    assert "已提交，不能再改" in answer.content.decode()


# --- With the script ----------------------------------------------------------------------------------


def autosave(client: Client, desk: build.Desk, token: str, form: dict[str, list[str]], **cells: object) -> HttpResponse:
    mine = {name: value for name, value in form.items() if name.startswith(f"{token}.")}
    typed = {f"{token}.{name}": value for name, value in cells.items()}
    return client.post(page_of(desk), mine | typed | {"row": token}, **SCRIPT)


def test_an_autosave_answers_with_what_looks_different(desk, clerk):
    first, *_ = desk.rows(3)
    form = open_page(clerk, desk)
    said = autosave(clerk, desk, str(first.pk), form, name="").json()
    assert (said["rows"], re.sub(r"\d", "0", said["saved_at"])) == ({str(first.pk): first.pk}, "00:00:00")
    assert said["parts"].keys() == {f"r{first.pk}", "steps", "quota", "verdict", "bar"}
    assert ("请填写姓名" in said["parts"][f"r{first.pk}"], "提交 2 行" in said["parts"]["bar"]) == (True, True)


def test_a_row_whose_neighbour_changed_is_sent_too(desk, clerk):
    first, second = desk.rows(2)
    said = autosave(clerk, desk, str(first.pk), open_page(clerk, desk), phone=second.phone).json()
    assert "确认后可以提交" in said["parts"][f"r{second.pk}"]


def test_a_new_row_sent_again_after_a_lost_answer_is_one_row(desk, clerk):
    desk.row()
    token = f"n{uuid4().hex}"
    blank = open_page(clerk, desk, "?new=1")
    form = {name.replace(blank["row"][-1], token): value for name, value in blank.items()}
    answers = [autosave(clerk, desk, token, form, name=name).json()["rows"] for name in ("王", "王芳")]
    assert answers[0] == answers[1] == {token: desk.form.rows.last().pk}
    assert [row.name for row in desk.form.rows.all()][1:] == ["王芳"]


def test_the_same_autosave_again_changes_nothing(desk, clerk):
    row = desk.row()
    form = open_page(clerk, desk)
    answers = [autosave(clerk, desk, str(row.pk), form, name="王一一").json() for _ in range(2)]
    assert (answers[0]["rows"], answers[1]["refused"]) == (answers[1]["rows"], [])


def test_looking_at_a_phone_is_recorded(desk, clerk):
    row = desk.row(phone="13800138000")
    said = clerk.post(reverse("row_phone", args=[row.pk])).json()
    events = RecommendationRow.pgh_event_model.objects.filter(pgh_label="shown", pgh_obj=row)
    assert (said, [event.pgh_context["actor"] for event in events]) == ({"phone": "13800138000"}, [desk.officer.pk])


# --- Signed out in the middle of typing ---------------------------------------------------------------


def test_the_script_is_told(desk):
    answer = Client().post(page_of(desk), {"row": "1"}, **SCRIPT)
    assert (answer.status_code, answer.json()) == (401, {"signed_out": True})


def test_a_form_sent_after_the_session_ended_waits_for_its_author(desk, clerk):
    row = desk.row()
    form = open_page(clerk, desk) | {f"{row.pk}.name": "王一一", "do": "save"}
    clerk.session.flush()
    assert clerk.post(page_of(desk), form).url.startswith(reverse("account_login"))
    clerk.force_login(desk.officer, backend="core.accounts.backends.Backend")
    assert "登录过期前填的内容还在" in clerk.get(page_of(desk)).content.decode()
    press(clerk, desk, {}, "restore_kept")
    assert (stored(row).name, "登录过期前" in clerk.get(page_of(desk)).content.decode()) == ("王一一", False)


# --- What a row shows ---------------------------------------------------------------------------------


def test_submitted_rows_are_folded(desk, clerk):
    scene.fill(desk)
    page = clerk.get(page_of(desk)).content.decode()
    assert ("第 1–16 行已提交，已收起" in page, page.count('class="is-locked"')) == (True, 2)
    assert clerk.get(page_of(desk) + "?all=1").content.decode().count('class="is-locked"') == 18


def test_the_scene_of_the_look(desk, clerk):
    scene.fill(desk)
    page = clerk.get(page_of(desk)).content.decode()
    said = ["<strong>5 行可以提交</strong>", "第 21 行改好才能交；第 23 行请确认电话；第 26 行超出名额，留作草稿。"]
    said += ["正确队名：始兴县人民医院科技志愿服务<mark>分队</mark>", "联系电话与第 19 行相同，姓名不同"]
    said += ["有 3 行要处理"]
    assert [words in page for words in said] == [True] * 5


def test_a_returned_row_is_mended_on_the_grid(desk, clerk):
    (row,) = desk.submitted()
    reviewing.return_row(row, reason="校名不全", by=desk.officer)
    press(clerk, desk, open_page(clerk, desk) | {f"{row.pk}.name": "王一一"})
    press(clerk, desk, open_page(clerk, desk), "submit")
    assert (stored(row).name, stored(row).state) == ("王一一", "submitted")


@pytest.mark.parametrize(
    ("kind", "team", "shown", "posted", "kept"),
    [
        ("county", "", "", "城南中学", "城南中学科技志愿服务分队"),
        ("university", "广州大学星火科技志愿服务支队", "星火", "燎原", "广州大学燎原科技志愿服务支队"),
        ("society", "广东省机械工程学会科技志愿服务支队青年分队", None, "城南中学", "城南中学科技志愿服务支队"),
        ("base", "", "", "东莞科学馆科技志愿服务支队", "东莞科学馆科技志愿服务支队"),
    ],
)
def test_team_names_are_composed(edition, kind, team, shown, posted, kept):
    desk = build.desk(edition, kind)
    row, client = desk.row(team_name=team), signed_in(desk.officer)
    form = open_page(client, desk)
    assert form[f"{row.pk}.team"] == ([shown] if kind != "base" else []) or shown is None
    press(client, desk, form | {f"{row.pk}.team": posted})
    assert stored(row).team_name == kept


def test_forged_fields_do_no_harm(edition, desk, clerk):
    other = build.desk(edition, "university", email="other@example.test").row()
    forged = {"row": [other.pk, "x", "n1", "9" * 30, ""], f"{other.pk}.name": "王一一", f"{other.pk}.track": "x"}
    answers = [clerk.post(page_of(desk), forged | {"do": do}) for do in ("save", f"adopt:{other.pk}", "up:x", "zz:1")]
    assert stored(other).name == other.name
    assert {answer.status_code for answer in answers} <= {302, 404, 422}


# --- Cost ---------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_1_3_and_50_rows(edition):
    desk = build.desk(edition, "pilot")
    client, costs, page = signed_in(desk.officer), [], b""
    for count in (1, 2, 47):
        desk.rows(count)
        client.get(page_of(desk))  # the session is known from here on
        with CaptureQueriesContext(connection) as asked:
            page = client.get(page_of(desk)).content
        costs.append(len(asked))
    assert (len(set(costs)), len(gzip.compress(page)) <= 60_000) == (1, True)


# --- Places handed back -------------------------------------------------------------------------------


def test_places_are_handed_back(desk, clerk):
    desk.submitted(2)
    page = reverse("return_places", args=[desk.unit.pk])
    refused = [clerk.post(page, {"count": 24, "sure": "on"}), clerk.post(page, {"count": 3})]
    assert ([answer.status_code for answer in refused], desk.quota.limit) == ([422, 422], 25)
    clerk.post(page, {"count": 3, "sure": "on"})
    assert (desk.quota.limit, desk.quota.returned) == (22, 3)
    assert "已提前退回 3 个名额" in clerk.get(page_of(desk)).content.decode()


def test_withdrawing_and_restoring_evades_no_quota(edition):
    desk = build.desk(edition, "society")
    first, *_ = desk.submitted(3)
    recommending.withdraw_row(first, by=desk.officer)
    desk.submitted()
    recommending.restore_row(first, by=desk.officer)
    client = signed_in(desk.officer)
    answer = client.post(page_of(desk), {"do": "submit", "ready": first.pk})
    assert (answer.status_code, desk.quota.taken, stored(first).state) == (422, 3, "draft")
