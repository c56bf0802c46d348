"""The ranking of a round from its frozen inputs: totals → method → mix of panels → tie chain → ranks."""

from .facts import Inputs, Ranking


def rank(inputs: Inputs) -> Ranking:
    """The one entrance; pure. Raises ValueError when the inputs contradict themselves (see `faults`)."""
    raise NotImplementedError


def faults(inputs: Inputs) -> list[str]:
    """Why inputs cannot be ranked, in Chinese; empty when they can: unknown method, weights of nothing, a work or
    (work, judge) twice, a sheet without a mark for a criterion, a mark outside 0 … points_max, unknown panel."""
    raise NotImplementedError
