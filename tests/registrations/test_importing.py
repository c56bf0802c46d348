"""Units from a spreadsheet: every error by row and column, good rows in, bad rows back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from core.sheets import find_table, read, write_xlsx
from registrations.models import FormerName, Unit
from registrations.services.importing import import_units, judge_units
from registrations.sheets import unit_columns, unit_template
from tests.registrations.staff import SHIXING, contest, organiser, quota_of, signed_in

pytestmark = pytest.mark.django_db

NEW = {
    "full_name": "广东省光学学会",
    "team_name": "广东省光学学会",
    "kind": "省级学会（协会、研究会）",
    "region": "440000",
}
KNOWN = {"full_name": SHIXING, "team_name": "始兴县科协", "kind": "县（市、区）科协", "region": "韶关市始兴县"}


@pytest.fixture(autouse=True)
def edition():
    return contest()


def book(*rows: dict[str, str]) -> bytes:
    return write_xlsx(unit_columns(), rows, title="推荐单位名单")


def table(*rows: dict[str, str]):
    return find_table(read(book(*rows), "名单.xlsx"), unit_columns())


@pytest.mark.parametrize(
    ("change", "verdict", "codes"),
    [
        ({}, "new", []),
        ({"full_name": ""}, "wrong", ["unit.no_full_name"]),
        ({"team_name": ""}, "wrong", ["unit.no_team_name"]),
        ({"kind": "村科协"}, "wrong", ["unit.kind"]),
        ({"kind": ""}, "wrong", ["unit.no_kind"]),
        ({"region": "没有的县"}, "wrong", ["unit.region"]),
        ({"region": ""}, "wrong", ["unit.no_region"]),
        ({"kind": "县（市、区）科协"}, "wrong", ["unit.level"]),
        ({"team_name": "广东省光学学会科技志愿服务支队"}, "wrong", ["unit.team_name_is_team"]),
        ({"kind": "高校科协", "team_name": "某大学科协"}, "wrong", ["unit.team_name_tail"]),
    ],
)
def test_row_is_judged(change, verdict, codes):
    (line,) = judge_units(table(NEW | change | {"note": "试"}))
    assert (line.verdict, [problem.code for problem in line.problems]) == (verdict, codes)


def test_known_unit_is_unchanged_or_changed():
    same, other = judge_units(table(KNOWN, {"full_name": "韶关市科学技术协会", "note": "待核实"}))
    assert (same.verdict, other.verdict, other.changes) == ("unchanged", "changed", {"备注": ("", "待核实")})


def test_same_unit_twice_is_wrong():
    assert [line.verdict for line in judge_units(table(NEW, NEW))] == ["new", "wrong"]


def test_renamed_unit_is_found_by_its_former_name():
    (line,) = judge_units(table({"full_name": "始兴县科普协会", "former_names": SHIXING}))
    assert (line.verdict, line.unit.pk) == ("changed", Unit.objects.get(full_name=SHIXING).pk)


def test_good_rows_go_in_with_their_places():
    import_units(
        table(NEW, NEW | {"full_name": "坏的", "region": "x"}, KNOWN | {"former_names": "始兴科普协会"}), by=organiser()
    )
    assert (quota_of("广东省光学学会").limit, Unit.objects.filter(full_name="坏的").exists()) == (3, False)
    assert FormerName.objects.get().name == "始兴科普协会"


def test_same_file_twice_changes_nothing():
    user = organiser()
    import_units(table(NEW, KNOWN), by=user)
    assert [line.verdict for line in import_units(table(NEW, KNOWN), by=user)] == ["unchanged", "unchanged"]


def test_upload_preview_confirm_and_marked_workbook():
    browser, url = signed_in(organiser()), reverse("admin:registrations_unit_import_page")
    content = book(NEW, NEW | {"full_name": "坏的", "region": "x"})
    preview = browser.post(url, {"file": SimpleUploadedFile("名单.xlsx", content)})
    assert "D4：没有找到“x”" in preview.content.decode()
    sheet = preview.context["sheet"]
    marked = load_workbook(io.BytesIO(browser.post(url, {"sheet": sheet, "marked": "1"}).content)).active
    assert "没有找到" in marked["D4"].comment.text
    browser.post(url, {"sheet": sheet})
    assert Unit.objects.filter(full_name__in=["广东省光学学会", "坏的"]).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "有 1 处需要修改"),
        ("名单.csv", "随便,写写\n1,2".encode(), "没有找到表头"),
    ],
)
def test_wrong_file_is_refused_by_name(name, content, said):
    answer = signed_in(organiser()).post(
        reverse("admin:registrations_unit_import_page"), {"file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_template_comes_back_readable():
    found = find_table(read(unit_template(), "模板.xlsx"), unit_columns())
    assert [problem.code for problem in found.problems] == ["sheet.no_rows"]
