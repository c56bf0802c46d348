"""Prizes are granted by many at once: each entry has one; without the guards it would have more."""

from functools import partial

import pytest
from django.db import IntegrityError

from core import clock
from core.database import violated
from seasons.models import PointFact
from seasons.services import prizing
from tests.registrations.owner import as_owner
from tests.registrations.racing import race, told
from tests.seasons.points import build as points
from tests.seasons.prizes import build

pytestmark = pytest.mark.django_db(transaction=True)
RACERS, PRIZE = 5, "one_prize_a_theme"


@pytest.fixture
def theme(transactional_db: None):
    theme = build.theme(points.edition())
    for number in (1, 2):
        build.passed(theme, number)
    build.judged(theme, {"a": 90, "b": 80})
    return theme


def test_a_theme_is_settled_once(theme):
    settle = partial(prizing.settle, theme, reason="公布名次", by=build.organiser())
    assert told(race(*[settle] * RACERS)) == {"ok": 1, "prize.nothing": RACERS - 1}
    facts = PointFact.objects.filter(kind="prize")
    assert (facts.count(), facts.values("entry").distinct().count()) == (2, 2)


def test_past_the_service_the_database_holds_one(theme):
    """The twin: the same writes without lock and rule; with the guard gone too, an entry has as many as came."""
    entry, now = theme.round.candidates.first().entry, clock.now()
    values = {"kind": "prize", "month": "2025-03", "earned_at": now, "minutes": 0, "audience": 0, "level": "first"}
    values |= {"rule": "", "reason": "竞态", "by": build.organiser(), "at": now, "entry": entry, "season": theme}
    raw = [partial(PointFact.objects.create, **values)] * RACERS
    refused = [outcome for outcome in race(*raw) if isinstance(outcome, IntegrityError)]
    assert (len(refused), {violated(error) for error in refused}) == (RACERS - 1, {PRIZE})
    as_owner(f"DROP INDEX {PRIZE}")
    assert [outcome for outcome in race(*raw) if isinstance(outcome, Exception)] == []
