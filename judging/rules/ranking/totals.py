"""From a sheet's marks to its total: the weighted mean of the criteria that count, on the rubric's scale."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from .facts import Inputs, Rules, Score, Sheet
from .numbers import rounded

TOTAL = "total"  # the mark of a sheet that brings its total, where the rules name no criteria


def total_of(sheet: Sheet, rules: Rules) -> Decimal:
    """Σ mark × weight ÷ Σ weight over the criteria that count, exact, then rounded to `places`.

    Raises KeyError when a criterion that counts has no mark.
    """
    if not rules.criteria:
        return sheet.marks[TOTAL]
    counted = [criterion for criterion in rules.criteria if criterion.counts]
    weighted = sum((Fraction(sheet.marks[c.code]) * c.weight for c in counted), Fraction(0))
    return rounded(weighted / sum(criterion.weight for criterion in counted), rules.places)


def scores_of(inputs: Inputs, panel: str) -> list[Score]:
    """A panel's sheets as scores."""
    return [
        Score(sheet.work, sheet.judge, total_of(sheet, inputs.rules), sheet.order)
        for sheet in counted_sheets(inputs)
        if sheet.panel == panel
    ]


def counted_sheets(inputs: Inputs) -> Iterator[Sheet]:
    """All sheets but abstentions and those of works that left the pool."""
    pool = {work.code for work in inputs.works}
    return (sheet for sheet in inputs.sheets if sheet.work in pool and not sheet.abstained)
