"""Several panels, one score (Q13): votes as points, one scale for all, the mix by weight, the fallbacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

from .facts import Inputs, Note, Panel, Tally
from .methods import aggregate
from .numbers import CONTEXT, mean_and_deviation, rounded
from .totals import scores_of


@dataclass(frozen=True)
class Heard:
    """What one panel says, before the mix."""

    panel: Panel
    scores: Mapping[str, Decimal]
    weight: Fraction  # 0: it does not count
    severities: Mapping[str, Decimal] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def hear(inputs: Inputs) -> list[Heard]:
    """Every panel's scores; weights after the fallbacks, summing to 100 (none at all: all of them 0)."""
    tallies = {tally.panel: tally for tally in inputs.tallies}
    heard = [_hear(inputs, panel, tallies.get(panel.code)) for panel in inputs.rules.panels]
    whole = sum((one.weight for one in heard), Fraction(0))
    return [
        Heard(one.panel, one.scores, one.weight * 100 / whole if whole else Fraction(0), one.severities, one.notes)
        for one in heard
    ]


def _hear(inputs: Inputs, panel: Panel, tally: Tally | None) -> Heard:
    rules = inputs.rules
    if tally is None and panel.ballots_min is None:
        scored = aggregate(scores_of(inputs, panel.code), rules.method, k=rules.k, places=rules.places)
        silent = Note("panel_silent", f"{panel.name}没有评分，不计入")
        notes = scored.notes if scored.scores else (silent,)
        return Heard(panel, scored.scores, panel.weight * bool(scored.scores), scored.severities, notes)
    ballots = tally.ballots if tally else 0
    votes = tally.votes if tally else {}
    points = {
        work.code: rounded(Fraction(votes.get(work.code, 0) * rules.points_max, ballots or 1), rules.places)
        for work in inputs.works
    }
    if ballots >= max(panel.ballots_min or 0, 1):
        return Heard(panel, points, panel.weight)
    said = (
        f"{panel.name}收到有效票 {ballots} 张，不足 {max(panel.ballots_min or 0, 1)} 张，不计入，其余评审团按 100% 计"
    )
    return Heard(panel, points, Fraction(0), notes=(Note("ballots_few", said),))


def mix(heard: list[Heard], *, normalise: bool, places: int) -> tuple[dict[str, Decimal], list[Note]]:
    """Work → mixed score, of works that every counting panel scored.

    normalise: each panel's scores are brought to the mean and deviation of the heaviest panel (of equal weights the
    first), so that a panel that spreads its scores wide does not weigh more than its weight says. One counting panel
    alone is taken as it is.
    """
    counting = [one for one in heard if one.weight]
    if len(counting) == 1:
        return dict(counting[0].scores), []
    works = set.intersection(*(set(one.scores) for one in counting)) if counting else set()
    notes: list[Note] = []
    mixed = dict.fromkeys(sorted(works), Decimal(0))
    with localcontext(CONTEXT):
        reference = max(counting, key=lambda one: one.weight, default=None)
        scale = _scale(reference, works) if reference else (Decimal(0), Decimal(0))
        for one in counting:
            centre, deviation = _scale(one, works)
            share = Decimal(one.weight.numerator) / Decimal(one.weight.denominator) / 100
            if normalise and not deviation and works:
                notes.append(Note("panel_flat", f"{one.panel.name}给各作品的分数完全相同，对名次没有影响"))
            for work in mixed:
                value = one.scores[work]
                if normalise:
                    value = scale[0] + (scale[1] * (value - centre) / deviation if deviation else Decimal(0))
                mixed[work] += share * value
        return {work: rounded(value, places) for work, value in mixed.items()}, notes


def _scale(one: Heard, works: set[str]) -> tuple[Decimal, Decimal]:
    return mean_and_deviation(one.scores[work] for work in sorted(works)) if works else (Decimal(0), Decimal(0))
