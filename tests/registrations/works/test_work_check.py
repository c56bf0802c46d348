"""`manage.py work check` and the page say the same, since one function says it."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registrations.services.works_checking import verdict
from tests.core import good_files as good
from tests.core.hostile_files import PAYLOADS
from tracks.rulebook.loader import parse

pytestmark = pytest.mark.django_db

RULES = parse(Path("tracks/editions/guangdong-2024.toml").read_text(encoding="utf-8")).rulebook


def checked(tmp_path, name: str, content: bytes, category: str, *more: str) -> dict:
    (tmp_path / name).write_bytes(content)
    out = tmp_path / "out.json"
    call_command(
        "work", "check", str(tmp_path / name), "--category", category, "--json", str(out), *more, stdout=io.StringIO()
    )
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "content", "category", "kind", "codes"),
    [
        ("片.mp4", good.film(seconds=12), "A", "mp4", []),
        ("片.mp4", good.film(seconds=3), "A", "mp4", ["material.seconds"]),
        ("图.png", good.png(dpi=72), "A", "png", ["material.dpi"]),
        ("文.docx", good.word("字" * 2000), "A", "docx", []),
        ("文.docx", good.word("字" * 20), "A", "docx", ["material.characters"]),
        ("码.png", good.png(), "B", "png", []),
        ("源码.zip", good.archive(), "B", "zip", []),
        ("课程.pdf", good.pdf(), "C", "pdf", []),
        ("源码.zip", good.archive(), "A", "zip", ["material.type"]),
        ("图.svg", PAYLOADS[3].encode(), "A", "", ["file.markup"]),
        ("文.pdf", good.pdf() + good.archive(), "A", "pdf", ["file.polyglot"]),
    ],
)
def test_command_and_page_agree(tmp_path, name, content, category, kind, codes):
    told = checked(tmp_path, name, content, category)
    assert (told["accepted"], told["type"], [p["code"] for p in told["problems"]]) == (not codes, kind, codes)
    files = [material for material in RULES.materials_for(category) if material.kind == "file"]
    assert verdict(io.BytesIO(content), name, files).told() == told


def test_one_material_and_another_edition(tmp_path):
    told = checked(tmp_path, "图.png", good.png(), "A", "--material", "video")
    assert [problem["code"] for problem in told["problems"]] == ["material.type"]
    assert checked(tmp_path, "图.png", good.png(dpi=1), "art", "--edition", "national-2024")["accepted"]


@pytest.mark.parametrize(
    "more", [("--category", "X"), ("--category", "A", "--material", "x"), ("--category", "A", "--edition", "none")]
)
def test_what_cannot_be_judged_is_an_error(tmp_path, more):
    (tmp_path / "a.png").write_bytes(good.png())
    with pytest.raises(CommandError, match="可用的有"):
        call_command("work", "check", str(tmp_path / "a.png"), *more)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="打不开"):
        call_command("work", "check", str(tmp_path / "none.png"), "--category", "A")
