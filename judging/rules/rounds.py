"""A round of the edition as the ranking's rules."""

from decimal import Decimal

from tracks.rulebook.judging import Round, Rubric

from . import ranking
from .ranking import PLACES, K


def rules_of(
    round_: Round, rubric: Rubric, *, left_out: frozenset[str] = frozenset(), k: Decimal = K, places: int = PLACES
) -> ranking.Rules:
    """Criteria named in `left_out` (by amendment) and those with counts = false stay out of the total.

    Raises ValueError for a round that is not scored by sheets (it has no aggregation).
    """
    if round_.aggregation is None:
        raise ValueError(f"round {round_.code} has no aggregation")
    criteria = (
        ranking.Criterion(c.code, c.name, share, c.counts and c.code not in left_out) for c, share in rubric.weights()
    )
    panels = (ranking.Panel(p.code, p.name, p.kind, p.weight, p.ballots_min) for p in round_.panels)
    return ranking.Rules(
        method=round_.aggregation,
        criteria=tuple(criteria),
        panels=tuple(panels),
        points_max=rubric.points_max,
        k=k,
        places=places,
        normalise_panels=round_.normalise_panels,
        tie_chain=round_.tie_chain,
    )
