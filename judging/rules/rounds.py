"""A round of the edition as the ranking's rules."""

from decimal import Decimal

from tracks.rulebook.judging import Round, Rubric

from . import ranking
from .ranking import K


def rules_of(round_: Round, rubric: Rubric, *, left_out: frozenset[str] = frozenset(), k: Decimal = K) -> ranking.Rules:
    """Criteria named in `left_out` (by amendment) and those with counts = false stay out of the total.

    Raises ValueError for a round that is not scored (no aggregation, no panels).
    """
    raise NotImplementedError
