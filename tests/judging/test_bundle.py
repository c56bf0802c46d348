"""The recompute bundle, run as a stranger would: with a bare Python, in an empty folder."""

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from judging.bundle import anonymised, write_bundle
from judging.rules.ranking import rank
from judging.rules.ranking.files import ranking_csv, read_folder
from tests.judging.ranking.test_table import many


def unpacked(folder: Path, content: bytes) -> Path:
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    return folder


def run(folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", "-S", str(folder / "recompute.py")]
    return subprocess.run(command, cwd=folder.parent, env={}, capture_output=True, timeout=60)


@pytest.mark.parametrize("method", ["mean", "trimmed_mean", "zscore", "severity_adjusted"])
def test_it_reproduces_the_ranking_to_the_last_digit(tmp_path, method):
    given = many(2)
    given = anonymised(replace(given, rules=replace(given.rules, method=method)))
    done = run(unpacked(tmp_path / "bundle", write_bundle(given, title="A 类初评")))
    assert (done.returncode, done.stdout.decode()) == (0, ranking_csv(rank(given)))
    assert done.stderr.decode() == "共 20 件作品，与公布的名次逐字相同。\n"


def test_a_changed_score_is_noticed(tmp_path):
    folder = unpacked(tmp_path / "bundle", write_bundle(anonymised(many(2)), title="A 类初评"))
    scores = folder / "scores.csv"
    header, _, *others = scores.read_text(encoding="utf-8").splitlines()
    scores.write_text("\n".join([header, *others]), encoding="utf-8")
    assert run(folder).returncode == 1


def test_the_folder_gives_back_the_very_inputs(tmp_path):
    given = anonymised(many(2))
    read = read_folder(unpacked(tmp_path, write_bundle(given, title="A 类初评")))
    assert sorted(read.sheets, key=str) == sorted(given.sheets, key=str)
    assert (read.rules, read.works, read.tallies, read.decided) == (
        given.rules, given.works, given.tallies, given.decided,
    )  # fmt: skip


def test_judges_are_numbered_without_a_hint():
    given = many(2)
    numbered = anonymised(given)
    assert {sheet.judge for sheet in numbered.sheets} == {f"评委 {n:02}" for n in range(1, 10)}
    pairs = {(old.judge, new.judge) for old, new in zip(given.sheets, numbered.sheets, strict=True)}
    assert [new for _, new in sorted(pairs)] != sorted(new for _, new in pairs)
    assert [row.score for row in rank(numbered).rows] == [row.score for row in rank(given).rows]


def test_the_same_inputs_give_the_same_bytes_and_name_nobody():
    given = anonymised(many(2))
    content = write_bundle(given, title="A 类初评")
    assert content == write_bundle(given, title="A 类初评")
    texts = [zipfile.ZipFile(io.BytesIO(content)).read(name).decode() for name in ("scores.csv", "ranking.json")]
    assert not any(sheet.judge in text for text in texts for sheet in many(2).sheets)


def test_the_readme_states_the_maths():
    content = write_bundle(anonymised(many(2)), title="A 类初评")
    readme = zipfile.ZipFile(io.BytesIO(content)).read("说明.txt").decode()
    for said in (
        "python recompute.py",
        "k = 3",
        "四舍五入到 4 位小数",
        "有效票不足 100 张时不计入",
        "科学性均分较高 →",
    ):
        assert said in readme
