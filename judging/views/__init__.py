"""The judges' and the public's pages."""

from .judge import JudgeInvitationView, judge, judge_recuse, judge_sign
from .ranking import ranking, ranking_bundle, ranking_scores, ranking_sheet, rankings
from .scoring import judge_abstain, judge_criteria, judge_file, judge_sheet, judge_work

__all__ = [
    "JudgeInvitationView",
    "judge",
    "judge_abstain",
    "judge_criteria",
    "judge_file",
    "judge_recuse",
    "judge_sheet",
    "judge_sign",
    "judge_work",
    "ranking",
    "ranking_bundle",
    "ranking_scores",
    "ranking_sheet",
    "rankings",
]
