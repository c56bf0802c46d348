"""Comparing editions, and adopting the defaults of what the notice leaves open (A6)."""

import dataclasses
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from tracks.rulebook import SECTION_LABELS, Rulebook, adopt_defaults, as_data, diff, parse
from tracks.rulebook.dates import When
from tracks.rulebook.faults import Undecided
from tracks.rulebook.labels import FIELD_LABELS, path_label

TEXT = (Path(__file__).parents[2] / "tracks/editions/guangdong-2024.toml").read_text(encoding="utf-8")


def book(text: str) -> Rulebook:
    rulebook = parse(text).rulebook
    assert rulebook is not None
    return rulebook


def test_no_difference_with_itself() -> None:
    assert diff(book(TEXT), book(TEXT)) == []
    assert diff(as_data(book(TEXT)), book(TEXT)) == []


def test_a_changed_figure_is_named_by_code() -> None:
    (change,) = diff(book(TEXT), book(TEXT.replace("quota = 25\n", "quota = 30\n")))
    assert (change.path, change.before, change.after) == ("unit_categories[county_other].quota", 25, 30)
    assert str(change) == "推荐单位与名额 [county_other] 名额：25 → 30"


def test_rows_are_matched_by_code_not_by_place() -> None:
    start, end = TEXT.index('[[milestones]]\ncode = "announce"'), TEXT.index('[[milestones]]\ncode = "reg_window"')
    after = TEXT.index('[[milestones]]\ncode = "briefings"')
    moved = TEXT[:start] + TEXT[end:after] + TEXT[start:end] + TEXT[after:]
    assert moved != TEXT
    assert diff(book(TEXT), book(moved)) == []


def test_added_and_removed_rows() -> None:
    more = TEXT.replace("[forces]", '[[honours]]\ncode = "new"\nname = "新称号"\nsource = "补充通知"\n\n[forces]')
    (added,) = diff(book(TEXT), book(more))
    assert (added.path, added.before) == ("honours[new]", None)
    (removed,) = diff(book(more), book(TEXT))
    assert (removed.path, removed.after) == ("honours[new]", None)


def keys_of(table: type) -> set[str]:
    """The keys of a table of the file, and of all tables in it."""
    hints = get_type_hints(table)
    inner = {
        part
        for name in hints
        for part in parts_of(hints[name])
        if dataclasses.is_dataclass(part) and part not in (When, Undecided)
    }
    return {f.name for f in dataclasses.fields(table)}.union(*(keys_of(part) for part in inner))  # type: ignore[arg-type]


def parts_of(hint: Any) -> list[Any]:
    return [hint, *(part for inner in get_args(hint) for part in parts_of(inner))]


def test_every_key_has_a_chinese_name() -> None:
    sections = {f.name for f in dataclasses.fields(Rulebook)} - {"schema", "undecided"}
    assert (sections - SECTION_LABELS.keys(), keys_of(Rulebook) - SECTION_LABELS.keys() - FIELD_LABELS.keys()) == (
        set(),
        {"schema", "undecided"},
    )


def test_changes_are_told_without_keys() -> None:
    keeping = TEXT.replace("keep_brackets = {", "keep_brackets = true #{")
    (change,) = diff(book(TEXT), book(keeping))
    assert str(change) == "队伍命名 保留括号：待定（Q1，暂按 否） → 是"
    assert path_label("tracks[worker].conditions[0].text") == "赛道 [worker] 条件 第 1 项 内容"


def test_undecided_points_are_listed_with_their_defaults() -> None:
    points = {u.path: (u.question, u.default) for u in book(TEXT).undecided}
    assert points["rounds[0].judges_per_work"] == ("Q27", 5)
    assert points["unit_categories[6].quota"] == ("Q3", None)


def test_adopting_all_defaults_decides_everything() -> None:
    adopted = book(adopt_defaults(TEXT))
    assert adopted.undecided == ()
    assert len(adopted.point_rules) == 9
    assert adopted.unit_category("city").closed


def test_adopting_changes_one_line() -> None:
    before, after = TEXT.splitlines(), adopt_defaults(TEXT).splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        line for line in after if line.startswith("adopted = ")
    ]


def test_adopting_one_question_shows_as_one_difference() -> None:
    changes = diff(book(TEXT), book(adopt_defaults(TEXT, ["Q27"])))
    assert [str(c) for c in changes] == [
        "已采纳的缺省：（空） → Q27",
        "评审轮次 [review] 每件作品评委数：待定（Q27，暂按 5） → 5",
    ]


def test_adopting_in_steps_keeps_what_was_adopted() -> None:
    text = adopt_defaults(adopt_defaults(TEXT, ["Q27"]), ["Q3"])
    assert book(text).adopted == ("Q3", "Q27")
    assert adopt_defaults(adopt_defaults(text)) == adopt_defaults(text)


def test_adopting_without_an_adopted_line_adds_it() -> None:
    assert book(adopt_defaults(TEXT.replace("adopted = []\n", ""))).undecided == ()


def test_adopting_what_is_not_open_is_refused() -> None:
    with pytest.raises(ValueError, match="Q99 不是待定项"):
        adopt_defaults(TEXT, ["Q99"])
    with pytest.raises(ValueError, match="有错误"):
        adopt_defaults("schema = 1")
