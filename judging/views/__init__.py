"""The judges' and the public's pages."""

from .judge import JudgeInvitationView, judge, judge_recuse, judge_sign

__all__ = ["JudgeInvitationView", "judge", "judge_recuse", "judge_sign"]
