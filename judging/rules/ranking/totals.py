"""From a sheet's marks to its total: the weighted mean of the criteria that count, on the rubric's scale."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from .facts import Inputs, Rules, Score, Sheet
from .numbers import rounded


def total_of(sheet: Sheet, rules: Rules) -> Decimal:
    """Σ mark × weight ÷ Σ weight over the criteria that count, exact, then rounded to `places`.

    Raises KeyError when a criterion that counts has no mark.
    """
    counted = [criterion for criterion in rules.criteria if criterion.counts]
    whole = sum((criterion.weight for criterion in counted), Fraction(0))
    sum_of_marks = sum((Fraction(sheet.marks[c.code]) * c.weight for c in counted), Fraction(0))
    return rounded(sum_of_marks / whole, rules.places)


def scores_of(inputs: Inputs, panel: str) -> list[Score]:
    """A panel's sheets as scores; abstentions and sheets of works that left the pool are not among them."""
    return [
        Score(sheet.work, sheet.judge, total_of(sheet, inputs.rules), sheet.order)
        for sheet in valid_sheets(inputs)
        if sheet.panel == panel
    ]


def valid_sheets(inputs: Inputs) -> Iterable[Sheet]:
    """The sheets that count."""
    pool = {work.code for work in inputs.works}
    return (sheet for sheet in inputs.sheets if sheet.work in pool and not sheet.abstained)
