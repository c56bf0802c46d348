"""Bad edition files: every error in one run, each with its path and a way out; and what is merely doubtful."""

import random
from pathlib import Path

import pytest

from tracks.rulebook import parse

EDITIONS = Path(__file__).parents[2] / "tracks" / "editions"
TEXT = (EDITIONS / "guangdong-2024.toml").read_text(encoding="utf-8")

BAD = [
    ("wrong type", "quota = 50\n", 'quota = "五十"\n', "unit_categories[0].quota", "应为整数"),
    ("true is not a number", "quota = 50\n", "quota = true\n", "unit_categories[0].quota", "应为整数"),
    ("negative", "quota = 25\n", "quota = -1\n", "unit_categories[1].quota", "超出范围"),
    ("unknown key", "quota = 25\n", "quotta = 25\n", "unit_categories[1].quotta", "是否想写 quota"),
    ("unknown section", "[publicity]", "[publicty]", "publicty", "是否想写 publicity"),
    ("missing section", "[publicity]", "[publicty]", "publicity", "缺少 publicity"),
    ("missing value", 'session = "首届"\n', "", "edition.session", "缺少 session"),
    ("empty text", 'session = "首届"', 'session = " "', "edition.session", "不能为空"),
    ("reversed", "end = 2025-08-30\nopens", "end = 2025-01-30\nopens", "milestones[9].end", "早于开始"),
    ("gates reversed", "end = 2024-12-15T17:00:00", "end = 2024-11-15T17:00:00", "milestones", "先后颠倒"),
    ("two gates", 'closes = ["recommend"]', 'closes = ["register"]', "milestones", "请只留一个"),
    ("not a date", "start = 2024-12-27", 'start = "年底"', "milestones[5].start", "不是日期"),
    ("weights", 'default = "100/3"', "default = 33", "rubrics[0].dimensions", "应为 100"),
    ("two codes alike", 'code = "university"\nname = "高校科协"', 'code = "base"\nname = "高校科协"',
     "unit_categories", "code 都是 base"),
    ("no such row", 'default_track = "university"', 'default_track = "uni"',
     "unit_categories[3].default_track", "找不到"),
    ("no such slot", '"{base}科技志愿服务支队"', '"{bases}科技志愿服务支队"',
     "unit_categories[4].team_names[0]", "找不到"),
    ("not in the list", 'policy = "encourage"', 'policy = "maybe"', "ai.policy", "forbid_direct"),
    ("undecided without default", "undecided = true, default = 3,", "undecided = true,",
     "recommendation.correction_working_days", "缺少 default"),
    ("undecided = false", "{ undecided = true, default = 35", "{ undecided = false, default = 35",
     "rounds[0].advance[0].count", "直接写值"),
    ("adopted without question", "adopted = []", 'adopted = ["Q99"]', "adopted", "没有对应的待定项"),
    ("another format", "schema = 1", "schema = 2", "schema", "超出范围"),
    ("not TOML", "schema = 1", "schema = = 1", "", "第 5 行"),
    ("same key twice", "schema = 1", "schema = 1\nschema = 1", "", "不合 TOML 语法"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "path", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_file_is_refused_with_path_and_words(good: str, bad: str, path: str, words: str) -> None:
    assert good in TEXT
    parsed = parse(TEXT.replace(good, bad, 1))
    assert parsed.rulebook is None
    assert [f.message for f in parsed.errors if f.path == path and words in f.message] != []


def test_all_errors_in_one_run() -> None:
    cases = [case for case in BAD if case[0] not in (
        "true is not a number", "unknown key", "missing value", "another format", "not TOML", "same key twice",
        "gates reversed",  # needs the very milestone that “reversed” and “two gates” break
    )]  # fmt: skip
    text = TEXT
    for _, good, bad, _, _ in cases:
        text = text.replace(good, bad, 1)
    paths = {fault.path for fault in parse(text).errors}
    assert {path for _, _, _, path, _ in cases} - paths == set()


def test_an_empty_file_names_every_missing_section() -> None:
    missing = {fault.path for fault in parse("").errors}
    assert {"schema", "edition", "tracks", "unit_categories", "milestones", "rounds", "awards"} <= missing


def test_g29_contradictions_are_warnings_with_both_quotes() -> None:
    warnings = [fault.message for fault in parse(TEXT).warnings]
    first = next(w for w in warnings if w.startswith("推荐截止早于在线系统开放"))
    assert [q for q in ("2024年12月15日下午17:00前", "12 月 22 日开放在线报名系统") if q not in first] == []
    starts = (
        "推荐截止早于报名截止",
        "报名开始早于在线系统开放",
        "线下宣讲会晚于开放报名截止",
        "第一主题赛季没有结束",
        "终审路演",
        "地级以上市科协没有名额",
    )
    assert [s for s in starts if not any(w.startswith(s) for w in warnings)] == []


def test_n7_quotas_above_the_cap_warn() -> None:
    (warning,) = parse((EDITIONS / "national-2020.toml").read_text(encoding="utf-8")).warnings
    assert warning.path == "unit_categories[0].quotas"
    assert warning.message.startswith("名额合计 1320 超过总数上限 1000")


HOSTILE = ["1e999999999", "nan", "-inf", "9" * 5000, "[[[[1]]]]", "{}", '"{x}"', "0001-01-01", "9999-12-31", "07:32:00"]


@pytest.mark.parametrize("seed", range(60))
def test_mutilated_files_never_crash_the_reader(seed: int) -> None:
    """Lines lost, doubled, swapped, or their value replaced by something hostile."""
    dice = random.Random(seed)
    path = dice.choice(sorted(EDITIONS.glob("*.toml")))
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(dice.randint(1, 6)):
        i, j = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.choice(["drop", "double", "swap", "replace", "replace"]):
            case "drop":
                lines[i] = ""
            case "double":
                lines.insert(i, lines[i])
            case "swap":
                lines[i], lines[j] = lines[j], lines[i]
            case "replace":
                lines[i] = f"{lines[i].partition('=')[0]}= {dice.choice(HOSTILE)}"
    parsed = parse("\n".join(lines))
    assert (parsed.rulebook is None) == bool(parsed.errors)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_refused(value: str) -> None:
    parsed = parse(
        TEXT.replace("points_max = 100", f"points_max = {value}").replace("points = 50,", f"points = {value},")
    )
    assert parsed.rulebook is None
