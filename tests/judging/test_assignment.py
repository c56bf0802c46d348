"""Who judges what: even loads, no conflict, connected, kept pairs kept, and a reason when it cannot be done."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.rules.assignment import Judge, Request, Work, plan
from judging.rules.ranking.graph import groups_of


def works(count, **facts):
    return tuple(Work(f"w{n:03}", **facts) for n in range(count))


def judges(count, start=0, **facts):
    return tuple(Judge(f"j{n:02}", **facts) for n in range(start, start + count))


REQUEST = Request(works(60), judges(12), per_work=5)


def loads(found):
    return {load.judge: load.works for load in found.loads}


def test_every_work_has_its_judges_and_loads_are_even():
    found = plan(REQUEST)
    assert set(Counter(work for work, _ in found.pairs).values()) == {5}
    assert (set(loads(found).values()), found.parts, found.problems) == ({25}, 1, ())


def test_the_order_of_rows_does_not_matter_but_the_seed_does():
    turned = replace(REQUEST, works=REQUEST.works[::-1], judges=REQUEST.judges[::-1])
    assert plan(turned).pairs == plan(REQUEST).pairs != plan(replace(REQUEST, seed=1)).pairs


def test_conflicts_are_never_broken():
    barred = {(work.code, f"j{n % 12:02}"): "同单位" for n, work in enumerate(REQUEST.works)}
    assert not set(plan(replace(REQUEST, conflicts=barred)).pairs) & set(barred)


def test_it_says_which_work_has_too_few_judges():
    barred = {("w017", f"j{n:02}"): "同单位" for n in range(10)}
    found = plan(replace(REQUEST, conflicts=barred))
    assert [problem.message for problem in found.problems] == [
        "作品 w017只有 2 位无回避评委，需要 5 位，请增加评委或核对回避"
    ]
    assert (found.possible, found.pairs) == (False, ())


def test_a_work_of_which_all_judges_are_conflicted():
    barred = {("w000", judge.code): "同单位" for judge in REQUEST.judges}
    assert "只有 0 位无回避评委" in plan(replace(REQUEST, conflicts=barred)).problems[0].message


@pytest.mark.parametrize(
    ("request_", "codes"),
    [
        (replace(REQUEST, judges=()), ["assignment.no_judges"]),
        (replace(REQUEST, judges=judges(12, capacity=24)), ["assignment.capacity"]),
        (replace(REQUEST, pinned=frozenset({("w000", "j99")})), ["assignment.pinned_unknown"]),
        (
            replace(REQUEST, pinned=frozenset({("w000", "j00")}), conflicts={("w000", "j00"): "本人"}),
            ["assignment.pinned_conflict"],
        ),
    ],
)
def test_what_cannot_be_done(request_, codes):
    found = plan(request_)
    assert ([problem.code for problem in found.problems], found.possible) == (codes, False)


def test_judges_at_their_limit_leave_a_work_short():
    """Room enough in all, but not where it is needed."""
    few = Request(works(3), (*judges(1), *judges(1, 1, capacity=1), *judges(2, 2)), per_work=3)
    barred = {(work.code, "j00"): "同单位" for work in few.works}
    assert [p.code for p in plan(replace(few, conflicts=barred)).problems] == ["assignment.short"] * 2


def test_limits_are_kept():
    found = loads(plan(replace(REQUEST, judges=(*judges(4, capacity=10), *judges(8, 4)))))
    assert ([found[f"j{n:02}"] for n in range(4)], sum(found.values())) == ([10] * 4, 300)
    assert {found[f"j{n:02}"] for n in range(4, 12)} <= {32, 33}


def test_pinned_pairs_are_there():
    pinned = frozenset({("w000", "j00"), ("w001", "j00")})
    assert pinned <= set(plan(replace(REQUEST, pinned=pinned)).added)


def test_common_works_for_calibration_go_to_everybody():
    anchors = frozenset((f"w{n:03}", judge.code) for n in range(3) for judge in REQUEST.judges)
    found = plan(replace(REQUEST, pinned=anchors))
    assert anchors <= set(found.pairs)
    assert (found.problems, max(loads(found).values()) - min(loads(found).values())) == ((), 1)


def test_late_works_leave_all_pairs_as_they_are():
    before = plan(REQUEST)
    late = replace(REQUEST, works=works(66), kept=frozenset(before.pairs))
    after = plan(late)
    assert set(before.pairs) <= set(after.pairs)
    assert ({work for work, _ in after.added}, len(after.added)) == ({f"w{n:03}" for n in range(60, 66)}, 30)
    assert set(loads(after).values()) <= {27, 28}


def test_a_new_judge_takes_the_place_of_the_one_who_left():
    before = plan(REQUEST)
    kept = frozenset(pair for pair in before.pairs if pair[1] != "j00")
    after = plan(replace(REQUEST, judges=(*REQUEST.judges[1:], *judges(1, 50)), kept=kept))
    assert (kept <= set(after.pairs), loads(after)["j50"]) == (True, 25)


def test_a_kept_pair_with_a_new_conflict_is_assigned_anew():
    before = plan(REQUEST)
    pair = before.pairs[0]
    after = plan(replace(REQUEST, kept=frozenset(before.pairs), conflicts={pair: "一键回避"}))
    assert (pair in after.pairs, [p.code for p in after.problems]) == (False, ["assignment.kept_conflict"])
    assert {work for work, _ in after.added} == {pair[0]}


def test_expertise_decides_where_loads_allow():
    asked = Request(
        (*works(30, topics=frozenset("A")), *(Work(f"x{n:02}", frozenset("B")) for n in range(30))),
        (*judges(6, expertise=frozenset("A")), *judges(6, 6, expertise=frozenset("B"))),
        connect=False,
    )
    assert sum(load.outside for load in plan(asked).loads) == 0


def test_judges_of_the_same_city_only_where_nobody_else_can():
    asked = Request(works(20, city="广州"), (*judges(6, city="广州"), *judges(6, 6, city="珠海")))
    assert sum(load.same_city for load in plan(asked).loads) == 0
    few = replace(asked, judges=asked.judges[:8])
    assert [p.code for p in plan(few).problems] == ["assignment.own_city", "assignment.uneven"]
    assert plan(replace(few, same_city=True)).problems == ()


def test_parts_are_tied_together_by_one_work_in_twenty():
    asked = Request(
        (*works(100, topics=frozenset("A")), *(Work(f"x{n:03}", frozenset("B")) for n in range(100))),
        (*judges(10, expertise=frozenset("A")), *judges(10, 10, expertise=frozenset("B"))),
    )
    apart, tied = plan(replace(asked, connect=False)), plan(asked)
    assert (apart.parts, tied.parts, tied.repaired) == (2, 1, 10)
    assert loads(apart) == loads(tied)
    assert sum(load.outside for load in tied.loads) == 10


def test_the_whole_panel_judges_at_the_roadshow():
    found = plan(replace(REQUEST, per_work=None, conflicts={("w000", "j00"): "同单位"}))
    assert (len(found.pairs), found.possible) == (60 * 12 - 1, True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_asked(data):
    """Never a conflict, never a judge twice, everything kept, loads connected when it says so."""
    count, panel = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 7))
    some, who = works(count), judges(panel)
    pair = st.tuples(st.sampled_from([w.code for w in some]), st.sampled_from([j.code for j in who]))
    barred = data.draw(st.dictionaries(pair, st.just("同单位"), max_size=count))
    kept = data.draw(st.frozensets(pair, max_size=6)) - set(barred)
    asked = Request(some, who, data.draw(st.integers(1, 4)), barred, kept=kept, seed=data.draw(st.integers(0, 3)))
    found = plan(asked)
    assert kept <= set(found.pairs)
    assert not set(found.pairs) & set(barred)
    assert found.parts == len(groups_of(found.pairs))
    if found.possible:
        have = Counter(work for work, _ in found.added) + Counter(work for work, _ in kept)
        assert all(have[w.code] == max(asked.per_work, sum(w.code == k for k, _ in kept)) for w in some)
    else:
        assert found.added == ()
