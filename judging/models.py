"""Judging's tables, by what they are about; Django looks for them here."""

from .judge_models import (
    Assignment,
    Expert,
    Judge,
    JudgeInvitation,
    Pairing,
    Plan,
    Recusal,
)
from .live_models import Ballot, BallotKey, BallotMark, Session, Turn
from .ranking_models import AdvancePick, Publication, RankingRow, Snapshot, TieDecision
from .round_models import AdvanceRule, Candidate, Criterion, Panel, Round, Unlock
from .sheet_models import ScoreMark, ScoreSheet, SecondLook

__all__ = [
    "AdvancePick",
    "AdvanceRule",
    "Assignment",
    "Ballot",
    "BallotKey",
    "BallotMark",
    "Candidate",
    "Criterion",
    "Expert",
    "Judge",
    "JudgeInvitation",
    "Pairing",
    "Panel",
    "Plan",
    "Publication",
    "RankingRow",
    "Recusal",
    "Round",
    "ScoreMark",
    "ScoreSheet",
    "SecondLook",
    "Session",
    "Snapshot",
    "TieDecision",
    "Turn",
    "Unlock",
]
