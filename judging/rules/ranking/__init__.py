"""Scores → ranking. Standard library only: the recompute bundle ships these very files, so the rule lives once.

    rank(Inputs(rules, works, sheets, …)) → Ranking      totals, method, panels, tie chain
    aggregate(scores, "severity_adjusted") → Scored      one method on bare scores

Rounding: see `numbers`. Every score is rounded half up to `places` (4) decimal places; ranks compare the rounded ones.
"""

from . import explained
from .facts import (
    PLACES,
    Criterion,
    Inputs,
    K,
    Note,
    Panel,
    Pattern,
    Ranking,
    Row,
    Rules,
    Score,
    Scored,
    Sheet,
    Tally,
    Tie,
    TieStep,
    Work,
)
from .faults import faults
from .frozen import digest_of, inputs_from, result_of, text_of
from .judges import Beside, JudgeReport, Spread, judge_reports, side_by_side, spreads
from .methods import LABELS, METHODS, aggregate
from .table import rank
from .totals import scores_of, total_of
from .votes import counted

__all__ = [
    "LABELS", "METHODS", "PLACES", "Beside", "Criterion", "Inputs", "JudgeReport", "K", "Note", "Panel", "Pattern",
    "Ranking", "Row", "Rules", "Score", "Scored", "Sheet", "Spread", "Tally", "Tie", "TieStep", "Work", "aggregate",
    "counted", "digest_of", "explained", "faults", "inputs_from", "judge_reports", "rank", "result_of", "scores_of",
    "side_by_side", "spreads", "text_of", "total_of",
]  # fmt: skip
