"""Needs, offers and placements through their services."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.audit.timeline import timeline
from core.notices.models import Notice
from core.problems import Refused
from core.states import StaleState
from registrations.services import entering
from seasons import placing_personal
from seasons.models import Need, Placement, ServiceRecord, Venue
from seasons.placing_invariants import invariants
from seasons.services import (
    placing,
    placing_answers,
    placing_needs,
    placing_offers,
    placing_records,
    placing_terms,
    placing_venues,
    recording,
    reviewing,
)
from seasons.services.placing_facts import board
from seasons.services.record_facts import RecordFacts
from tests.seasons.placing import build
from tests.seasons.placing.build import COUNTY, PLANNED, VISIT
from tracks.models import Edition

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    return [name for name, wrong in invariants() if wrong]


def codes(act, *args, **more) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(*args, **more)
    return refused.value.codes


# --- Venues and needs -------------------------------------------------------------------------------------


def test_a_venue_needs_a_county_a_contact_and_a_name_of_its_own():
    venue = build.venue()
    values = {"name": venue.name, "kind": "school", "region": venue.region, "street": "路", "contact_name": "甲"}
    boss = build.officer(venue)
    assert codes(placing_venues.save_venue, values, by=boss) == ["venue.empty"]
    assert codes(placing_venues.save_venue, values | {"contact_phone": "0"}, by=boss) == ["venue.twice"]
    assert codes(placing_venues.save_venue, {"name": ""}, venue=venue, by=boss) == ["venue.empty"]


def test_an_invitation_is_good_once_and_not_sent_twice():
    venue = build.venue()
    asked = placing_venues.invite(venue, by=None, email="second@example.test")
    assert codes(placing_venues.invite, venue, by=None, email="second@example.test") == ["invite.already"]
    placing_venues.join(asked, by=build.officer(venue))
    assert codes(placing_venues.join, asked, by=build.officer(venue)) == ["invitation.used"]
    assert codes(placing_venues.invite, venue, by=None, phone="12") == ["phone.form"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts_at": None}, "need.window"),
        ({"ends_at": VISIT}, "need.window"),
        ({"ends_at": VISIT + timedelta(days=1)}, "need.one_day"),
        ({"starts_at": PLANNED - timedelta(days=1), "ends_at": PLANNED}, "need.one_day"),
        ({"place": ""}, "need.place"),
        ({"topic": "没有的"}, "need.topic"),
        ({"heads": 0}, "need.heads"),
        ({"heads": 100_001}, "need.heads"),
        ({"capacity": 51}, "need.capacity"),
        ({"activity": "x"}, "need.activity"),
    ],
)
def test_a_draft_keeps_what_cannot_be_published(values, code):
    need = build.draft(build.venue(), build.edition(), **values)
    assert codes(placing_needs.open_need, need, by=build.officer(need.venue)) == [code]
    assert Need.objects.get().state == "draft"


def test_a_need_lies_in_the_season_and_in_the_future():
    venue, edition = build.venue(), build.edition()
    late = build.draft(venue, edition)
    clock.set_now(VISIT)
    assert codes(placing_needs.open_need, late, by=build.officer(venue)) == ["need.past"]
    far = build.draft(venue, edition, VISIT + timedelta(days=300))
    assert codes(placing_needs.open_need, far, by=build.officer(venue)) == ["need.outside_season"]


def test_a_need_stays_as_it_was_asked():
    boss, need, (offer,) = build.scene()
    by = build.officer(need.venue)
    placing_needs.save_need(need.venue, {"heads": 61}, need=need, by=by)
    build.placed(need, offer, by=boss)
    assert codes(placing_needs.save_need, need.venue, {"heads": 62}, need=need, by=by) == ["need.asked"]
    placing_needs.save_need(need.venue, {"capacity": 3, "remark": "请带投影"}, need=need, by=by)
    with pytest.raises(Exception, match="stays as it is"), transaction.atomic():
        Need.objects.update(place="别处")
    assert (Need.objects.get().capacity, broken()) == (3, [])


# --- Offers and suggestions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"regions": []}, "offer.regions"),
        ({"regions": ["999999"]}, "offer.regions"),
        ({"weekdays": []}, "offer.days"),
        ({"dates": [PLANNED.date() - timedelta(days=1)]}, "offer.past"),
        ({"topics": ["没有的"]}, "offer.topics"),
        ({"ages": []}, "offer.ages"),
        ({"heads": None}, "offer.heads"),
        ({"a_month": 32}, "offer.a_month"),
    ],
)
def test_an_offer_says_where_when_and_for_whom(values, code):
    entry = build.entry(build.edition())
    assert codes(build.offer, entry, **values) == [code]


def test_an_offer_is_withdrawn_and_made_again():
    _, need, (offer,) = build.scene()
    assert [(pair.need, pair.offer) for pair in board(need.edition).pairs] == [(need.pk, offer.pk)]
    placing_offers.withdraw_offer(offer, by=build.lead(offer.entry))
    assert board(need.edition).pairs == ()
    again = build.offer(offer.entry, heads=80)
    assert (again.pk, again.state, len(board(need.edition).pairs)) == (offer.pk, "open", 1)


def test_suggestions_cost_the_same_for_one_and_for_three(django_assert_num_queries):
    boss, need, offers = build.scene(3, capacity=3)
    with django_assert_num_queries(4):
        assert len(board(need.edition).lines) == 3
    build.placed(need, offers[0], by=boss)
    with django_assert_num_queries(4):
        assert len(board(need.edition).lines) == 2


def test_a_withdrawn_entry_offers_nothing():
    boss, need, (offer,) = build.scene()
    entering.withdraw_entry(offer.entry, by=build.lead(offer.entry))
    assert board(need.edition).pairs == ()
    assert codes(build.placed, need, offer, by=boss) == ["placement.offer_gone"]
    assert codes(build.offer, offer.entry) == ["offer.entry"]


# --- Placing and answering --------------------------------------------------------------------------------


def test_both_are_asked_and_both_confirm():
    boss, need, (offer,) = build.scene()
    placement = build.placed(need, offer, by=boss)
    assert placement.grounds == "同县、题材相符、日期可行、受众合适、还没有安排过"
    people = {build.officer(need.venue), build.lead(offer.entry)}
    assert {n.recipient for n in Notice.objects.filter(template="placement-asked")} == people
    placement = placing_answers.accept(placement, "entry", by=build.lead(offer.entry))
    assert placement.state == "waiting"
    placement = placing_answers.accept(placement, "venue", by=build.officer(need.venue))
    assert (placement.state, Need.objects.get().taken, broken()) == ("confirmed", 1, [])
    assert Notice.objects.filter(template="placement-confirmed").count() == 2
    assert "确认服务安排" in {moment.label for moment in timeline(placement)}


def test_nobody_answers_for_the_other_side():
    boss, need, (offer,) = build.scene()
    placement = build.placed(need, offer, by=boss)
    for side, by in (("venue", build.lead(offer.entry)), ("entry", build.officer(need.venue)), ("venue", boss)):
        assert codes(placing_answers.accept, placement, side, by=by) == ["placement.not_yours"]


def test_a_no_frees_the_place_and_needs_a_reason():
    boss, need, (offer,) = build.scene()
    placement = build.placed(need, offer, by=boss)
    by = build.lead(offer.entry)
    assert codes(placing_answers.decline, placement, "entry", reason=" ", by=by) == ["reason.missing"]
    placing_answers.decline(placement, "entry", reason="当天有课", by=by)
    placement.refresh_from_db()
    assert (placement.state, placement.ended_by, Need.objects.get().taken) == ("declined", "entry", 0)
    assert codes(placing_answers.accept, placement, "entry", by=by) == ["placement.settled"]
    again = build.placed(need, offer, by=boss)
    assert (again.state, broken()) == ("waiting", [])


def test_what_was_settled_is_called_off_with_a_reason():
    boss, need, (offer,) = build.scene()
    placement = build.confirmed(need, offer, by=boss)
    by = build.officer(need.venue)
    placing_answers.call_off(placement, "venue", reason="场地检修", by=by)
    assert (Need.objects.get().taken, Placement.objects.get().reason) == (0, "场地检修")
    with pytest.raises(StaleState):
        placing_answers.call_off(placement, "venue", reason="场地检修", by=by)


def test_the_organiser_takes_one_back():
    boss, need, (offer,) = build.scene()
    placing.take_back(build.confirmed(need, offer, by=boss), reason="安排重复", by=boss)
    assert (Placement.objects.get().ended_by, Need.objects.get().taken) == ("organiser", 0)


def test_a_list_goes_in_whole_or_not_at_all():
    boss, need, offers = build.scene(2, capacity=1)
    pairs = [(need, offer) for offer in offers]
    assert codes(placing.place, pairs, by=boss) == ["placement.full"]
    assert (Placement.objects.count(), Notice.objects.filter(template="placement-asked").count()) == (0, 0)
    assert codes(placing.place, [], by=boss) == ["placement.none"]


def test_one_place_a_day_and_as_often_as_offered():
    boss, need, (offer,) = build.scene()
    edition = need.edition
    other = build.need(build.venue(2, by=boss), edition)
    build.placed(need, offer, by=boss)
    assert codes(build.placed, other, offer, by=boss) == ["placement.unfit"]
    sundays = [build.need(other.venue, edition, VISIT + timedelta(days=days)) for days in (1, 8)]
    build.placed(sundays[0], offer, by=boss)
    assert codes(build.placed, sundays[1], offer, by=boss) == ["placement.unfit"]


def test_a_closed_need_takes_nobody_whoever_writes():
    boss, need, (offer,) = build.scene()
    placing_needs.close(need, by=build.officer(need.venue))
    assert codes(build.placed, need, offer, by=boss) == ["placement.need_closed"]
    raw = {"need": need, "entry": offer.entry, "day": need.day, "made_at": PLANNED, "made_by": boss}
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.create(**raw, answer_until=VISIT)


def test_a_cancelled_need_ends_its_placements():
    boss, need, (offer,) = build.scene()
    build.confirmed(need, offer, by=boss)
    placing_needs.cancel(need, reason="活动取消", by=build.officer(need.venue))
    assert (Placement.objects.get().state, Need.objects.get().state, broken()) == ("cancelled", "cancelled", [])
    assert Notice.objects.filter(template="placement-cancelled").count() == 2


# --- By the calendar --------------------------------------------------------------------------------------


def test_the_silent_are_reminded_once_then_it_expires():
    boss, need, (offer,) = build.scene()
    placement = build.placed(need, offer, by=boss)
    placing_answers.accept(placement, "venue", by=build.officer(need.venue))
    assert placing_terms.sweep(PLANNED) == {"reminded": 0, "expired": 0, "left": 0}
    clock.set_now(PLANNED + timedelta(days=2, hours=1))
    assert [placing_terms.sweep(clock.now())["reminded"] for _ in range(2)] == [1, 0]
    assert Notice.objects.get(template="placement-near").recipient == build.lead(offer.entry)
    clock.set_now(placement.answer_until)
    assert codes(placing_answers.accept, placement, "entry", by=build.lead(offer.entry)) == ["placement.late"]
    assert [placing_terms.sweep(clock.now())["expired"] for _ in range(2)] == [1, 0]
    assert (Placement.objects.get().state, Need.objects.get().taken, broken()) == ("expired", 0, [])


def test_who_left_the_contest_is_let_go():
    boss, need, (offer,) = build.scene()
    build.confirmed(need, offer, by=boss)
    entering.withdraw_entry(offer.entry, by=build.lead(offer.entry))
    assert [placing_terms.sweep(clock.now())["left"] for _ in range(2)] == [1, 0]
    assert (Placement.objects.get().state, Need.objects.get().taken) == ("cancelled", 0)


# --- Afterwards -------------------------------------------------------------------------------------------


def test_the_record_grows_from_the_placement():
    boss, need, (offer,) = build.scene()
    placement = build.confirmed(need, offer, by=boss)
    by = build.lead(offer.entry)
    assert codes(placing_records.begin_from, placement, by=by) == ["placement.not_over"]
    clock.set_now(VISIT + timedelta(days=1))
    record = placing_records.begin_from(placement, by=by)
    assert (record.activity, record.starts_at, record.audience) == ("two_centres", VISIT, 60)
    assert record.place == "深圳市龙岗区 第 1 党群服务中心 一楼多功能厅"
    assert placing_records.begin_from(placement, by=by) == record
    assert (ServiceRecord.objects.get().placement, broken()) == (placement, [])
    assert codes(placing.take_back, placement, reason="错", by=boss) == ["placement.used"]


def test_the_venues_word_reaches_the_review():
    boss, need, (offer,) = build.scene()
    placement = build.confirmed(need, offer, by=boss)
    venue, by = build.officer(need.venue), build.lead(offer.entry)
    assert codes(placing_answers.confirm_visit, placement, heads=9, word="", by=venue) == ["visit.early"]
    clock.set_now(VISIT + timedelta(days=1))
    record = placing_records.begin_from(placement, by=by)
    recording.save(record, {"links": ["https://example.test/x"], "basis": "签到表"}, by=by)
    record = recording.submit(record, by=by)
    seen = reviewing.mark(record)
    assert codes(placing_answers.confirm_visit, placement, heads=None, word="", by=venue) == ["visit.heads"]
    placing_answers.confirm_visit(placement, heads=20, word="孩子们很喜欢", by=venue)
    assert "record.heads_differ" in {flag.code for flag in RecordFacts(record).flags()}
    assert codes(reviewing.pass_record, record, seen=seen, by=boss) == ["record.changed_since"]
    reviewing.pass_record(record, seen=reviewing.mark(record), by=boss)


def test_only_the_venue_says_that_it_took_place():
    boss, need, (offer,) = build.scene()
    placement = build.confirmed(need, offer, by=boss)
    clock.set_now(VISIT + timedelta(days=1))
    act = placing_answers.confirm_visit
    assert codes(act, placement, heads=9, word="", by=build.lead(offer.entry)) == ["placement.not_yours"]
    assert offer.regions == [COUNTY]


def test_a_venues_contact_goes_with_the_last_edition_it_asked_in():
    boss, need, _ = build.scene()
    lasting, edition = build.venue(2, by=boss), need.edition
    build.need(lasting, edition)
    later = Edition.objects.create(slug="later", name="下一届", rules=edition.rules)
    build.need(lasting, later, VISIT + timedelta(days=9), topic="")
    assert [placing_personal.expire_venues(edition) for _ in range(2)] == [1, 0]
    need.venue.refresh_from_db()
    assert (need.venue.contact_phone, need.venue.invitations.get().email) == ("", None)
    assert Venue.objects.exclude(contact_phone="").get() == lasting
