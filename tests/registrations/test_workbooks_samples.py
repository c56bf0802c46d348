"""The four sample workbooks, and `manage.py recommendation preview` on them: the verdicts written out."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registrations.models import Recommendation, RecommendationRow
from tests.core.workbooks import SAMPLES
from tests.registrations import build, sheets

pytestmark = pytest.mark.django_db

WRONG = {  # row of the sheet → (column, code) of each problem
    5: [("phone", "phone.form")],
    7: [("team", "name.suffix")],
    11: [("categories", "categories.unknown")],
    12: [("categories", "categories.none")],
    14: [("name", "name.empty")],
    15: [("organisation", "row.who")],
    18: [("phone", "person.twice")],
    20: [("recommender", "recommender.other")],
}
OVER = {28: [("", "places.exceeded")]}  # row 26 of 25: good, kept as a draft


def sample(name: str) -> Path:
    return SAMPLES / f"推荐申报表-{name}.xlsx"


def report(file: Path, unit: str, out: Path) -> dict:
    call_command("recommendation", "preview", str(file), unit=unit, out=out)
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "name", "rows"),
    [("pilot", "龙岗区科协", 12), ("university", "广州大学科协", 5), ("society", "广东省机械工程学会", 3)],
)
def test_good_samples_are_all_new(edition, kind, name, rows, tmp_path):
    unit = build.unit(kind)
    told = report(sample(name), unit.full_name, tmp_path / "out.json")
    assert told["problems"] == []
    assert [(row["row"], row["verdict"], row["problems"]) for row in told["rows"]] == [
        (number, "new", []) for number in range(3, 3 + rows)
    ]


def test_every_fault_of_the_faulty_sample(edition, tmp_path):
    told = report(sample("始兴县科协-有错"), build.unit().full_name, tmp_path / "out.json")
    found = {r["row"]: [(p["column"], p["code"]) for p in r["problems"]] for r in told["rows"] if r["problems"]}
    assert found == WRONG | OVER
    assert {row["row"] for row in told["rows"] if row["verdict"] == "wrong"} == WRONG.keys()
    assert {row["verdict"] for row in told["rows"]} == {"new", "wrong"}
    assert [problem["code"] for problem in told["problems"]] == ["places.exceeded"]


def test_values_as_they_would_be_stored(edition, tmp_path):
    told = report(sample("广州大学科协"), build.unit("university").full_name, tmp_path / "out.json")
    assert told["rows"][4] == {
        "row": 7,
        "verdict": "new",
        "name": "王秀兰",
        "team": "广州大学木棉花科技志愿服务支队",
        "organisation": "",
        "phone": "+8613800138005",
        "categories": ["A", "B", "C"],
        "problems": [],
    }


def test_the_committee_of_a_society(edition, tmp_path):
    told = report(sample("广东省机械工程学会"), build.unit("society").full_name, tmp_path / "out.json")
    assert told["rows"][1]["team"] == "广东省机械工程学会科技志愿服务支队工业工程分会分队"


def test_nothing_is_written(edition, tmp_path):
    report(sample("龙岗区科协"), build.unit("pilot").full_name, tmp_path / "out.json")
    assert (Recommendation.objects.count(), RecommendationRow.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "unit", "code"),
    [
        ("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "韶关市始兴县科学技术协会", "sheet.not_workbook"),
        ("空.xlsx", b"", "韶关市始兴县科学技术协会", "sheet.empty"),
        ("表.csv", "随便,写写\n1,2".encode(), "韶关市始兴县科学技术协会", "sheet.no_header"),
        ("表.csv", "姓名,联系电话\n".encode(), "韶关市始兴县科学技术协会", "sheet.no_rows"),
        ("表.csv", "姓名,联系电话\n王芳,1".encode(), "没有的单位", "unit.unknown"),
        ("没有的.xlsx", None, "韶关市始兴县科学技术协会", "file.unreadable"),
    ],
)
def test_what_cannot_be_read_fails_and_still_reports(edition, tmp_path, name, content, unit, code):
    build.unit()
    file, out = tmp_path / name, tmp_path / "out.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("recommendation", "preview", str(file), unit=unit, out=out)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert ([problem["code"] for problem in told["problems"]], told["rows"]) == ([code], [])


def test_the_faulty_sample_taken_in_and_again(desk):
    file = sample("始兴县科协-有错")
    assert sheets.take_in(desk, file).new == 18
    again = sheets.preview(desk, file)
    assert dict(again.counts) == {"unchanged": 18, "wrong": 8}
    taken = sheets.take_in(desk, file)
    assert (taken.new, taken.changed, desk.form.rows.count()) == (0, 0, 18)
