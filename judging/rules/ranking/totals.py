"""From a sheet's marks to its total: the weighted mean of the criteria that count, on the rubric's scale."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext

from .facts import Inputs, Rules, Score, Sheet
from .numbers import CONTEXT, rounded

TOTAL = "total"  # the mark of a sheet that brings its total, where the rules name no criteria


def total_of(sheet: Sheet, rules: Rules) -> Decimal:
    """Σ mark × weight ÷ Σ weight over the criteria that count, exact, then rounded to `places`.

    Raises KeyError when a criterion that counts has no mark.
    """
    return _total(sheet, shares_of(rules), rules.places)


def shares_of(rules: Rules) -> list[tuple[str, int]]:
    """(criterion, weight as a whole number) of those that count: thirds and sixths are brought to one denominator."""
    counted = [criterion for criterion in rules.criteria if criterion.counts]
    common = math.lcm(*(criterion.weight.denominator for criterion in counted))
    return [(criterion.code, int(criterion.weight * common)) for criterion in counted]


def _total(sheet: Sheet, shares: Sequence[tuple[str, int]], places: int) -> Decimal:
    if not shares:
        return sheet.marks[TOTAL]
    with localcontext(CONTEXT):
        weighted = sum((sheet.marks[code] * share for code, share in shares), Decimal(0))
        return rounded(weighted / sum(share for _, share in shares), places)


def scores_of(inputs: Inputs, panel: str) -> list[Score]:
    """A panel's sheets as scores."""
    shares, places = shares_of(inputs.rules), inputs.rules.places
    return [
        Score(sheet.work, sheet.judge, _total(sheet, shares, places), sheet.order)
        for sheet in counted_sheets(inputs)
        if sheet.panel == panel
    ]


def counted_sheets(inputs: Inputs) -> Iterator[Sheet]:
    """All sheets but abstentions and those of works that left the pool."""
    pool = {work.code for work in inputs.works}
    return (sheet for sheet in inputs.sheets if sheet.work in pool and not sheet.abstained)
