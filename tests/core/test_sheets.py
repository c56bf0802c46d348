"""Forms as people fill them in, found and read."""

import datetime
import time

import pytest
from openpyxl import Workbook

from core.problems import Refused
from core.sheets import Table, cell_name, find_table, read
from core.sheets.text import header_key, one_line
from tests.core.workbooks import COLUMNS, HEADER, SAMPLES, old_workbook, saved, workbook

FULL_WIDTH_PHONE = "13800138001".translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
PERSON = [1, "何燕", "始兴县第一小学科技志愿服务分队", 13800138001, "始兴县科协"]


def table_of(rows: list[list[object]], *more: tuple[str, list[list[object]]]) -> Table:
    return find_table(read(workbook(rows, *more), "名单.xlsx"), COLUMNS)


def codes(table: Table) -> list[str]:
    return [problem.code for problem in table.problems]


@pytest.mark.parametrize(
    ("name", "rows"),
    [("始兴县科协-有错", 26), ("广东省机械工程学会", 3), ("广州大学科协", 5), ("龙岗区科协", 12)],
)
def test_real_forms_are_read_whole_without_their_notes(name, rows):
    table = find_table(read(SAMPLES / f"推荐申报表-{name}.xlsx"), COLUMNS)
    assert (table.header_row, len(table.rows), table.problems) == (2, rows, [])
    assert [row.number for row in table.rows] == list(range(3, rows + 3))
    assert len(table.notes) == 5


@pytest.mark.parametrize(
    "written",
    [
        "姓名",
        "姓 名",
        "姓　名",
        "姓\n名\n(参赛者/参赛队伍代表)",
        "姓名（必填）*",
        "【1】姓名：",
        "姓名(参赛者",
        "（姓名）",
    ],
)
def test_headers_are_compared_without_notes_space_and_punctuation(written):
    assert header_key(written) == "姓名"


def test_columns_in_another_order_under_other_names_with_one_unknown():
    table = table_of([["手机号", "备注", "负责人", "问题"], [FULL_WIDTH_PHONE, "x", "何燕", "旧话"]])
    assert table.rows[0].values == {"phone": "13800138001", "name": "何燕"}
    assert [problem.message for problem in table.problems] == ["没有用到的列：备注"]


def test_blank_lines_numbered_lines_repeated_headers_and_notes_are_no_rows():
    lines = [HEADER, PERSON, [], [2, None, None, None, "始兴县科协"], HEADER, PERSON, ["注："], ["1.每行一人"]]
    table = table_of([["推荐申报表"], [], *lines, ["填表人：某某", "电话：13800138001", "日期："]])
    assert [row.number for row in table.rows] == [4, 8]
    assert table.notes == [9, 10, 11]


def test_rows_under_the_notes_are_still_rows():
    table = table_of([HEADER, PERSON, ["注：多出的写在下面"], ["说明"], PERSON])
    assert [row.number for row in table.rows] == [2, 5]


def test_numbers_dates_and_controls_become_text():
    line = [1.0, "  何\u200b\x7f 燕 ", datetime.date(2024, 12, 15), 85291234567.0, 0.1]
    assert table_of([HEADER, line]).rows[0].values == {
        "number": "1",
        "name": "何 燕",
        "team": "2024-12-15",
        "phone": "85291234567",
        "unit": "0.1",
    }


def test_no_header_and_missing_column_say_what_to_add():
    assert codes(table_of([["甲", "乙"], ["丙", "丁"]])) == ["sheet.no_header"]
    table = table_of([["姓名", "参赛队伍名称"], ["何燕", ""]])
    assert [problem.message for problem in table.problems] == ["表头（第 1 行）缺少“联系电话”一列，请对照模板补上"]
    assert [column.key for column in table.missing] == ["phone"]


def test_the_best_sheet_is_read_and_the_others_are_named():
    table = table_of([["说明"], ["请填第二张"]], ("正表", [HEADER, PERSON]), ("空表", []))
    assert (table.sheet.name, codes(table)) == ("正表", ["sheet.other_sheets"])
    assert "没有读“名单”" in table.problems[0].message


def test_empty_form_and_doubled_column():
    assert codes(table_of([HEADER])) == ["sheet.no_rows"]
    assert codes(table_of([[*HEADER, "姓名"], [*PERSON, "另一个"]])) == ["sheet.repeated_column"]


def test_a_formula_is_named_by_its_cell_and_harmless_in_a_printed_column():
    table = table_of([HEADER, ["=ROW()-1", "=A1", "队", 13800138001, ""], PERSON])
    assert [(problem.code, problem.field) for problem in table.rows[0].problems] == [("sheet.formula", "name")]
    assert table.rows[0].problems[0].message.startswith("B2 单元格是公式")
    assert table.rows[1].problems == []


def test_a_tall_merged_cell_counts_for_each_row():
    book = Workbook()
    for line in (HEADER, PERSON, [2, "王莹", "队", 13800138002]):
        book.active.append(line)
    book.active.merge_cells("E2:E3")
    table = find_table(read(saved(book), "x.xlsx"), COLUMNS)
    assert [row.values["unit"] for row in table.rows] == ["始兴县科协", "始兴县科协"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_csv_in_any_usual_encoding(encoding, delimiter):
    lines = [["姓名", "联系电话"], ["何燕", "=13800138001"], ["'-a", '"多\n行"']]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    rows = find_table(read(data, "名单.csv"), COLUMNS).rows
    assert [list(row.values.values()) for row in rows] == [["何燕", "=13800138001"], ["-a", "多 行"]]


def test_rare_names_survive_gb18030():
    data = "姓名,联系电话\n䶮𠮷·买买提,13800138001".encode("gb18030")
    assert find_table(read(data, "a.csv"), COLUMNS).rows[0].values["name"] == "䶮𠮷·买买提"


def test_old_xls_is_read():
    table = find_table(read(old_workbook([HEADER, PERSON]), "名单.xls"), COLUMNS)
    assert table.rows[0].values["phone"] == "13800138001"


def test_a_file_named_without_its_extension_is_read_by_content():
    assert len(find_table(read(workbook([HEADER, PERSON]), "名单"), COLUMNS).rows) == 1


def test_five_thousand_rows_within_two_seconds_and_in_proportion():
    def seconds(count: int) -> float:
        data = workbook([HEADER, *[PERSON] * count])
        begin = time.perf_counter()
        assert len(find_table(read(data, "名单.xlsx"), COLUMNS).rows) == count
        return time.perf_counter() - begin

    assert seconds(5000) < 2
    assert seconds(5000) < 11 * seconds(500)


def test_cell_names_and_one_line():
    assert [cell_name(5, place) for place in (0, 1, 25, 26, 701, 702)] == ["A5", "B5", "Z5", "AA5", "ZZ5", "AAA5"]
    assert one_line(" a\r\nb\u3000c\ufeff ") == "a b c"


def test_ten_thousand_rows_at_most():
    data = workbook([HEADER, *[["", "何燕"]] * 10_000])
    with pytest.raises(Refused) as refusal:
        read(data, "名单.xlsx")
    assert refusal.value.codes == ["sheet.too_many_rows"]
