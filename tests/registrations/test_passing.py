"""A row passes only as it stands on stamped paper (Q31), and only as the contact has read it."""

import pytest
from django.test import Client
from django.urls import reverse

from core.notices.models import Notice
from core.problems import Refused
from registrations.models import RecommendationRow
from registrations.rules.stamp import PrintedRow, check_stamped
from registrations.services import contents, recommending, reviewing
from tests.contest import load_guangdong
from tests.registrations import build
from tests.registrations.staff import signed_in

pytestmark = pytest.mark.django_db
ROW = "admin:registrations_recommendationrow"
LIST = f"{ROW}_changelist"


@pytest.fixture
def by(edition):
    return build.contact(edition)


@pytest.fixture
def page(by) -> Client:
    return signed_in(by)


def refused(act, *args, **more) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act(*args, **more)
    return refusal.value.codes


def edit(row: RecommendationRow, **values) -> RecommendationRow:
    """Whoever changes a submitted row, behind everybody's back."""
    RecommendationRow.objects.filter(pk=row.pk).update(**values)
    return RecommendationRow.objects.select_related("recommendation__unit", "recommendation__edition").get(pk=row.pk)


def url(name: str, row: RecommendationRow) -> str:
    return reverse(f"{ROW}_{name}", args=[row.pk])


# --- The stamp ------------------------------------------------------------------------------------------


def printed(name: str = "王芳", key: int = 1, mark: str = "a") -> PrintedRow:
    return PrintedRow(key, {"name": name, "phone": "138****8000"}, mark)


@pytest.mark.parametrize(
    ("papers", "codes"),
    [
        ([], ["stamp.missing"]),
        ([[printed("李明", key=2)]], ["stamp.missing"]),
        ([[printed(), printed("李明", key=2)]], []),
        ([[printed()], [printed("王方")]], []),  # stamped once, changed, and changed back
        ([[printed(key=9)]], []),  # withdrawn and written anew: the paper says the same
        ([[printed("王方")]], ["stamp.row_changed"]),
        ([[printed(mark="b")]], ["stamp.row_changed"]),  # the middle of the phone
    ],
)
def test_a_row_stands_on_stamped_paper_as_it_is(papers, codes):
    assert [problem.code for problem in check_stamped([printed()], papers, {})] == codes


def test_the_problem_names_the_columns_and_the_ways_out():
    (problem,) = check_stamped([printed()], [[printed("王方", mark="b")]], {"name": "姓名", "phone": "联系电话"})
    words = ("盖章之后这一行改过（姓名、联系电话）", "等单位重新打印盖章后上传", "代单位收下扫描件", "退回补正")
    assert [word in problem.message for word in words] == [True] * 4


def test_marks_of_a_retired_secret_still_count():
    assert check_stamped([printed(mark="new"), printed(mark="old")], [[printed(mark="old")]], {}) == []


def test_without_a_stamp_no_row_passes(desk, by):
    (row,) = desk.submitted()
    assert (refused(reviewing.approve_row, row, by=by), desk.states) == (["stamp.missing"], ["submitted"])
    desk.stamp()
    reviewing.approve_row(row, by=by)
    assert desk.states == ["approved"]


def test_changes_to_other_rows_do_not_matter(desk, by):
    first, second = desk.stamped(2)
    second = edit(second, name="李晓")
    third = desk.submitted()[0]
    reviewing.approve_row(first, by=by)
    told = [refused(reviewing.approve_row, row, by=by) for row in (second, third)]
    assert (told, desk.states) == ([["stamp.row_changed"], ["stamp.missing"]], ["approved", "submitted", "submitted"])


def test_a_return_needs_no_stamp(desk, by):
    (row,) = desk.submitted()
    reviewing.return_row(row, reason="校名不全", by=by)
    assert desk.states == ["returned"]


def test_an_edition_may_do_without(db):
    desk = build.desk(load_guangdong(stamped=False))
    (row,) = desk.submitted()
    reviewing.approve_row(row, by=build.contact(desk.edition))
    assert desk.states == ["approved"]


@pytest.mark.parametrize("count", [1, 5])
def test_stamps_cost_one_query(desk, count, django_assert_num_queries):
    rows = desk.stamped(count)
    with django_assert_num_queries(1):
        assert contents.stamp_problems(rows) == {row.pk: [] for row in rows}


def test_the_page_says_so_before(desk, page):
    (row,) = desk.submitted()
    shown = page.get(url("change", row)).content.decode()
    desk.stamp()
    after = page.get(url("change", row)).content.decode()
    words = ("现在还不能通过", 'data-key="a"', "代单位收下扫描件</a>")
    assert [[word in html for word in words] for html in (shown, after)] == [[True, False, True], [False, True, False]]


def test_passing_without_a_stamp_is_refused_on_the_page(desk, page):
    (row,) = desk.submitted()
    answer = page.post(url("approve", row))
    assert (answer.status_code, "不能通过" in answer.content.decode(), desk.states) == (422, True, ["submitted"])


def test_many_those_without_a_stamp_are_listed_and_left(desk, page):
    stamped, fresh = desk.stamped()[0], desk.submitted()[0]
    chosen = {"action": "approve_rows", "_selected_action": [stamped.pk, fresh.pk]}
    listed = page.post(reverse(LIST), chosen).content.decode()
    assert ("下面 1 行还不能通过" in listed, "通过这 1 行并发出通知" in listed) == (True, True)
    page.post(reverse(LIST), chosen | {"confirmed": "yes"})
    assert desk.states == ["approved", "submitted"]


# --- As it was read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [{"name": "李晓"}, {"phone": "+8613800118000"}, {"categories": ["B"]}, {"reply": "已核对"}]
)
@pytest.mark.parametrize("verb", ["approve", "return"])
def test_a_row_that_changed_meanwhile_is_not_decided(desk, by, verb, values):
    (row,) = desk.stamped()
    edit(row, **values)
    act = {"approve": reviewing.approve_row, "return": reviewing.return_row}[verb]
    more = {} if verb == "approve" else {"reason": "校名不全"}
    assert (refused(act, row, by=by, **more), desk.states) == (["row.changed_meanwhile"], ["submitted"])


def test_the_old_page_leads_back_to_the_new_content(desk, by, page):
    (row,) = desk.stamped()
    seen = contents.mark(row)
    edit(row, name="李晓")
    for name, data in (("approve", {}), ("return", {"reason": "校名不全", "confirmed": "yes"})):
        answer = page.post(url(name, row), data | {"seen": seen}, follow=True)
        assert ("请重新看过再审" in answer.content.decode(), "李晓" in answer.content.decode()) == (True, True)
    assert desk.states == ["submitted"]


def test_many_the_changed_one_is_named_and_left(desk, page):
    rows = desk.stamped(2)
    chosen = {"action": "return_rows", "_selected_action": [row.pk for row in rows]}
    marks = page.post(reverse(LIST), chosen).context["marks"]
    edit(rows[0], name="李晓")
    done = chosen | {"seen": marks, "asked": "yes", "reason": "校名不全", "confirmed": "yes"}
    answer = page.post(reverse(LIST), done, follow=True).content.decode()
    assert ("请重新看过再审" in answer, "已退回补正 1 行" in answer) == (True, True)
    assert desk.states == ["submitted", "returned"]


# --- A returned row is answered ---------------------------------------------------------------------------


@pytest.fixture
def returned(desk, by) -> RecommendationRow:
    (row,) = desk.stamped()
    reviewing.return_row(row, reason="校名不全", by=by)
    return row


def test_untouched_it_does_not_come_back(desk, returned):
    assert refused(desk.submit, returned) == ["row.not_corrected"]
    recommending.save_row(desk.form, {"name": "李晓"}, by=desk.officer, row=returned)
    recommending.save_row(desk.form, {"name": returned.name}, by=desk.officer, row=returned)
    assert refused(desk.submit, returned) == ["row.not_corrected"]


@pytest.mark.parametrize("values", [{"name": "李晓"}, {"email": "a@example.test"}, {"reply": "校名与公章一致"}])
def test_mended_or_answered_it_does(desk, by, returned, values):
    row = desk.mended(returned, **values)
    assert (row.state, row.review_note, row.reply) == ("submitted", "校名不全", values.get("reply", ""))


def test_withdrawing_and_restoring_is_no_way_round(desk, returned):
    recommending.withdraw_row(returned, by=desk.officer)
    recommending.restore_row(returned, by=desk.officer)
    assert refused(desk.submit, returned) == ["row.not_corrected"]


def test_returned_again_it_wants_another_answer(desk, by, returned):
    row = desk.mended(returned, reply="校名与公章一致")
    reviewing.return_row(row, reason="请附公章照片", by=by)
    row.refresh_from_db()
    assert (row.reply, refused(desk.submit, row)) == ("", ["row.not_corrected"])


def test_the_clerk_is_told_and_may_answer(desk, page, returned):
    clerk = signed_in(desk.officer)
    sheet = clerk.get(reverse("recommendation", args=[desk.unit.pk])).content.decode()
    assert ("这一行退回后还没有改过" in sheet, "写说明</a>" in sheet, 'name="ready"' in sheet) == (True, True, False)
    form = clerk.get(reverse("row_edit", args=[returned.pk])).context["row_form"]
    typed = {name: value for name, value in form.initial.items() if value} | {"reply": "校名与公章一致"}
    clerk.post(reverse("row_edit", args=[returned.pk]), typed)
    desk.submit(returned)
    shown = page.get(url("change", returned)).content.decode()
    assert ("上次退回的理由：校名不全" in shown, "单位的说明：校名与公章一致" in shown) == (True, True)


# --- Who is told ------------------------------------------------------------------------------------------


def test_many_are_told_in_one_letter_a_unit(edition, desk, by, page):
    other = build.desk(edition, "pilot", email="b@example.test")
    rows = [*desk.stamped(2), *other.stamped(name="李晓")]
    decided = reviewing.approve_rows(rows, by=by)
    letters = {n.address: (n.subject, n.text) for n in Notice.objects.filter(template="row-approved")}
    assert (len(decided.done), len(letters)) == (3, 2)
    subject, text = letters[desk.officer.email]
    assert (subject.endswith(f"第 1 行 {rows[0].name} 等 2 行"), rows[1].name in text, "李晓" in text) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(("verb", "told"), [("submitted", 1), ("approve", 1), ("return", 0)])
def test_contacts_learn_what_is_withdrawn(desk, by, verb, told):
    (row,) = desk.stamped()
    if verb == "approve":
        reviewing.approve_row(row, by=by)
    if verb == "return":
        reviewing.return_row(row, reason="校名不全", by=by)
    recommending.withdraw_row(row, by=desk.officer, reason="换人")
    letters = Notice.objects.filter(template="row-withdrawn", recipient=by)
    assert [(row.name in n.text, "换人" in n.text) for n in letters] == [(True, True)] * told


@pytest.mark.parametrize(
    ("query", "words"), [("", "待审的都办完了"), ("?q=没有的", "没有符合条件的行"), ("?state=returned", "没有符合")]
)
def test_an_empty_queue_says_what_it_means(desk, page, query, words):
    assert words in page.get(reverse(LIST) + query).content.decode()
