"""What a ranking is made from, and what it says. Everything is frozen; every number is exact."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

K = Decimal(3)  # the severity of a judge with few sheets is drawn towards 0, as if by k sheets that show none
PLACES = 4  # decimal places of every score that is shown and compared


class Score(NamedTuple):
    """One judge's total for one work: what the methods work on. A round has thousands, so it is a tuple."""

    work: str
    judge: str
    score: Decimal
    order: int = 0  # the judge's n-th sheet, counted from 1; 0: unknown. Only the drift asks for it


@dataclass(frozen=True)
class Criterion:
    """One 评审要点 with its share of the whole 100."""

    code: str
    name: str
    weight: Fraction  # of 100: "50/3"
    counts: bool = True  # False: scored and shown, left out of the total


@dataclass(frozen=True)
class Panel:
    """评审团 and its weight in the mix (Q13). With ballots, a public panel is scored by votes, else by its sheets."""

    code: str
    name: str
    kind: str = "expert"  # expert, public
    weight: Fraction = Fraction(100)
    ballots_min: int | None = None  # fewer valid ballots: the weight falls to 0 (Q29)


@dataclass(frozen=True)
class Rules:
    """How a round is ranked, taken from the edition (`judging.rules.rounds.rules_of`)."""

    method: str  # a key of METHODS
    criteria: tuple[Criterion, ...] = ()  # none: every sheet brings its total, as the mark "total"
    panels: tuple[Panel, ...] = (Panel("expert", "专家评审"),)
    points_max: int = 100
    k: Decimal = K
    places: int = PLACES
    normalise_panels: bool = False
    tie_chain: tuple[str, ...] = ()  # criteria codes, earlier_submission, organiser


@dataclass(frozen=True)
class Work:
    """A candidate of the round."""

    code: str
    submitted: datetime | None = None  # aware; for earlier_submission


@dataclass(frozen=True)
class Sheet:
    """A signed score sheet: a mark for every criterion. An abstention has none and counts nowhere."""

    work: str
    judge: str
    marks: Mapping[str, Decimal] = field(default_factory=dict)  # criterion → mark, 0 … points_max
    panel: str = "expert"
    abstained: bool = False
    order: int = 0


@dataclass(frozen=True)
class Pattern:
    """Ballots that chose the same works and have the same standing: the file of ballots names no voter."""

    choices: tuple[str, ...]  # works, in the order of their codes
    standing: str  # counted, quarantined, incomplete (fewer or more works than the rules ask)
    ballots: int


@dataclass(frozen=True)
class Tally:
    """The valid ballots of a public panel (`judging.rules.ballots.tally`)."""

    panel: str
    ballots: int  # valid ballots; quarantined ones are not among them
    votes: Mapping[str, int]  # work → ballots that chose it; a work not named has 0
    patterns: tuple[Pattern, ...] = ()  # what both follow from (`votes.counted`); empty: not kept


@dataclass(frozen=True)
class Inputs:
    """Everything a ranking depends on. `frozen.text_of` gives its canonical text and `frozen.digest_of` its SHA-256."""

    rules: Rules
    works: tuple[Work, ...]
    sheets: tuple[Sheet, ...] = ()
    tallies: tuple[Tally, ...] = ()
    decided: tuple[tuple[str, ...], ...] = ()  # the organiser's order of works that the chain left equal, best first


@dataclass(frozen=True)
class Note:
    """A fallback or a reservation, in words for the round's page."""

    code: str  # trim_fallback, judge_few, judge_flat, unconnected, work_few, ballots_few, panel_flat, …
    message: str
    works: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scored:
    """What a method makes of one panel's scores."""

    method: str
    scores: Mapping[str, Decimal]  # work → score, rounded to `places`
    severities: Mapping[str, Decimal] = field(default_factory=dict)  # judge → 松紧, rounded to `places` + 2
    groups: tuple[tuple[str, ...], ...] = ()  # works whose judges can be compared; more than one: see the notes
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Row:
    """One work of the ranking."""

    work: str
    rank: int | None  # 1, 2, 2, 4; None: no score
    score: Decimal | None
    panels: Mapping[str, Decimal] = field(default_factory=dict)  # panel → its score before the mix
    shared: bool = False  # the chain could not part it from another work
    why: str = ""  # in words, why a work has no rank


@dataclass(frozen=True)
class TieStep:
    """One link of the tie chain, applied to works that were equal so far."""

    key: str  # criterion code, earlier_submission, organiser
    values: Mapping[str, str]  # work → what was compared, as printed; empty: the step had nothing to compare
    groups: tuple[tuple[str, ...], ...]  # afterwards: best first; more than one: the step parted them


@dataclass(frozen=True)
class Tie:
    """Works of equal score, and how they were parted, step by step."""

    rank: int  # the first rank they take
    score: Decimal
    works: tuple[str, ...]
    steps: tuple[TieStep, ...]
    settled: bool  # False: some of them share a rank
    waits: bool = False  # the chain leads to the organiser, who has not decided yet: results cannot be final


@dataclass(frozen=True)
class Ranking:
    """The outcome. `frozen.result_of` turns it into plain data."""

    method: str
    rows: tuple[Row, ...]  # by rank, then by work code
    ties: tuple[Tie, ...] = ()
    notes: tuple[Note, ...] = ()
    weights: Mapping[str, Fraction] = field(default_factory=dict)  # panel → its weight after fallbacks
    severities: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)  # panel → judge → 松紧
