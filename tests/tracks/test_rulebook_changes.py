"""Comparing editions, and adopting the defaults of what the notice leaves open (A6)."""

from pathlib import Path

import pytest

from tracks.rulebook import Rulebook, adopt_defaults, as_data, diff, parse

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
    assert str(change) == "推荐单位与名额 [county_other].quota：25 → 30"


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
        "评审轮次 [review].judges_per_work：待定（Q27，暂按 5） → 5",
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
