"""What is so behind the scores of a rehearsal: how good each work is, and how strict each judge."""

from collections import Counter
from random import Random
from typing import Any

from core.accounts.models import User
from judging.models import Candidate

QUALITY, SEVERITY, NOISE = 8, 8, 4  # standard deviations, in points
CENTRE = 74


class Truth:
    """What the simulated judges know and the portal does not; and what the summary tells of their work."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.facts: dict[str, Any] = {"seconds": 0.0, "rounds": {}}
        self.ballots: Counter[str] = Counter()  # what the public did with theirs
        self.experts: list[User] = []

    def worth(self, one: Candidate) -> float:
        """A work's true worth, the same in every round."""
        return self._drawn(f"{one.entry_id} {one.round.letter}").gauss(CENTRE, QUALITY)

    def strictness(self, judge: str) -> float:
        """How far a judge is off, always."""
        return self._drawn(judge).gauss(0, SEVERITY)

    def _drawn(self, whose: str) -> Random:
        return Random(f"judging-{self.seed} {whose}")  # noqa: S311  # a rehearsal must repeat itself
