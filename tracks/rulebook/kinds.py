"""The vocabulary of annotations with which the schema describes its values; the reader obeys it.

`Annotated[int, Range(0, 100)]` reads an integer and refuses 101. Every mark has one method,
`problem(value) -> str | None`, except `Ref` and `Slots`, which the reader resolves once the whole file is read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Protocol


class Mark(Protocol):
    """A condition on a value that has already the right type."""

    def problem(self, value: Any) -> str | None:
        """A Chinese sentence when the value breaks the condition."""


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`, both included."""

    low: int
    high: int

    def problem(self, value: Any) -> str | None:
        if self.low <= value <= self.high:
            return None
        return f"{value} 超出范围，应在 {self.low} 至 {self.high} 之间"


@dataclass(frozen=True)
class Matches:
    """A text that matches the whole pattern; `hint` describes it to people."""

    pattern: str
    hint: str

    def problem(self, value: Any) -> str | None:
        return None if re.fullmatch(self.pattern, value) else f"“{value}”写法不对，应为{self.hint}"


@dataclass(frozen=True)
class SumsTo100:
    """The `weight` of the rows add up to exactly 100; no rows, no sum."""

    def problem(self, value: Any) -> str | None:
        total = sum((row.weight for row in value), Fraction(0))
        if not value or total == 100:
            return None
        return f'各项权重之和应为 100，现为 {percent(total)}，请调整 weight（三等分可写 "100/3"）'


@dataclass(frozen=True)
class Filled:
    """A list with at least one entry."""

    def problem(self, value: Any) -> str | None:
        return None if value else "至少要有一项，现为空"


@dataclass(frozen=True)
class Ref:
    """The value is the code of a row elsewhere in the file, e.g. `Ref("categories")`, or one of the words `also`."""

    target: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slots:
    """A text with `{slots}`; each must be a code of `target` or one of the words `also`."""

    target: str = ""
    also: tuple[str, ...] = ()


def slots_of(template: str) -> list[str]:
    """The slot codes of a template in order: `{society}科技志愿服务支队{committee}分队` → society, committee."""
    return re.findall(r"\{([^{}]*)\}", template)


def percent(weight: Fraction) -> str:
    """A weight as people read it: 70, 16.67."""
    return f"{float(weight):.2f}".rstrip("0").rstrip(".")


def duplicates(codes: Iterable[str]) -> set[str]:
    """Codes that occur more than once."""
    seen: set[str] = set()
    return {code for code in codes if code in seen or seen.add(code)}  # type: ignore[func-returns-value]


Code = Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9_]{0,39}", "以字母开头的字母、数字、下划线（最长 40）")]
Slug = Annotated[str, Matches(r"[a-z0-9]+(-[a-z0-9]+)*", "小写字母、数字和连字符")]
Count = Annotated[int, Range(0, 1_000_000)]
Days = Annotated[int, Range(0, 366)]
Age = Annotated[int, Range(0, 120)]
# Weights are exact fractions of 100: 40, 33.5 or "100/3". Equal thirds therefore add up to exactly 100 (Q12).
Weight = Annotated[Fraction, Range(0, 100)]
