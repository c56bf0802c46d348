"""manage.py judging rank: a CSV in, a ranking out, every fault by its row, nothing half-written."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from judging.rules.ranking.example import SCORES

EXAMPLE = "\n".join(["work,judge,score", *(f"{s.work},{s.judge},{s.score}" for s in SCORES)])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "scores.csv"


def run(file, *args):
    out = StringIO()
    call_command("judging", "rank", str(file), *map(str, args), stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_the_example_is_ranked(file, tmp_path, encoding):
    file.write_text(EXAMPLE, encoding=encoding)
    assert "1\t白海豚\t85.0000" in run(file, "--method", "severity_adjusted", "--json", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == {
        "method": "severity_adjusted",
        "ranking": [
            {"work": "白海豚", "score": 85, "rank": 1},
            {"work": "红树林", "score": 83, "rank": 2},
            {"work": "台风", "score": 82, "rank": 3},
            {"work": "荔枝", "score": 80, "rank": 4},
        ],
    }


def test_equal_scores_share_a_rank_and_the_next_is_left_out(file, tmp_path):
    file.write_text("作品;评委;分数\nA;1;80\n\nB;1;80\nC;1;70\n", encoding="utf-8")
    run(file, "--method", "mean", "--json", tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["ranking"]
    assert [(row["work"], row["rank"]) for row in found] == [("A", 1), ("B", 1), ("C", 3)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("work,score\nA,80\n", "表头缺“judge”列"),
        ("work,judge,score\nA,1,高\n", "第 2 行的分数“高”不是数字"),
        ("work,judge,score\nA,1,NaN\n", "第 2 行的分数“NaN”不是数字"),
        ("work,judge,score\nA,1,1e999999999\n", "第 2 行的分数“1e999999999”太大"),
        ("work,judge,score\nA,1,80\n\nA,1,81\n", "第 4 行与第 2 行重复：评委 1 对作品 A 只能有一个分数"),
        ("work,judge,score\nA,,80\n", "第 2 行没有填评委"),
        ("work,judge,score\nA,1\n", "第 2 行没有填分数"),
        ("work,judge,score\nA,1,101\n", "第 2 行的分数 101 高于 100"),
        ("work,judge,score\nA,1,-1\n", "第 2 行的分数 -1 低于 0"),
        ('work,judge,score\n"A,1,80\n', "引号没有成对"),
        ("work,judge,score\n", "文件里没有分数"),
        ("", "文件里没有分数"),
    ],
)
def test_faults_are_told_by_row_and_nothing_is_written(file, tmp_path, text, said):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        run(file, "--method", "mean", "--min", 0, "--max", 100, "--json", tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]


def test_all_faults_are_told_at_once(file):
    file.write_text("work,judge,score\nA,1,x\n,1,80\nB,1,y\n", encoding="utf-8")
    with pytest.raises(CommandError, match="有 3 处错误") as error:
        run(file, "--method", "mean")
    assert [line[:5] for line in str(error.value).splitlines()[1:]] == ["第 2 行", "第 3 行", "第 4 行"]


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"work,judge,score\nA\0,1,80\n"])
def test_what_is_no_text_is_refused(file, content):
    file.write_bytes(content)
    with pytest.raises(CommandError, match="应为 UTF-8 或 GBK"):
        run(file, "--method", "mean")


def test_a_missing_file_and_an_unknown_method(file):
    with pytest.raises(CommandError, match="打不开"):
        run(file, "--method", "mean")
    with pytest.raises(CommandError, match="invalid choice"):
        run(file, "--method", "median")


def test_a_folder_that_is_not_there_is_told(file, tmp_path):
    file.write_text(EXAMPLE, encoding="utf-8")
    with pytest.raises(CommandError, match="写不进去"):
        run(file, "--method", "mean", "--json", tmp_path / "nowhere" / "out.json")
