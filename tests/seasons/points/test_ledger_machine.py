"""Random operations on the ledger: the balance is the sum, no line changes, and posting again adds nothing.

A few hundred steps in the suite, 10,000 in `make soak`.
"""

import hashlib
from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registrations.entry_models import Entry
from seasons.models import PointEntry, PointFact, Standing
from seasons.point_invariants import invariants
from seasons.services import granting, posting
from tests.seasons.points import build
from tests.seasons.points.build import MARCH
from tracks.models import Edition

ENTRIES = 3


class Ledger(RuleBasedStateMachine):
    """One edition, three entries, whatever happens to them; each run goes on where the last one stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.edition = Edition.objects.get(is_current=True)
        self.entries = list(Entry.objects.select_related("edition").order_by("pk"))
        self.by = build.organiser()
        self.known: dict[int, str] = {}

    @rule(entry=st.integers(0, ENTRIES - 1), day=st.integers(0, 80), minutes=st.integers(1, 300),
          audience=st.integers(0, 2000))  # fmt: skip
    def approve(self, entry: int, day: int, minutes: int, audience: int) -> None:
        """A record holds."""
        build.fact(self.entries[entry], MARCH + timedelta(days=day), by=self.by, minutes=minutes, audience=audience)

    @rule(entry=st.integers(0, ENTRIES - 1))
    def reward(self, entry: int) -> None:
        """A bonus."""
        granting.award_bonus(self.entries[entry], "press", earned_at=MARCH, reason="报道", by=self.by)

    @rule(portion=st.integers(1, ENTRIES))
    def post(self, portion: int) -> None:
        """Twice: the second adds nothing."""
        posting.post(self.edition, portion=portion)
        before = PointEntry.objects.count()
        assert posting.post(self.edition) == 0
        assert PointEntry.objects.count() == before

    @rule(which=st.integers(0, 10**6))
    def void(self, which: int) -> None:
        """Some fact no longer holds, posted or not."""
        facts = list(PointFact.objects.filter(voided_at=None).select_related("entry__edition"))
        if facts:
            posting.void(facts[which % len(facts)], reason="有误", decider=self.by)

    @rule()
    def agree_with_the_rules(self) -> None:
        """After that nothing differs."""
        posting.repost(self.edition, sha256=self.edition.sha256, reason="核对", by=self.by)
        assert posting.preview(self.edition).count == 0

    @invariant()
    def balances_are_sums(self) -> None:
        """Of every entry, and by every invariant's own count."""
        sums = dict(PointEntry.objects.values_list("entry").annotate(Sum("points")))
        assert dict(Standing.objects.filter(period="").values_list("entry", "points")) == sums
        assert [name for name, wrong in invariants() if wrong and "服务记录" not in name] == []

    @invariant()
    def no_line_changes(self) -> None:
        """What was once written reads the same ever after."""
        now = {line[0]: hashlib.sha256(repr(line).encode()).hexdigest() for line in PointEntry.objects.values_list()}
        assert self.known.items() <= now.items()
        self.known = now


@pytest.mark.soak
@pytest.mark.django_db
def test_the_ledger_keeps_its_books(soak: bool) -> None:
    edition = build.edition()
    for number in range(1, ENTRIES + 1):
        build.entry(edition, number)
    runs, steps = (100, 100) if soak else (3, 25)
    quick = settings(max_examples=runs, stateful_step_count=steps, deadline=None, database=None,
                     suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(Ledger, settings=quick)
