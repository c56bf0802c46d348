"""What is so behind the scores of a rehearsal: how good each work is, and how strict each judge."""

from random import Random
from typing import Any

from core.accounts.models import User

QUALITY, SEVERITY, NOISE = 8, 8, 4  # standard deviations, in points
CENTRE = 74


class Truth:
    """What the simulated judges know and the portal does not; and what the summary tells of their work."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(f"judging-{seed}")  # noqa: S311  # a rehearsal must repeat itself
        self.quality: dict[str, float] = {}  # of a candidate's key
        self.severity: dict[int, float] = {}  # of a user
        self.facts: dict[str, Any] = {"seconds": 0.0, "rounds": {}}
        self.experts: list[User] = []

    def worth(self, key: str) -> float:
        """A work's true worth, drawn when it is first asked for."""
        return self.quality.setdefault(key, self.chance.gauss(CENTRE, QUALITY))

    def strictness(self, user: int) -> float:
        """How far a judge is off, always."""
        return self.severity.setdefault(user, self.chance.gauss(0, SEVERITY))
