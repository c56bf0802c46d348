"""Whether an edition's point rules can be posted by (G31a)."""

from collections.abc import Iterable

from core.problems import Problem

from .points import PLACES, Rule


def check_rules(rules: Iterable[Rule]) -> list[Problem]:
    """Why nothing can be posted: no rule is published (G31a), or one has finer points than the ledger keeps."""
    rules = tuple(rules)
    if not rules:
        return [Problem("points.unpublished", "积分规则待公布：规则文件里定下积分规则以后，才能计分")]
    fine = [rule.name for rule in rules if int(rule.points.normalize().as_tuple().exponent) < -PLACES]
    words = f"规则“{'”“'.join(fine)}”的分值超过 {PLACES} 位小数，请在规则文件里改成最多 {PLACES} 位"
    return [Problem("points.too_fine", words)] if fine else []
