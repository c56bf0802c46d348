"""Which offers fit which needs, and the suggestions: pure."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from seasons.rules import placing
from seasons.rules.placing import AGES, Offered, Short, Wanted, obstacles, reasons, suggest, suggesting

DAY = date(2025, 3, 15)  # a Saturday
NEED = Wanted(1, DAY, "440300", "440307", "健康", "pupils", 60, left=1)
OFFER = Offered(
    1, 0, frozenset({"健康"}), frozenset({"440307"}), frozenset({5}), frozenset(), frozenset({"pupils"}), 100, 2,
    frozenset(), {}, 0,
)  # fmt: skip


def other(key: int, **values: object) -> Offered:
    return replace(OFFER, key=key, since=key, **values)


def pairs(found: placing.Suggested) -> list[tuple[int, int]]:
    return [(pair.need, pair.offer) for pair in found.pairs]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"regions": frozenset({"440300"})}, []),
        ({"regions": frozenset({"440305"})}, ["不在愿意去的市县"]),
        ({"topics": frozenset({"农业"})}, ["题材不符"]),
        ({"topics": frozenset()}, []),
        ({"weekdays": frozenset({0})}, ["日期不合"]),
        ({"weekdays": frozenset(), "dates": frozenset({DAY})}, []),
        ({"ages": frozenset({"elders"})}, ["受众年龄段不合"]),
        ({"ages": frozenset({"all"})}, []),
        ({"heads": 59}, ["受众人数超出"]),
        ({"booked": frozenset({DAY})}, ["当天已有安排"]),
        ({"months": {"2025-03": 2}}, ["当月次数已满"]),
        ({"months": {"2025-04": 2}}, []),
    ],
)
def test_what_stands_in_the_way(changes, words):
    offer = replace(OFFER, **changes)
    assert obstacles(NEED, offer) == words
    assert pairs(suggest([NEED], [offer])) == ([] if words else [(1, 1)])


def test_a_suggestion_carries_its_reasons():
    assert reasons(NEED, OFFER) == ("同县", "题材相符", "日期可行", "受众合适", "还没有安排过")
    assert suggest([NEED], [OFFER]).pairs[0].reasons == reasons(NEED, OFFER)


def test_whoever_has_fewer_goes_first_then_the_own_county_then_the_earlier():
    city = frozenset({"440300"})
    assert pairs(suggest([NEED], [other(1, placed=1), other(2, regions=city)])) == [(1, 2)]
    assert pairs(suggest([NEED], [other(1, regions=city), other(2)])) == [(1, 2)]
    assert pairs(suggest([NEED], [other(2), other(1)])) == [(1, 1)]


def test_the_places_are_filled_rather_than_the_first_served():
    """The only one who can come on Sunday is not spent on Saturday."""
    sunday = replace(NEED, key=2, day=DAY + timedelta(days=1))
    both = other(1, weekdays=frozenset({5, 6}), a_month=1)
    assert pairs(suggest([NEED, sunday], [both, other(2)])) == [(1, 2), (2, 1)]


def test_never_two_on_a_day_nor_more_a_month_than_offered():
    same_day = [replace(NEED, key=key) for key in (1, 2)]
    assert len(pairs(suggest(same_day, [OFFER]))) == 1
    saturdays = [replace(NEED, key=week, day=DAY + timedelta(weeks=week)) for week in range(6)]  # March, April
    found = pairs(suggest(saturdays, [OFFER]))
    months = [(DAY + timedelta(weeks=need)).month for need, _ in found]
    assert (months.count(3), months.count(4)) == (2, 2)


def test_each_need_gets_one_before_any_gets_two():
    wide, narrow = replace(NEED, left=2), replace(NEED, key=2, day=DAY + timedelta(weeks=1))
    offers = [other(key, a_month=1) for key in (1, 2)]
    assert sorted(need for need, _ in pairs(suggest([wide, narrow], offers))) == [1, 2]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"regions": frozenset({"440100"})}, "没有报名愿意去这个市县"),
        ({"topics": frozenset({"农业"})}, "愿意去的报名题材不符"),
        ({"weekdays": frozenset({1})}, "题材相符的报名这一天没有空"),
        ({"ages": frozenset({"elders"})}, "有空的报名不服务这类受众"),
        ({"heads": 1}, "受众人数超出有空的报名所能"),
        ({"booked": frozenset({DAY})}, "合适的报名当天或当月已有别的安排"),
    ],
)
def test_what_stays_short_says_why(changes, why):
    assert suggest([NEED], [replace(OFFER, **changes)]).short == (Short(1, 1, why),)


def test_nobody_offers():
    assert suggest([NEED], []).short == (Short(1, 1, "没有报名愿意去这个市县"),)
    assert suggest([], [OFFER]) == placing.Suggested((), ())


def test_sorted_by_city_county_topic_and_capacity():
    needs = [
        replace(NEED, key=1, county="440309", city="440300"), replace(NEED, key=2, left=2), replace(NEED, key=3),
        replace(NEED, key=4, city="440100", county="440103"), replace(NEED, key=5, topic=""),
    ]  # fmt: skip
    offers = [other(key, regions=frozenset({"440300", "440100"})) for key in range(1, 8)]
    assert [need for need, _ in pairs(suggest(needs, offers))] == [4, 5, 2, 2, 3, 1]


def crowd(seed: int) -> tuple[list[Wanted], list[Offered]]:
    dice = Random(seed)
    days = [DAY + timedelta(days=number) for number in range(40)]
    cities, topics, ages = ["4401", "4402"], ["a", "b"], list(AGES)
    needs = [
        Wanted(key, dice.choice(days), city := dice.choice(cities), f"{city}{dice.randint(1, 2)}",
               dice.choice([*topics, ""]), dice.choice(ages), dice.choice([20, 90]), dice.randint(1, 3))
        for key in range(40)
    ]  # fmt: skip
    offers = [
        Offered(key, key, frozenset(dice.sample(topics, dice.randint(0, 2))), frozenset([dice.choice(cities), "44021"]),
                frozenset(dice.sample(range(7), 3)), frozenset(dice.sample(days, 2)), frozenset(dice.sample(ages, 3)),
                dice.choice([50, 100]), dice.randint(1, 3), frozenset(dice.sample(days, 4)), {"2025-03": 1},
                dice.randint(0, 2))
        for key in range(50)
    ]  # fmt: skip
    return needs, offers


@pytest.mark.parametrize("seed", range(5))
def test_the_grid_says_what_the_pair_says_and_again_is_the_same(seed):
    needs, offers = crowd(seed)
    grid = np.logical_and.reduce([grid for _, grid in suggesting._steps(needs, offers)])
    assert grid.tolist() == [[not obstacles(need, offer) for offer in offers] for need in needs]
    found = suggest(needs, offers)
    assert suggest(needs[::-1], offers[::-1]) == found
    by_key = {need.key: need for need in needs}, {offer.key: offer for offer in offers}
    assert all(not obstacles(by_key[0][need], by_key[1][offer]) for need, offer in pairs(found))
    days = [(offer, by_key[0][need].day) for need, offer in pairs(found)]
    assert len(days) == len(set(days))


def test_thinned_out_it_still_fills_every_place(monkeypatch):
    monkeypatch.setattr(suggesting, "MOST_PAIRS", 100)
    needs = [replace(NEED, key=key, day=DAY + timedelta(weeks=key)) for key in range(10)]
    found = suggest(needs, [other(key) for key in range(30)])
    assert len(found.pairs) == 10
    assert len({offer for _, offer in pairs(found)}) == 10
