"""Whether amended rules of a round make sense."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.problems import Problem

BESIDE_CRITERIA = {"earlier_submission": "提交较早", "organiser": "组委会决定"}
Row = Mapping[str, Any]
_WEIGHT = re.compile(r"[0-9]{1,6}(/[1-9][0-9]{0,5})?")


@dataclass(frozen=True)
class Amendment:
    """What is to change. values: fields of the round; rows: all of a kind, None where that kind stays as it is."""

    values: Mapping[str, Any]
    criteria: Sequence[Row] | None = None
    panels: Sequence[Row] | None = None
    advance: Sequence[Row] | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # of the criteria there were, by code


def check_amendment(amendment: Amendment) -> list[Problem]:
    """Everything that is wrong with it."""
    values = amendment.values
    problems = [
        *(_criteria(amendment.criteria) if amendment.criteria is not None else ()),
        *(_panels(amendment.panels) if amendment.panels is not None else ()),
        *(problem for number, rule in enumerate(amendment.advance or (), 1) for problem in _rule(number, rule)),
    ]
    codes = set(amendment.names) if amendment.criteria is None else {row["code"] for row in amendment.criteria}
    unknown = [code for code in values.get("tie_chain", ()) if code not in codes and code not in BESIDE_CRITERIA]
    if unknown:
        said = "、".join(amendment.names.get(code, code) for code in unknown)
        problems.append(Problem("tie_chain.unknown", f"同分次序里没有这些要点：{said}。请从次序里去掉", "tie_chain"))
    if len(set(values.get("tie_chain", ()))) < len(values.get("tie_chain", ())):
        problems.append(Problem("tie_chain.twice", "同分次序里同一项写了两次，请去掉一次", "tie_chain"))
    if values.get("judges_per_work") == 0:
        problems.append(Problem("judges.none", "每件作品至少一位评委；全体评委评每一件时留空", "judges_per_work"))
    opens, closes = values.get("opens_at"), values.get("closes_at")
    if opens and closes and opens >= closes:
        problems.append(Problem("window.reversed", "截止应晚于开始", "closes_at"))
    return problems


def weight_of(typed: str) -> str | None:
    """A share of 100 as it is stored, an exact fraction: 12.5 or 12.5% → 25/2, 100/3 → 100/3; None: not a share."""
    text = typed.strip().removesuffix("%").strip()
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    stored = str(share)
    return stored if 0 <= share <= 100 and _WEIGHT.fullmatch(stored) else None


def _criteria(rows: Sequence[Row]) -> Iterator[Problem]:
    weights = [row.get("weight", "0") for row in rows if row.get("counts", True)]
    if _sum(weights) != 100:
        said = f"计入总分的要点权重之和为 {_words(_sum(weights))}，应为 100；除不尽的写成分数，例如 100/3"
        yield Problem("criteria.sum", said, "criteria")
    yield from _twice([row.get("name", "") for row in rows], "要点", "criteria")


def _panels(rows: Sequence[Row]) -> Iterator[Problem]:
    if _sum([row.get("weight", "0") for row in rows]) != 100:
        total = _words(_sum([row.get("weight", "0") for row in rows]))
        yield Problem("panels.sum", f"评审团占比之和为 {total}，应为 100", "panels")
    if not any(row.get("kind") == "expert" for row in rows):
        yield Problem("panels.expert", "至少要有一个专家评审团", "panels")
    if sum(row.get("kind") == "public" for row in rows) > 1:
        yield Problem("panels.public", "大众评审团只能有一个", "panels")
    yield from _twice([row.get("name", "") for row in rows], "评审团", "panels")


def _rule(number: int, row: Row) -> Iterator[Problem]:
    """A rule of advancement needs its own figure and no other's."""
    if row["kind"] == "top" and not row.get("count"):
        yield Problem("advance.count", f"第 {number} 条晋级规则按名次，请写名额", "advance")
    if row["kind"] == "percent" and not (row.get("percent") and row["percent"] <= 100):
        yield Problem("advance.percent", f"第 {number} 条晋级规则按比例，请写 1 到 100 的百分比", "advance")


def _twice(names: Sequence[str], what: str, where: str) -> Iterator[Problem]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(f"{where}.twice", f"{what}“{name}”有两个，名称要能区分", where)


def _sum(weights: Sequence[str]) -> Fraction:
    try:
        return sum((Fraction(weight) for weight in weights), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _words(share: Fraction) -> str:
    return str(share) if share.denominator == 1 else f"{float(share):.2f}"
