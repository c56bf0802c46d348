"""Workbooks as people fill them in; rows matched, taken in once, and handed out again."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.problems import Refused
from core.sheets import find_table, mark, read
from registrations import sheets as columns
from registrations.models import RecommendationRow
from registrations.rules.matching import Brought, Kept, match_rows, position_of
from registrations.rules.pinyin import pinyin_of
from registrations.services import recommending, reviewing, workbooks
from registrations.services.facts import FormFacts
from registrations.services.workbooks import Choice
from tests.core.workbooks import old_workbook, workbook
from tests.registrations import build
from tests.registrations.sheets import HEADER, codes, line, preview, take_in, verdicts

pytestmark = pytest.mark.django_db

TWO = [line(序号=1), line(序号=2, 姓名="李小芳", 联系电话="13800138001")]


def stored(desk: build.Desk) -> list[tuple[str, str, list[str]]]:
    return list(desk.form.rows.values_list("name", "phone", "categories"))


BOTH = [("王小芳", "+8613800138000", ["A"]), ("李小芳", "+8613800138001", ["A"])]
AS_TYPED: list[object] = [
    "序 号",
    "姓  名\n(参赛者/参赛队伍代表)",
    "参赛队伍名称\r\n（参赛队伍填写）",
    "参赛者所在单位／学校院系",
    "联系 电话",
    "报名类别\n(可多选)",
    "推荐单位(盖章)",
]


# --- As people fill it in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        [HEADER, *TWO],
        [["广东省“AI科普+”创意与应用大赛推荐申报表"], HEADER, *TWO],
        [["推荐申报表"], [], ["填报单位：", "始兴县科协"], [], HEADER, *TWO],
        [*[[]] * 9, HEADER, *TWO],  # the last line where a header is looked for
        [AS_TYPED, *TWO],
        [list(reversed(HEADER)), *[list(reversed(row)) for row in TWO]],
        [HEADER, TWO[0], [], ["", " ", "　"], TWO[1]],
        [HEADER, *TWO, [], ["注："], ["1.一个参赛名额可报名多个参赛类别"], ["A.广东省 AI 科普传播领军人物/领军队伍奖"]],
        [HEADER, *TWO, ["填表人：", "某某", "", "", "日期：", "2024年12月"]],
        [HEADER, TWO[0], HEADER, TWO[1]],  # the header again on the next page
        [HEADER, line(序号=1, 联系电话=13800138000), line(姓名="李小芳", 联系电话=13800138001.0)],
        [HEADER, line(联系电话="138 0013 8000"), line(姓名="李小芳", 联系电话="+86-138-0013-8001")],
        [HEADER, line(联系电话="１３８００１３８０００"), line(姓名="李 小 芳", 联系电话="13800138001 ")],
        [HEADER, line(推荐单位="始兴县科协"), line(姓名="李小芳", 联系电话=13800138001, 推荐单位="始兴县 科协")],
    ],
)  # fmt: skip
def test_files_as_they_come(desk, rows):
    assert (take_in(desk, rows).new, stored(desk)) == (2, BOTH)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A、C", ["A", "C"]),
        ("ABC", ["A", "B", "C"]),
        ("a/b", ["A", "B"]),
        ("Ｂ，Ｃ", ["B", "C"]),
        ("A.传播 C.研学", ["A", "C"]),
        ("传播、编程", ["A", "B"]),
        ("编程组", ["B"]),
        ("科普研学", ["C"]),
        ("AI科普传播领军人物", ["A"]),
        ("广东省 AI 科普编程领军人物/领军队伍奖", ["B"]),
        ("A.广东省 AI 科普传播领军人物/领军队伍奖\nC.广东省 AI 科普研学领军人物/领军队伍奖", ["A", "C"]),
        ("广东省AI科普研学领军队伍奖", ["C"]),
        ("小程序编程", ["B"]),
        ("用 AI 进行科普作品创作", ["A"]),
        ("作品创作；研学课程", ["A", "C"]),
    ],
)
def test_categories_in_all_spellings(desk, typed, kept):
    (row,) = preview(desk, [HEADER, line(报名类别=typed)]).lines
    assert (row.verdict, row.row.categories) == ("new", kept)


@pytest.mark.parametrize("typed", ["D", "A,D", "领军人物", "旅行", "无"])
def test_categories_that_say_nothing(desk, typed):
    assert codes(preview(desk, [HEADER, line(报名类别=typed)])) == [["categories.unknown"]]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_csv(desk, encoding):
    text = "\r\n".join(",".join(map(str, row)) for row in [HEADER, *TWO])
    seen = preview(desk, text.encode(encoding), "名单.csv")
    assert verdicts(seen) == ["new", "new"]


def test_old_excel(desk):
    assert verdicts(preview(desk, old_workbook([HEADER, *TWO]), "名单.xls")) == ["new", "new"]


def test_other_sheets_are_named(desk):
    seen = preview(desk, workbook([["说明"], ["先看这里"]], ("推荐表", [HEADER, *TWO])))
    assert (verdicts(seen), [problem.code for problem in seen.problems]) == (["new", "new"], ["sheet.other_sheets"])


def test_a_formula_is_not_taken(desk):
    (row,) = preview(desk, [HEADER, line(姓名='="王小"&"芳"')]).lines
    assert (row.verdict, row.problems[0].code, row.keepable) == ("wrong", "sheet.formula", False)


@pytest.mark.parametrize(
    ("track", "kept", "found"),
    [
        ("", "worker", []),
        ("高校赛道", "university", []),
        ("青少年", "youth", []),
        ("成人赛道", "worker", ["track.unknown"]),
    ],
)
def test_the_track(desk, track, kept, found):
    (row,) = preview(desk, [[*HEADER, "赛道"], [*line(), track]]).lines
    assert (row.row.track.code, [problem.code for problem in row.problems]) == (kept, found)


# --- Which row it is --------------------------------------------------------------------------------------


def test_same_file_twice_changes_nothing(desk):
    take_in(desk, [HEADER, *TWO])
    before = list(desk.form.rows.values())
    assert verdicts(preview(desk, [HEADER, *TWO])) == ["unchanged", "unchanged"]
    take_in(desk, [HEADER, *TWO])
    assert list(desk.form.rows.values()) == before


def test_rows_from_a_file_are_spelled_for_the_search(desk):
    def spelled() -> list[bool]:
        return [row.pinyin == pinyin_of(f"{row.name} {row.team_name}".strip()) != "" for row in desk.form.rows.all()]

    take_in(desk, [HEADER, *TWO])
    assert spelled() == [True, True]
    take_in(desk, [HEADER, line(序号=1, 参赛队伍名称="别的队名")])
    assert spelled() == [True, True]


def test_a_row_is_known_by_phone_and_name(desk):
    take_in(desk, [HEADER, *TWO])
    seen = preview(desk, [HEADER, line(序号=7, 报名类别="B"), TWO[1]])
    assert (verdicts(seen), seen.lines[0].changes) == (["changed", "unchanged"], {"报名类别": ("A", "B")})
    assert not seen.lines[0].asks


def test_a_row_known_by_its_number_is_asked_for(desk):
    take_in(desk, [HEADER, *TWO])
    other = [HEADER, line(序号="2.", 姓名="赵小芳", 联系电话="13800138009")]
    (row,) = preview(desk, other).lines
    assert (row.verdict, row.asks, row.changes) == (
        "changed",
        True,
        {"姓名": ("李小芳", "赵小芳"), "联系电话": ("13800138001", "13800138009")},
    )
    take_in(desk, other)
    assert stored(desk) == BOTH
    take_in(desk, other, replacing=frozenset({2}))
    assert stored(desk) == [BOTH[0], ("赵小芳", "+8613800138009", ["A"])]


def test_a_row_known_by_its_number_may_be_somebody_else(desk):
    take_in(desk, [HEADER, *TWO])
    take_in(desk, [HEADER, line(序号=2, 姓名="赵小芳", 联系电话="13800138009")], adding=frozenset({2}))
    assert [row[0] for row in stored(desk)] == ["王小芳", "李小芳", "赵小芳"]


def test_absent_columns_change_nothing(desk):
    desk.row(name="王小芳", phone="13800138000", email="wang@example.test", organisation="城南小学")
    seen = preview(desk, [["姓名", "手机号", "报名类别"], ["王小芳", "13800138000", "B"]])
    assert seen.lines[0].changes == {"报名类别": ("A", "B")}
    take_in(desk, [["姓名", "手机号", "报名类别"], ["王小芳", "13800138000", "B"]])
    row = desk.form.rows.get()
    assert (row.email, row.organisation, row.categories) == ("wang@example.test", "城南小学", ["B"])


def test_a_new_row_needs_the_columns_that_are_absent(desk):
    seen = preview(desk, [["姓名", "单位"], ["王小芳", "城南中学"], ["李小芳", ""]])
    assert [problem.code for problem in seen.problems if "缺少" in problem.message] == ["sheet.missing_column"] * 2
    assert verdicts(seen) == ["wrong", "wrong"]


def test_the_same_person_twice_in_a_file(desk):
    seen = preview(desk, [HEADER, TWO[0], TWO[0]])
    assert (verdicts(seen), codes(seen)) == (["new", "wrong"], [[], ["person.twice"]])


def test_submitted_rows_stay(desk):
    desk.submitted(1, name="王小芳", phone="13800138000")
    seen = preview(desk, [HEADER, line(报名类别="B"), line(序号=1, 姓名="李小芳", 联系电话="13800138001")])
    assert (verdicts(seen), codes(seen)) == (["wrong", "new"], [["row.locked"], []])
    assert verdicts(preview(desk, [HEADER, line()])) == ["unchanged"]


def test_returned_rows_can_be_mended_by_file(desk, edition):
    (row,) = desk.submitted(1, name="王小芳", phone="13800138000")
    reviewing.return_row(row, reason="请核对", by=build.contact(edition))
    assert take_in(desk, [HEADER, line(报名类别="B")]).changed == 1


def test_withdrawn_rows_are_not_revived(desk):
    (row,) = desk.submitted(1, name="王小芳", phone="13800138000")
    recommending.withdraw_row(row, by=desk.officer)
    assert codes(preview(desk, [HEADER, line(报名类别="B")])) == [["row.locked"]]


def test_over_quota_rows_become_drafts(edition):
    desk = build.desk(edition, "base")
    rows = [HEADER, line(), line(姓名="李小芳", 联系电话="13800138001")]
    seen = preview(desk, rows)
    assert (verdicts(seen), codes(seen)) == (["new", "new"], [[], ["places.exceeded"]])
    assert (take_in(desk, rows).new, desk.quota.taken, desk.states) == (2, 0, ["draft", "draft"])


def test_a_unit_without_places_is_told(edition):
    seen = preview(build.desk(edition, "city"), [HEADER, line()])
    assert ([problem.code for problem in seen.problems], verdicts(seen)) == (["places.closed"], ["new"])


NAMES, PHONES = st.sampled_from(["", "甲", "乙"]), st.sampled_from(["", "1", "2"])
BROUGHT = st.builds(Brought, st.integers(1, 9), st.none() | st.integers(1, 4), NAMES, PHONES)
KEPT = st.builds(Kept, st.integers(), st.integers(1, 4), NAMES, PHONES, st.booleans(), st.booleans())


@given(st.lists(BROUGHT, max_size=8), st.lists(KEPT, max_size=8, unique_by=lambda row: row.key))
def test_nobody_is_matched_twice(brought, kept):
    keys = [match.key for match in match_rows(brought, kept) if match.key is not None]
    assert len(keys) == len({*keys} & {row.key for row in kept})


@pytest.mark.parametrize(
    ("typed", "read_as"), [("3", 3), ("３.", 3), ("3、", 3), ("(12)", 12), ("", None), ("一", None), ("1.5", None)]
)
def test_numbers_as_typed(typed, read_as):
    assert position_of(typed) == read_as


# --- Taking in --------------------------------------------------------------------------------------------


def test_good_rows_alone_or_wrong_ones_as_drafts(desk):
    rows = [HEADER, *TWO, line(姓名="", 联系电话="1380")]
    assert (take_in(desk, rows).new, desk.form.rows.count()) == (2, 2)
    assert take_in(desk, rows, drafts=True).drafts == 1
    assert list(desk.form.rows.values_list("position", "name", "phone")) == [
        (1, "王小芳", "+8613800138000"),
        (2, "李小芳", "+8613800138001"),
        (3, "", "1380"),
    ]


def test_history_names_the_import(desk):
    take_in(desk, [HEADER, *TWO])
    events = RecommendationRow.pgh_event_model.objects.order_by("pgh_id")
    assert [(e.pgh_label, e.pgh_context["verb"], e.pgh_context["actor"]) for e in events] == [
        ("insert", "rows.imported", desk.officer.pk)
    ] * 2


def test_a_stale_preview_is_refused_whole(desk):
    seen = preview(desk, [HEADER, *TWO])
    desk.row(name="王小芳", phone="13800138000", categories=["C"])
    with pytest.raises(Refused) as refused:
        workbooks.take_in(desk.form, seen.table, Choice(), by=desk.officer, seen=seen.digest)
    assert (refused.value.codes, desk.form.rows.count()) == (["preview.stale"], 1)


def test_a_double_click_has_one_effect(desk):
    brought = workbooks.bring(desk.form, io.BytesIO(workbook([HEADER, line(姓名="")])), "名单.xlsx", by=desk.officer)
    seen = preview(desk, [HEADER, line(姓名="")])
    for _ in range(2):
        workbooks.take_in(
            desk.form, seen.table, Choice(drafts=True), by=desk.officer, seen=seen.digest, workbook=brought
        )
    assert desk.form.rows.count() == 1


def test_the_same_as_typed_by_hand(desk):
    """One way in or the other, the same is stored."""
    name, team, phone = "阿依古丽 • 买买提", "( 城南中学 ) 科技 志愿服务分队", "138-0013-8000"
    by_hand = desk.row(name=name, team_name=team, phone=phone)
    desk.form.rows.all().delete()
    take_in(desk, [HEADER, line(姓名=name, 参赛队伍名称=team, 联系电话=phone)])
    row = desk.form.rows.get()
    assert [getattr(row, name) for name in recommending.FIELDS] == [
        getattr(by_hand, name) for name in recommending.FIELDS
    ]


# --- Handing out ------------------------------------------------------------------------------------------


def formula_cells(content: bytes) -> list[str]:
    book = load_workbook(io.BytesIO(content))
    return [cell.coordinate for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]


FORMULAS = ["=1+1", "+cmd|'/c calc'!A1", "-2+3", "@SUM(A1)", "'=1", "\t=1", "#N/A"]
HOSTILE = [*FORMULAS, "_x0041_", "王\x01芳", "注：", "问题", "阿依古丽·买买提", "𠮷田"]


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), min_size=4, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exports_hold_no_formula_and_come_back_unchanged(desk, texts):
    desk.form.rows.all().delete()
    name, organisation, email, team = texts
    desk.row(name=name, organisation=organisation, email=email, team_name=team)
    content = columns.row_export(desk.form, FormFacts(desk.form))
    seen = preview(desk, content)
    assert (formula_cells(content), set(verdicts(seen))) == ([], {"unchanged"})
    assert formula_cells(mark(seen.table, seen.faults)) == []


def test_export_of_every_state_imports_unchanged(desk):
    rows = [*desk.submitted(2), desk.row(phone="+852 51234567"), desk.row(name="", phone=""), desk.row(track="youth")]
    seen = preview(desk, columns.row_export(desk.form, FormFacts(desk.form)))
    assert verdicts(seen) == ["unchanged"] * len(rows)


def test_the_official_columns_in_order(edition):
    official = edition.rulebook.forms[0]
    made = columns.row_columns(edition.rulebook)
    assert [column.label for column in made] == [*(column.label for column in official.columns), "赛道", "邮箱"]


def test_the_template(desk):
    content = columns.row_template(FormFacts(desk.form))
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (page.freeze_panes, len(page.data_validations.dataValidation), page["G27"].value) == (
        "A3",
        2,
        "韶关市始兴县科学技术协会",
    )
    found = find_table(read(content, "模板.xlsx"), columns.row_columns(desk.edition.rulebook))
    assert [problem.code for problem in found.problems] == ["sheet.no_rows"]


def test_a_filled_template_is_read(desk):
    book = load_workbook(io.BytesIO(columns.row_template(FormFacts(desk.form))))
    for place, value in enumerate(["王小芳", "城南中学科技志愿服务分队", "", 13800138000, "A、C"], start=2):
        book.worksheets[0].cell(3, place, value)
    content = io.BytesIO()
    book.save(content)
    (row,) = preview(desk, content.getvalue()).lines
    assert (row.number, row.verdict, row.row.team_name, row.row.categories) == (
        3,
        "new",
        "城南中学科技志愿服务分队",
        ["A", "C"],
    )


def test_the_marked_workbook(desk):
    seen = preview(desk, [["推荐表"], HEADER, line(联系电话="1380")])
    page = load_workbook(io.BytesIO(mark(seen.table, seen.faults))).worksheets[0]
    assert "手机号不对" in page["E3"].comment.text
    assert verdicts(preview(desk, mark(seen.table, seen.faults))) == ["wrong"]


def test_texts_too_long_are_told(desk):
    (row,) = preview(desk, [HEADER, line(姓名="王" * 61)]).lines
    assert ([problem.code for problem in row.problems], row.keepable) == (["text.too_long", "name.form"], False)
