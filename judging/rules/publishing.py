"""Whether a result may be shown to everybody."""

from collections.abc import Sequence

from core.problems import Problem


def check_publication(undecided: Sequence[str], waiting: Sequence[str]) -> list[Problem]:
    """undecided: questions of the round that the edition leaves open. waiting: works equal across a line."""
    problems = []
    if undecided:
        words = f"赛事规则里还有未决定的事项：{'、'.join(undecided)}。请先在届次规则里采纳或改定，再公布"
        problems.append(Problem("round.undecided", words))
    if waiting:
        words = f"入围线上并列，须由组委会决定：{'、'.join(waiting)}"
        problems.append(Problem("round.tied", words))
    return problems
