"""Materials against their specification: minimum and maximum of everything, in all three editions."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.files.inspection.found import Found
from core.files.kinds import DOCX, GIF, JPEG, MP4, PDF, PNG, PPTX, TEXT, ZIP
from registrations.rules.materials import check_fields, check_file, check_set, type_of
from tracks.rulebook.loader import parse
from tracks.rulebook.works import Material

EDITIONS = {
    path.stem: parse(path.read_text(encoding="utf-8")).rulebook for path in Path("tracks/editions").glob("*.toml")
}
GUANGDONG = {material.code: material for material in EDITIONS["guangdong-2024"].materials}
NATIONAL = EDITIONS["national-2024"]
VIDEO = Found(kind=MP4, size=40_000_000, width=1920, height=1080, seconds=120, video_codec="h264")
IMAGE = Found(kind=PNG, size=900_000, width=3000, height=2000, dpi=300)
ARTICLE = Found(kind=DOCX, size=50_000, characters=2500)
CODE = Found(kind=PNG, size=50_000, width=430, height=430)


def codes(material: Material, found: Found) -> list[str]:
    return [problem.code for problem in check_file(material, found, "作品")]


@pytest.mark.parametrize(
    ("code", "found", "changed", "problems"),
    [
        ("video", VIDEO, {}, []),
        ("video", VIDEO, {"seconds": 300.4}, []),
        ("video", VIDEO, {"seconds": 301}, ["seconds"]),
        ("video", VIDEO, {"seconds": 9}, ["seconds"]),
        ("video", VIDEO, {"size": 300_000_001}, ["size"]),
        ("video", VIDEO, {"size": 300_000_000}, []),
        ("video", VIDEO, {"video_codec": "hevc"}, ["codec"]),
        ("video", VIDEO, {"video_codec": "hevc", "seconds": 400}, ["seconds", "codec"]),
        ("video", IMAGE, {}, ["type"]),
        ("images", IMAGE, {}, []),
        ("images", IMAGE, {"dpi": 299}, ["dpi"]),
        ("images", IMAGE, {"dpi": 0}, ["dpi"]),
        ("images", IMAGE, {"kind": PDF, "dpi": 0}, []),
        ("images", IMAGE, {"kind": GIF}, ["type"]),
        ("article", ARTICLE, {}, []),
        ("article", ARTICLE, {"characters": 1999}, ["characters"]),
        ("app_code", CODE, {}, []),
        ("app_code", CODE, {"width": 199, "height": 199}, ["width", "height"]),
        ("source_archive", Found(kind=ZIP, size=1000, names=("app.js",)), {}, []),
        (
            "source_archive",
            Found(kind=ZIP, size=1000, names=("a/.env", "node_modules/x.js")),
            {},
            ["secrets", "ballast"],
        ),
        ("slides", Found(kind=PPTX, size=1000, pages=3), {}, []),
    ],
)
def test_a_file_against_its_material(code, found, changed, problems):
    assert codes(GUANGDONG[code], replace(found, **changed)) == [f"material.{problem}" for problem in problems]


def test_limits_the_editions_do_not_use_hold_too():
    article = replace(GUANGDONG["article"], size_min_mb=1, characters_max=3000, pages_max=5)
    long = Found(kind=PDF, size=900_000, pages=6, characters=3001)
    assert codes(article, long) == ["material.size", "material.pages", "material.characters"]


def test_a_message_names_the_file_the_measure_the_limit_and_the_way_out():
    (problem,) = check_file(GUANGDONG["video"], replace(VIDEO, seconds=312.4), "我们的视频.mp4")
    assert problem.message == "“我们的视频.mp4”长 5 分 12 秒，超过 5 分。请剪短后再上传"
    assert problem.field == "video"


def test_secrets_only_warn():
    found = Found(kind=ZIP, size=9, names=("private.wx0123456789abcdef.key",))
    assert [problem.blocks for problem in check_file(GUANGDONG["source_archive"], found, "a.zip")] == [False]


@pytest.mark.parametrize(("extension", "kind"), [(".csv", "csv"), (".txt", "txt"), (".md", "txt")])
def test_a_text_is_told_by_its_name(extension, kind):
    assert type_of(Found(kind=TEXT, size=1, extension=extension)) == kind


@pytest.mark.parametrize(
    ("code", "value", "problems"),
    [
        ("title", "科普 AI", []),
        ("title", "科", ["characters"]),
        ("title", "科" * 61, ["characters"]),
        ("title", "", []),
        ("app_id", "wx0123456789abcdef", []),
        ("app_id", "wx0123456789ABCDEF", ["pattern"]),
        ("app_state", "正式版", []),
        ("app_state", "公测版", ["choice"]),
        ("duration", "90", []),
        ("duration", "一个半小时", ["number"]),
        ("duration", "NaN", ["number"]),
        ("duration", "-1", ["number"]),
    ],
)
def test_a_field_as_typed(code, value, problems):
    found = check_fields(list(GUANGDONG.values()), {code: value})
    assert [(problem.code, problem.field) for problem in found] == [(f"material.{p}", code) for p in problems]


@pytest.mark.parametrize(
    ("value", "problems"),
    [("https://example.test/a", []), ("javascript:alert(1)", ["material.link"]), ("作品", ["material.link"])],
)
def test_a_link_of_the_national_fields(value, problems):
    assert [problem.code for problem in check_fields(NATIONAL.materials, {"link": value})] == problems


@pytest.mark.parametrize(
    ("category", "counts", "problems"),
    [
        ("A", {"title": 1, "description": 1, "video": 1}, []),
        ("A", {"title": 1, "description": 1}, [("one_of", "video")]),
        ("A", {"title": 1, "video": 2}, [("required", "description"), ("count_max", "video")]),
        ("A", {"title": 1, "description": 1, "images": 11}, [("count_max", "images")]),
        ("C", {"title": 1, "description": 1, "course": 1, "audience": 1, "place": 1}, [("required", "duration")]),
    ],
)
def test_is_all_there(category, counts, problems):
    found = check_set(EDITIONS["guangdong-2024"].materials_for(category), counts)
    assert [(p.code, p.field) for p in found] == [(f"material.{code}", field) for code, field in problems]


def test_a_minimum_number():
    images = replace(GUANGDONG["images"], one_of=None, count_min=3)
    assert [problem.code for problem in check_set([images], {"images": 2})] == ["material.count_min"]
    assert check_set([images], {"images": 0}) == []


@pytest.mark.parametrize("slug", EDITIONS)
def test_every_edition_has_a_verdict_for_every_material(slug):
    files = [VIDEO, IMAGE, ARTICLE, replace(IMAGE, kind=JPEG), replace(ARTICLE, kind=PDF), Found(kind=ZIP, size=9)]
    for material in EDITIONS[slug].materials:
        assert all(
            codes(material, found) == ["material.type"] for found in files if type_of(found) not in material.types
        )
        check_fields([material], {material.code: "甲"})


def test_the_national_picture_of_an_art_work():
    materials = {material.code: material for material in NATIONAL.materials_for("art")}
    assert codes(materials["ai_image"], replace(IMAGE, dpi=0)) == []
    assert [p.field for p in check_set(list(materials.values()), {"title": 1, "description": 1})] == ["ai_image"]
