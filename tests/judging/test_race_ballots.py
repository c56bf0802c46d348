"""R19: the same ballots sent again and again over many connections at once; each identity counts once."""

import random
from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest
from django.db import connection

from core.prepared import Planned
from core.problems import Refused
from judging.live_state import Hall
from judging.models import Ballot, Session
from judging.services import balloting, live
from judging.services.facts import count_of
from judging.services.voters import Voter
from tests.contest import load_guangdong
from tests.judging import build, live_build
from tests.registrations.owner import as_owner
from tests.registrations.racing import crowd, race, told

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 64


def send(hall: Hall, voters: Sequence[Voter], times: int, seed: int) -> None:
    """Everybody's ballot so often, in another order each time; nothing but “twice” is a refusal."""
    chance = random.Random(seed)
    for _ in range(times):
        for voter in chance.sample(voters, len(voters)):
            try:
                balloting.cast(hall, voter, [hall.order[voter.identity.encode()[-1] % 3].pk], "203.0.113.9")
            except Refused as refused:
                if refused.codes != ["ballot.twice"]:
                    raise


@pytest.mark.soak
def test_every_identity_counts_once_whatever_is_sent(soak: bool) -> None:
    """100 forms, each sent 10,000 times by the long form over 64 connections; 20, 64 times each by the short one."""
    session = live_build.session(load_guangdong(), window="end", choices_max=1, voting_seconds=3600)
    hall = live_build.voting(session)
    voters = [live_build.voter(hall, number) for number in range(100 if soak else 20)]
    acts = [partial(send, hall, voters, 157 if soak else 1, hand) for hand in range(HANDS)]  # 64 × 157 > 10,000
    seen = crowd(acts, hands=HANDS, processes=4)
    assert Counter(one.told for one in seen) == {"ok": HANDS}
    live.end(session, by=build.organiser())
    cast = dict(session.ballots.values_list("identity", "choices"))
    assert (session.ballots.count(), count_of(session).ballots) == (len(voters), len(voters))
    assert set(cast) == {voter.identity for voter in voters}
    expected = Counter(hall.order[identity.encode()[-1] % 3].label for identity in cast)
    assert {work: votes for work, votes in count_of(session).votes.items() if votes} == expected


def test_without_the_key_the_same_ballot_counts_twice() -> None:
    """The twin: the unique key is all that holds it."""
    session = live_build.session(load_guangdong(), window="end", choices_max=1)
    hall = live_build.voting(session)
    voter = live_build.voter(hall)
    as_owner("ALTER TABLE judging_ballot DROP CONSTRAINT one_ballot_an_identity")
    twice = Planned(balloting._CAST.sql.replace("ON CONFLICT (session_id, turn_id, identity) DO NOTHING", ""))
    values = [hall.pk, None, voter.identity, [hall.order[0].pk], "", voter.device]

    def cast() -> None:
        with connection.cursor() as cursor:
            twice.execute(cursor, values)

    assert told(race(cast, cast)) == {"ok": 2}
    assert Ballot.objects.filter(session=session).count() == 2


def test_a_connection_that_died_meanwhile() -> None:
    """The statement is said again over a new one; the voter notices nothing."""
    session: Session = live_build.session(load_guangdong(), window="end", choices_max=1)
    hall = live_build.voting(session)
    voter = live_build.voter(hall)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    as_owner(f"SELECT pg_terminate_backend({pid})")
    assert balloting.cast(hall, voter, [hall.order[0].pk], "203.0.113.9")
    assert session.ballots.count() == 1
