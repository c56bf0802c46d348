"""重算包: a ZIP with anonymised scores, the rules, and a program that finds the same ranking with Python alone."""

from judging.rules.ranking import Inputs, Ranking


def anonymised(inputs: Inputs) -> Inputs:
    """The same round with judges as 评委 01 … in an order that tells nothing; works keep their public number."""
    raise NotImplementedError


def write_bundle(inputs: Inputs, ranking: Ranking, *, title: str) -> bytes:
    """The ZIP's bytes, the same for the same inputs: scores.csv, rules.json, ranking.csv, recompute.py, ranking/, 说明.txt."""
    raise NotImplementedError
