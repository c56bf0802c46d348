"""The judges' and the public's pages."""

from .judge import JudgeInvitationView, judge, judge_recuse, judge_sign
from .ranking import ranking, ranking_bundle, ranking_scores, ranking_sheet, rankings

__all__ = [
    "JudgeInvitationView",
    "judge",
    "judge_recuse",
    "judge_sign",
    "ranking",
    "ranking_bundle",
    "ranking_scores",
    "ranking_sheet",
    "rankings",
]
