"""manage.py edition check | load | diff | amend, as the organiser's technician uses it."""

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.contest import GUANGDONG
from tests.tracks.test_rulebook_faults import BAD
from tracks.models import Edition

TEXT = GUANGDONG.read_text(encoding="utf-8")
ONE_AT_A_TIME = {
    "true is not a number", "unknown key", "missing value", "another format", "not TOML", "same key twice",
    "gates reversed",
}  # fmt: skip  # these hide one of the others


def run(*args: object) -> str:
    out = StringIO()
    call_command("edition", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "edition.toml"


def save(file: Path, *changes: tuple[str, str]) -> Path:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return file


def report(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_check_passes_the_real_edition_with_warnings(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert "没有错误" in run("check", GUANGDONG, "--json", out)
    found = report(out)
    assert (list(found), found["ok"], found["errors"]) == (["ok", "errors", "warnings"], True, [])
    assert any("推荐截止早于在线系统开放" in warning["message"] for warning in found["warnings"])


@pytest.mark.parametrize("verb", ["check", "load"])
def test_every_case_is_told_in_one_run(verb: str, file: Path, tmp_path: Path, db: None) -> None:
    cases = [case for case in BAD if case[0] not in ONE_AT_A_TIME]
    save(file, *dict.fromkeys((good, bad) for _, good, bad, _, _ in cases))
    with pytest.raises(CommandError):
        run(verb, file, "--json", tmp_path / "out.json")
    found = report(tmp_path / "out.json")
    told = {(error["path"], words) for error in found["errors"] for *_, words in BAD if words in error["message"]}
    assert [case[0] for case in cases if case[3:] not in told] == []
    assert (found["ok"], Edition.objects.count()) == (False, 0)


def test_check_tells_the_path_of_each_error(file: Path) -> None:
    with pytest.raises(CommandError, match="edition.toml 有 1 处错误"):
        run("check", save(file, ("quota = 25\n", 'quota = "二十五"\n')))


@pytest.mark.parametrize(
    ("content", "words"),
    [("推荐".encode("gbk"), "不是 UTF-8"), (b"\x00", "不合 TOML 语法"), (b"", "缺少 edition"), (None, "打不开")],
)
def test_what_cannot_be_read_is_told_plainly(file: Path, db: None, content: bytes | None, words: str) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run("load", file)


def test_load_keeps_the_exact_bytes(file: Path, db: None) -> None:
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    run("load", file)
    assert Edition.objects.get().sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_load_is_not_the_way_to_amend(edition: Edition, file: Path) -> None:
    with pytest.raises(CommandError, match="edition amend"):
        run("load", save(file, ("quota = 25\n", "quota = 30\n")))
    assert "规则没有变化" in run("load", GUANGDONG)


def test_diff_shows_and_saves_nothing(edition: Edition, file: Path, tmp_path: Path) -> None:
    save(file, ("quota = 25\n", "quota = 30\n"), ("end = 2024-12-15T17:00:00", "end = 2024-12-18T17:00:00"))
    said = run("diff", file, "--json", tmp_path / "out.json").splitlines()
    assert said[:2] == [
        "赛程 [recommend_due] 结束：2024年12月15日17:00 → 2024年12月18日17:00",
        "推荐单位与名额 [county_other] 名额：25 → 30",
    ]
    assert [row["path"] for row in report(tmp_path / "out.json")["differences"]] == [
        "milestones[recommend_due].end",
        "unit_categories[county_other].quota",
    ]
    assert Edition.objects.get().text == TEXT


def test_amend_takes_a_reason(edition: Edition, file: Path) -> None:
    save(file, ("quota = 25\n", "quota = 30\n"))
    with pytest.raises(CommandError, match="--reason"):
        run("amend", file)
    with pytest.raises(CommandError, match="须写明理由"):
        run("amend", file, "--reason", " ")
    assert "已修订" in run("amend", file, "--reason", "增加名额")
    assert Edition.objects.get().rulebook.unit_category("county_other").quota == 30


def test_amend_adopts_the_defaults(edition: Edition) -> None:
    assert "采纳" in run("amend", "--adopt-defaults", "--reason", "演示采用缺省值")
    assert Edition.objects.get().rulebook.undecided == ()
    assert "一字不差" in run("amend", "--adopt-defaults", "--reason", "再来一次")


@pytest.mark.parametrize(
    ("args", "words"),
    [(["amend", GUANGDONG], "还没有这一届"), (["amend", "--adopt-defaults"], "还没有届次"), (["amend"], "请给出")],
)
def test_amend_needs_something_to_amend(db: None, args: list[object], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*args, "--reason", "理由")
