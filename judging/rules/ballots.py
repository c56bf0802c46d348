"""大众评审: what a ballot may say, when, and which ballots count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.problems import Problem

from .ranking import Tally


@dataclass(frozen=True)
class BallotRules:
    """How the public votes in one session."""

    works: tuple[str, ...]  # in running order
    choices_min: int = 1
    choices_max: int = 3
    mode: Literal["window", "end"] = "window"  # a window a team, or all at the end


@dataclass(frozen=True)
class Window:
    """When votes are taken: of one work, or of all (`work` empty). Half-open: closes is no longer inside."""

    opens: datetime
    closes: datetime | None = None
    work: str = ""


@dataclass(frozen=True)
class Ballot:
    """One identity's ballot: with a window a team it grows by a choice at a time."""

    identity: str  # key of the verified phone or token, never the phone itself
    choices: tuple[str, ...]
    quarantined: bool = False


def check_ballot(
    rules: BallotRules, choices: tuple[str, ...], windows: Iterable[Window], now: datetime, held: tuple[str, ...] = ()
) -> list[Problem]:
    """May this identity, which holds the choices `held`, add these? In mode "end" the ballot is cast at once."""
    raise NotImplementedError


@dataclass(frozen=True)
class Count:
    """The counted ballots of a session, told in public."""

    ballots: int  # valid
    votes: Mapping[str, int]
    quarantined: int  # left out of the mix, said in public
    incomplete: int  # fewer choices than choices_min

    def tally(self, panel: str) -> Tally:
        """As the ranking takes it."""
        return Tally(panel, self.ballots, self.votes)


def count_ballots(rules: BallotRules, ballots: Iterable[Ballot]) -> Count:
    """Quarantined and incomplete ballots are left out. Raises ValueError when an identity has two ballots."""
    raise NotImplementedError


def panel_weights(
    weights: Mapping[str, int], minima: Mapping[str, int | None], ballots: Mapping[str, int]
) -> Mapping[str, int]:
    """Q13, Q29: a public panel with fewer valid ballots than its minimum falls to 0, the others share 100."""
    raise NotImplementedError
