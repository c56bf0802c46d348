"""What the rules ask for about a round, gathered from its rows."""

from decimal import Decimal

from ..models import AdvanceRule, Round
from ..rules import ranking


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


def advance_rules(round_: Round) -> list[AdvanceRule]:
    """Who goes on, in order."""
    return list(round_.advance_rules.all())
