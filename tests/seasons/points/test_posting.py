"""Facts come into the ledger once each; what was wrong is taken back by a line of its own (G31, Q14)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.problems import Refused
from registrations.services import entering
from seasons.models import PointEntry, PointFact, Standing, Tally
from seasons.services import granting, posting, reviewing, standings
from tests.contest import load_guangdong
from tests.seasons.points import build
from tests.seasons.points.build import DEARER, MARCH
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The edition with its example rules adopted."""
    return build.edition()


def lines(**wanted: object) -> list[tuple[str, Decimal]]:
    return [(line.rule, line.points) for line in PointEntry.objects.filter(**wanted).order_by("pk")]


def test_a_passed_record_earns_by_each_rule(edition: Edition) -> None:
    entry = build.entry(edition)
    build.passed(entry, hours=3.5, by=build.contact(edition))
    build.work()
    assert lines(entry=entry) == [("activity", 10), ("hour", 6), ("audience_s", 5)]
    assert standings.mine(entry).points == 21


def test_posting_again_adds_nothing(edition: Edition) -> None:
    build.fact(build.entry(edition), by=build.organiser())
    assert (build.post(edition), build.post(edition), PointEntry.objects.count()) == (1, 0, 3)


def test_above_the_months_cap_a_line_says_why_it_is_less(edition: Edition) -> None:
    entry = build.entry(edition)
    for day in range(7):
        build.fact(entry, MARCH + timedelta(days=day), by=build.organiser(), minutes=30, audience=0)
        build.post(edition)
    last = PointEntry.objects.filter(rule="activity").latest("pk")
    assert (last.worth, last.points) == (10, 0)
    assert "本月此项上限 60 分，已计 60 分，这次计 0 分" in last.said
    build.fact(entry, MARCH + timedelta(days=40), by=build.organiser(), minutes=30, audience=0)
    build.post(edition)
    assert Standing.objects.get(entry=entry, period="2025-04").points == 10


def test_without_published_rules_nothing_is_posted(db: None) -> None:
    edition = load_guangdong()
    entry = build.entry(edition)
    build.fact(entry, by=build.organiser())
    with pytest.raises(Refused, match="积分规则待公布"):
        build.post(edition)


def test_a_record_looked_at_again_loses_its_points_and_may_earn_them_anew(edition: Edition) -> None:
    entry, by = build.entry(edition), build.contact(edition)
    record = build.passed(entry, by=by)
    build.work()
    record = reviewing.reconsider(record, reason="受众人数有误", by=by)
    assert standings.mine(entry).points == 0
    assert PointEntry.objects.exclude(reverses=None).count() == 3
    reviewing.pass_record(record, seen=reviewing.mark(record), by=by)
    build.work()
    assert (standings.mine(entry).points, PointFact.objects.filter(record=record).count()) == (19, 2)


def test_a_withdrawn_entry_leaves_the_ladder_and_keeps_its_lines(edition: Edition) -> None:
    entry = build.entry(edition)
    build.fact(entry, by=build.organiser())
    build.post(edition)
    assert standings.mine(entry).rank == 1
    entering.withdraw_entry(entry, by=build.lead(entry))
    assert (standings.mine(entry).rank, standings.top(edition), PointEntry.objects.count()) == (None, [], 3)
    assert not Tally.objects.exclude(entries=0).exists()


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_ledger_is_never_changed(edition: Edition, deed: str) -> None:
    build.fact(build.entry(edition), by=build.organiser())
    build.post(edition)
    with pytest.raises(DatabaseError), transaction.atomic():
        PointEntry.objects.update(points=99) if deed == "update" else PointEntry.objects.all().delete()


def test_a_reversal_mirrors_its_line(edition: Edition) -> None:
    build.fact(build.entry(edition), by=build.organiser())
    build.post(edition)
    line = PointEntry.objects.order_by("pk")[0]
    line.pk, line.reverses_id, line.points, line.reason = None, line.pk, -1, "少冲"
    with pytest.raises(DatabaseError), transaction.atomic():
        line.save(force_insert=True)


def test_nobody_writes_standings_but_the_database(edition: Edition) -> None:
    build.fact(build.entry(edition), by=build.organiser())
    build.post(edition)
    with pytest.raises(DatabaseError), transaction.atomic():
        Standing.objects.update(points=1000)


# --- Rules that changed -----------------------------------------------------------------------------------


def test_changed_rules_leave_what_was_posted_until_the_organiser_says_so(edition: Edition) -> None:
    entry = build.entry(edition)
    build.fact(entry, by=build.organiser())
    build.post(edition)
    changed = build.amended(DEARER)
    assert (build.post(changed), standings.mine(entry).points) == (0, 19)
    found = posting.preview(changed)
    assert (found.count, found.points, len(found.entries), PointEntry.objects.count()) == (1, 2, 1, 3)
    assert posting.repost(changed, sha256=found.sha256, reason="规则改定", by=build.organiser()) == 1
    assert (standings.mine(entry).points, posting.preview(changed).count) == (21, 0)
    assert lines(rule="activity") == [("activity", 10), ("activity", -10), ("activity", 12)]


def test_the_difference_is_posted_only_as_previewed_and_with_a_reason(edition: Edition) -> None:
    build.fact(build.entry(edition), by=build.organiser())
    build.post(edition)
    found = posting.preview(build.amended(DEARER))
    again = build.amended(("points = 10, month_cap = 60", "points = 14, month_cap = 60"))
    for sha256, reason in ((found.sha256, "规则改定"), (again.sha256, " ")):
        with pytest.raises(Refused):
            posting.repost(again, sha256=sha256, reason=reason, by=build.organiser())


# --- Prizes and bonuses -----------------------------------------------------------------------------------


def test_a_bonus_counts_within_its_cap_and_can_be_taken_back(edition: Edition) -> None:
    entry = build.entry(edition)
    facts = [granting.award_bonus(entry, "press", reason="省级媒体报道", by=build.organiser()) for _ in range(3)]
    build.work()
    assert standings.mine(entry).points == 10
    granting.revoke(facts[0], reason="报道已撤", by=build.organiser())
    assert standings.mine(entry).points == 5


def test_a_themes_prize_is_given_once(edition: Edition) -> None:
    entry = build.entry(edition)
    theme = edition.seasons.create(code="mar", name="三月主题", kind="points", industry="医疗健康")
    granting.award_prize(entry, theme, "first", reason="月赛一等", by=build.organiser())
    with pytest.raises(Refused) as refused:
        granting.award_prize(entry, theme, "second", reason="又一个", by=build.organiser())
    build.work()
    assert (refused.value.codes, standings.mine(entry).points) == (["points.prize_twice"], 50)


def test_what_is_not_in_the_rules_is_not_granted(edition: Edition) -> None:
    entry = build.entry(edition)
    with pytest.raises(Refused):
        granting.award_bonus(entry, "hour", reason="不是加分", by=build.organiser())
    with pytest.raises(Refused):
        granting.award_bonus(entry, "press", reason=" ", by=build.organiser())
