"""Many are confirmed at once: never more than a need wants, never two a day; without the guards there would be."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from core.database import violated
from seasons.models import Need, Offer, Placement
from seasons.placing_invariants import invariants
from seasons.placing_models import DAY_CHECK
from seasons.services import placing, placing_answers
from seasons.venue_models import NEED_CHECK
from tests.registrations.owner import as_owner, stop_counting
from tests.registrations.racing import race, told
from tests.seasons.placing import build
from tests.seasons.placing.build import VISIT

pytestmark = pytest.mark.django_db(transaction=True)
RACERS, PLACES = 6, 2


def broken() -> list[str]:
    return [name for name, wrong in invariants() if wrong]


def raw(need: Need, offer: Offer, by: object) -> partial[Placement]:
    """The same write without lock and rule."""
    until = VISIT - timedelta(days=1)
    return partial(
        Placement.objects.create, need=need, entry=offer.entry, day=need.day, made_at=build.PLANNED, made_by=by,
        answer_until=until,
    )  # fmt: skip


def test_no_place_is_given_twice():
    boss, need, offers = build.scene(RACERS, capacity=PLACES)
    outcomes = told(race(*(partial(placing.place, [(need, offer)], by=boss) for offer in offers)))
    assert (outcomes, Need.objects.get().taken) == ({"ok": PLACES, "placement.full": RACERS - PLACES}, PLACES)
    assert broken() == []


def test_past_the_service_the_database_holds_them():
    """The twin: the same writes without lock and rule; with the guard gone too, everybody gets in."""
    boss, need, offers = build.scene(RACERS, capacity=PLACES)
    writes = [raw(need, offer, boss) for offer in offers]
    refused = [outcome for outcome in race(*writes) if isinstance(outcome, IntegrityError)]
    assert (len(refused), {violated(error) for error in refused}) == (RACERS - PLACES, {NEED_CHECK})
    Placement.objects.all().delete()
    as_owner(f"ALTER TABLE seasons_need DROP CONSTRAINT {NEED_CHECK}")
    assert [outcome for outcome in race(*writes) if isinstance(outcome, Exception)] == []
    assert "安排不超过需要的队伍数" in broken()


def two_on_a_day() -> tuple[object, list[Need], Offer]:
    boss, need, (offer,) = build.scene()
    other = build.need(build.venue(2, by=boss), need.edition)
    return boss, [need, other], offer


def test_an_entry_is_at_one_place_a_day():
    boss, needs, offer = two_on_a_day()
    outcomes = told(race(*(partial(placing.place, [(need, offer)], by=boss) for need in needs)))
    assert outcomes == {"ok": 1, "placement.unfit": 1}


def test_the_day_is_held_by_the_database_too():
    boss, needs, offer = two_on_a_day()
    writes = [raw(need, offer, boss) for need in needs]
    refused = [outcome for outcome in race(*writes) if isinstance(outcome, IntegrityError)]
    assert [violated(error) for error in refused] == [DAY_CHECK]
    as_owner(f"DROP INDEX {DAY_CHECK}")
    Placement.objects.all().delete()
    assert [outcome for outcome in race(*writes) if isinstance(outcome, Exception)] == []
    assert broken() == ["一份报名一天只有一项安排"]


def test_two_yeses_at_once_settle_it():
    boss, need, (offer,) = build.scene()
    placement = build.placed(need, offer, by=boss)
    sides = {"venue": build.officer(need.venue), "entry": build.lead(offer.entry)}
    assert told(race(*(partial(placing_answers.accept, placement, side, by=by) for side, by in sides.items()))) == {
        "ok": 2
    }
    assert Placement.objects.get().state == "confirmed"


def test_without_the_count_nothing_is_full():
    """The trigger gone, `taken` stays at nought."""
    boss, need, offers = build.scene(RACERS, capacity=PLACES)
    stop_counting(Placement, "count_placed")
    race(*(raw(need, offer, boss) for offer in offers))
    assert broken() == ["需求的已安排数等于名下的安排"]
