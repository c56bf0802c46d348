"""Who goes from training into the contest (G5, Q9): the edition's rule over what is known of an entry.

An entry's sessions are taken together: a team was there for as long as the participant who stayed longest. Of parallel
courses of one theme the one attended most counts, since each is the whole training.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.problems import Problem
from tracks.rulebook.contest import Training

NOT_ENROLLED = "没有报名本主题的课程"


@dataclass(frozen=True)
class CourseShare:
    """How much of one course an entry attended, in live minutes."""

    attended: int
    held: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down."""
        return self.attended * 100 // self.held if self.held else 0


@dataclass(frozen=True)
class Verdict:
    """What the rule says of an entry, on which figures, in words."""

    goes: bool
    attended: int
    held: int
    why: str


def best(shares: Iterable[CourseShare]) -> CourseShare:
    """The course that counts; of equals the longer one."""
    return max(shares, key=lambda share: (share.attended * 1.0 / share.held if share.held else 0.0, share.held))


def verdict(rule: Training | None, shares: Sequence[CourseShare]) -> Verdict:
    """By the rule alone; the boundary itself is enough."""
    if rule is None or not rule.required:
        return Verdict(True, 0, 0, "本届不以培训为参选条件")
    if not shares:
        return Verdict(False, 0, 0, NOT_ENROLLED)
    share = best(shares)
    need = rule.attendance_percent
    enough = share.held > 0 and share.attended * 100 >= need * share.held
    said = f"出勤 {share.attended}/{share.held} 分钟（{share.percent}%），要求 {need}%"
    return Verdict(enough, share.attended, share.held, said)


def check_pick(rule: Training | None, *, by_rule: bool, goes: bool, reason: str) -> list[Problem]:
    """A contact decides otherwise than the rule: with a reason, and only where the edition lets them."""
    if goes == by_rule:
        return []
    if rule is not None and goes and not rule.organiser_may_pick:
        return [Problem("advance.no_pick", "本届规则不允许在出勤之外另行推选", "goes")]
    if not reason.strip():
        return [Problem("reason.missing", "与规则不同的决定要写明理由，会告诉参赛者", "reason")]
    return []
