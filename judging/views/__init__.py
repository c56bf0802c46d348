"""The judges' and the public's pages."""

from .hall import live_order, live_state, stage
from .judge import JudgeInvitationView, judge, judge_live, judge_recuse, judge_sign
from .ranking import ranking, ranking_bundle, ranking_scores, ranking_sheet, rankings
from .run import live_ballots, live_evidence, live_run, live_setup, live_tokens
from .scoring import judge_abstain, judge_criteria, judge_file, judge_sheet, judge_work
from .voting import vote, vote_code, vote_enter, vote_verify, vote_wechat, vote_wechat_back

__all__ = [
    "JudgeInvitationView",
    "judge",
    "judge_abstain",
    "judge_criteria",
    "judge_file",
    "judge_live",
    "judge_recuse",
    "judge_sheet",
    "judge_sign",
    "judge_work",
    "live_ballots",
    "live_evidence",
    "live_order",
    "live_run",
    "live_setup",
    "live_state",
    "live_tokens",
    "ranking",
    "ranking_bundle",
    "ranking_scores",
    "ranking_sheet",
    "rankings",
    "stage",
    "vote",
    "vote_code",
    "vote_enter",
    "vote_verify",
    "vote_wechat",
    "vote_wechat_back",
]
