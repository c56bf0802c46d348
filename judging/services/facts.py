"""What the rules ask for about a round, gathered from its rows."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Literal

from tracks.rulebook.judging import Advance

from ..models import AdvanceRule, Round, ScoreMark, ScoreSheet, Session
from ..rules import ranking
from ..rules.ballots import Ballot, BallotCount, BallotRules, count_ballots


def criteria_of(round_: Round) -> tuple[ranking.Criterion, ...]:
    """The criteria in order."""
    return tuple(ranking.Criterion(c.code, c.name, c.share, c.counts) for c in round_.criteria.all())


def rules_of(round_: Round) -> ranking.Rules:
    """How the round is ranked, as its rows say: the edition's word or the organiser's."""
    return ranking.Rules(
        method=round_.aggregation,
        criteria=criteria_of(round_),
        panels=tuple(
            ranking.Panel(p.code, p.name, p.kind, p.share, p.ballots_min) for p in round_.panels.all()
        ),
        points_max=round_.points_max,
        k=Decimal(round_.severity_k),
        normalise_panels=round_.normalise_panels,
        tie_chain=tuple(round_.tie_chain),
    )  # fmt: skip


def inputs_of(round_: Round) -> ranking.Inputs:
    """Everything that the round's ranking depends on, judges by their number: signed sheets of works still in."""
    sheets = ScoreSheet.objects.filter(
        round=round_, state="signed", assignment__state="active", assignment__candidate__state="in"
    )
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for sheet, code, points in ScoreMark.objects.filter(sheet__in=sheets).values_list(
        "sheet_id", "criterion__code", "points"
    ):
        marks[sheet][code] = points
    labels = {c.pk: c.label for c in round_.candidates.taking_part().select_related("round__category")}
    rows = sheets.order_by("signed_at", "assignment__position").values_list(
        "pk",
        "assignment__candidate_id",
        "assignment__judge__number",
        "assignment__judge__panel__code",
        "assignment__position",
        "abstained",
    )
    return ranking.Inputs(
        rules=rules_of(round_),
        works=tuple(works_of(round_)),
        sheets=tuple(
            ranking.Sheet(labels[work], f"{judge:02d}", {} if gone else marks[pk], panel, bool(gone), place)
            for pk, work, judge, panel, place, gone in rows
        ),
        tallies=tuple(tallies_of(round_)),
        decided=tuple(decided_of(round_)),
    )


def works_of(round_: Round) -> Iterator[ranking.Work]:
    """The works in the pool, by the number that is published."""
    for candidate in round_.candidates.taking_part().select_related("round__category"):
        yield ranking.Work(candidate.label, candidate.submitted_at)


def decided_of(round_: Round) -> Iterator[tuple[str, ...]]:
    """The organiser's decisions about ties, each an order of works."""
    rows = round_.tie_decisions.select_related("candidate__round__category").order_by("decided_at", "position")
    for _, group in groupby(rows, key=lambda row: row.decided_at):
        yield tuple(row.candidate.label for row in group)


def tallies_of(round_: Round) -> Iterator[ranking.Tally]:
    """The public's ballots, quarantined ones left out; none at all where no session was held (Q29)."""
    panel = round_.panels.filter(kind="public").first()
    if panel:
        session = Session.objects.filter(round=round_).first()
        yield count_of(session).tally(panel.code) if session else ranking.Tally(panel.code, 0, {})


def count_of(session: Session) -> BallotCount:
    """The ballots of a session, one for each identity, by the works' numbers."""
    turns = {
        turn.pk: turn.candidate.label
        for turn in session.turns.select_related("candidate__round__category").order_by("position")
    }
    counted = set(session.ballots.counted().values_list("pk", flat=True))
    chosen: dict[str, list[str]] = defaultdict(list)
    aside: set[str] = set()
    for pk, identity, choices in session.ballots.values_list("pk", "identity", "choices"):
        if pk in counted:
            chosen[identity] += [turns[choice] for choice in choices if choice in turns]
        else:
            aside.add(identity)
    mode: Literal["window", "end"] = "window" if session.window == "team" else "end"
    rules = BallotRules(tuple(turns.values()), session.choices_min, session.choices_max, mode)
    ballots = [Ballot(identity, tuple(works)) for identity, works in chosen.items()]
    ballots += [Ballot(identity, (), quarantined=True) for identity in aside - chosen.keys()]
    return count_ballots(rules, ballots)


def advance_of(rule: AdvanceRule) -> Advance:
    """A stored rule of advancement as the rules take it."""
    return Advance(
        kind=rule.kind,  # type: ignore[arg-type]
        per=tuple(rule.per),  # type: ignore[arg-type]
        count=rule.count,
        percent=rule.percent,
        rounding=rule.rounding or None,  # type: ignore[arg-type]
        count_min=rule.count_min,
        overridable=rule.overridable,
        purpose=rule.purpose,
        source=rule.source,
    )
