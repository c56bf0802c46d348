"""Prizes from frozen rankings (G36; Q15, Q23): counts, ties, works that are left out; and what always holds."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from awards.rules.allocation import Allocation, Level, Ranked, Rulings, allocate

LEVELS = [
    Level("first", "一等奖", 5, "final"),
    Level("second", "二等奖", 10, "final"),
    Level("third", "三等奖", 20, "final"),
    Level("excellent", "优秀奖", 30, "review"),
]


def works(count: int, *ranks: int) -> list[Ranked]:
    """w001 … of ranks 1, 2, 3, … or those given."""
    return [Ranked(f"w{n:03}", f"e{n:03}", rank) for n, rank in enumerate(ranks or range(1, count + 1), 1)]


def shared(count: int) -> Allocation:
    """The best 35 in the final, all in the review."""
    return allocate(LEVELS, {"final": works(min(count, 35)), "review": works(count)})


def test_five_ten_twenty_thirty() -> None:
    found = shared(100)
    assert [len(found.of(level.code)) for level in LEVELS] == [5, 10, 20, 30]
    assert [prize.key for prize in found.of("excellent")][:2] == ["w036", "w037"]
    assert (found.ties, found.problems, dict(found.vacant)) == ((), (), {})


def test_every_line_says_why() -> None:
    found = shared(100)
    assert found.of("first")[2].reason == "{source}第 3 名；一等奖取 5 名，此为第 3 名"
    assert "前面有 35 件不占名额，顺次递补" in found.of("excellent")[0].reason


def test_places_stay_vacant_where_works_are_too_few() -> None:
    found = shared(20)
    assert dict(found.vacant) == {"third": 15, "excellent": 30}
    strict = allocate(LEVELS, {"final": works(20), "review": works(20)}, vacancies=False)
    assert [problem.code for problem in strict.problems] == ["allocation.vacant"] * 2


def test_who_is_left_out_swallows_no_place_and_takes_none() -> None:
    found = allocate(LEVELS, {"final": works(35), "review": works(80)}, Rulings(left_out={"w002": "抄袭"}))
    assert [prize.key for prize in found.of("first")] == ["w001", "w003", "w004", "w005", "w006"]
    assert len(found.of("third")) == 19  # 35 finalists, one of them gone
    assert found.missed[0].reason == "组委会决定不授奖：抄袭"


def test_a_tie_at_a_cut_stops_for_the_organiser_and_overruns_nothing() -> None:
    tied = works(0, 1, 2, 3, 4, 5, 5, 7, *range(8, 40))
    found = allocate(LEVELS[:3], {"final": tied})
    assert [(tie.rank, tie.keys, dict(tie.places)) for tie in found.ties] == [
        (5, ("w005", "w006"), {"first": 1, "second": 1})
    ]
    assert [len(found.of(level.code)) for level in LEVELS[:3]] == [4, 9, 20]
    assert [problem.code for problem in found.problems] == ["allocation.tied"]
    decided = allocate(LEVELS[:3], {"final": tied}, Rulings(orders=[["w006", "w005"]]))
    assert [prize.key for prize in decided.of("first")][-1] == "w006"
    assert decided.of("second")[0].key == "w005"
    assert "按组委会决定的次序" in decided.of("second")[0].reason


def test_a_tie_within_a_level_needs_nobody() -> None:
    found = allocate(LEVELS[:1], {"final": works(0, 1, 2, 2, 4, 5, 6)})
    assert (len(found.of("first")), found.ties) == (5, ())


def test_one_prize_a_category_for_an_entry() -> None:
    twice = [replace(one, subject="e001") if one.key == "w002" else one for one in works(10)]
    found = allocate(LEVELS[:1], {"final": twice})
    assert [prize.key for prize in found.of("first")] == ["w001", "w003", "w004", "w005", "w006"]
    both = allocate(LEVELS[:1], {"final": twice}, one_each=False)
    assert [prize.key for prize in both.of("first")][:2] == ["w001", "w002"]


def test_the_organiser_may_leave_places_vacant() -> None:
    found = allocate(LEVELS[:2], {"final": works(30)}, Rulings(counts={"first": 2}))
    assert [len(found.of(code)) for code in ("first", "second")] == [2, 10]
    assert "取 2 名（组委会决定空缺 3 名）" in found.of("first")[0].reason


def test_a_level_without_a_number_waits_for_one() -> None:
    level = [Level("good", "优秀案例", None, "final")]
    assert [p.code for p in allocate(level, {"final": works(5)}).problems] == ["allocation.no_number"]
    assert len(allocate(level, {"final": works(5)}, Rulings(counts={"good": 3})).prizes) == 3


@st.composite
def rankings(draw: st.DrawFn) -> list[Ranked]:
    """Up to 60 works with ties, some left out, some of one entry, some without a rank."""
    steps = draw(st.lists(st.sampled_from([0, 1, 1, 1]), min_size=1, max_size=60))
    found, rank = [], 1
    for number, step in enumerate(steps):
        rank = number + 1 if step else rank
        subject = f"e{draw(st.integers(0, 80))}"
        out = draw(st.sampled_from(["", "", "", "", "退出"]))
        ranked = draw(st.sampled_from([rank, rank, rank, rank, None]))
        found.append(Ranked(f"w{number:03}", subject, ranked, out=out))
    return found


SMALL = [
    Level("first", "一等奖", 3, "final"),
    Level("second", "二等奖", 5, "final"),
    Level("third", "优秀奖", 9, "review"),
]


@given(rankings(), rankings())
def test_no_count_is_overrun_and_nobody_has_two(final: list[Ranked], review: list[Ranked]) -> None:
    found = allocate(SMALL, {"final": final, "review": review})
    subjects = {("final", one.key): one for one in final} | {("review", one.key): one for one in review}
    for level in SMALL:
        reserved = sum(tie.places.get(level.code, 0) for tie in found.ties)
        assert len(found.of(level.code)) + reserved + found.vacant.get(level.code, 0) == level.count
    held = [subjects[("review" if prize.level == "third" else "final", prize.key)].subject for prize in found.prizes]
    assert len(held) == len(set(held))


@given(rankings(), st.randoms(use_true_random=False))
def test_the_order_of_works_does_not_matter(final: list[Ranked], dice: object) -> None:
    before = allocate(SMALL, {"final": final, "review": final})
    mixed = list(final)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert allocate(SMALL, {"final": mixed, "review": mixed[::-1]}) == before


@given(rankings(), st.integers(0, 59))
def test_whoever_goes_makes_room_for_the_next(final: list[Ranked], number: int) -> None:
    """Without ties: the winners but one, and the best of the rest."""
    plain = [replace(one, rank=n, subject=one.key) for n, one in enumerate(final, 1)]
    before = [prize.key for prize in allocate(SMALL[:2], {"final": plain}).prizes]
    gone = plain[number % len(plain)].key
    after = [prize.key for prize in allocate(SMALL[:2], {"final": plain}, Rulings(left_out={gone: "退出"})).prizes]
    eligible = [one.key for one in plain if not one.out and one.key != gone]
    assert after == eligible[:8]
    assert [key for key in before if key != gone] == after[: len(before) - (gone in before)]


@given(rankings())
def test_a_work_that_is_out_changes_nothing_for_the_others(final: list[Ranked]) -> None:
    """As if it had never been ranked, but for the words."""
    with_it, without = (
        allocate(SMALL[:2], {"final": works_}) for works_ in (final, [one for one in final if not one.out])
    )
    assert [(p.key, p.level, p.position) for p in with_it.prizes] == [
        (p.key, p.level, p.position) for p in without.prizes
    ]
