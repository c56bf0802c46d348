"""Exact arithmetic: one context, one rounding rule, so that every machine finds the same last digit.

Reckoned with 50 significant digits. A result is rounded once, half up (四舍五入), after digits beyond the twentieth
place are dropped: those are the noise of the last divisions, and 0.49999… must not round differently from 0.5.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

CONTEXT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_HALF_UP = Context(prec=50, rounding=ROUND_HALF_UP)
_NOISE = Decimal(1).scaleb(-20)


def rounded(value: Decimal | Fraction, places: int) -> Decimal:
    """Half up to so many decimal places; never −0."""
    if isinstance(value, Fraction):
        value = CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    settled = CONTEXT.quantize(value, _NOISE)
    return _HALF_UP.add(_HALF_UP.quantize(settled, Decimal(1).scaleb(-places)), 0)


def mean(values: Iterable[Decimal]) -> Decimal:
    """The arithmetic mean, with the context's 50 digits."""
    found = list(values)
    with localcontext(CONTEXT):
        return sum(found, Decimal(0)) / len(found)


def mean_and_deviation(values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """The mean and the standard deviation (总体标准差, divided by n)."""
    found = list(values)
    with localcontext(CONTEXT):
        centre = sum(found, Decimal(0)) / len(found)
        variance = sum(((value - centre) ** 2 for value in found), Decimal(0)) / len(found)
        return centre, (variance.sqrt() if len(set(found)) > 1 else Decimal(0))


def plain(number: Decimal) -> str:
    """85.0 and 85 are one number, written one way: 85."""
    with localcontext(CONTEXT):
        return format(number.normalize() + 0, "f")
