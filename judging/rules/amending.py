"""Whether amended rules of a round make sense."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.problems import Problem

BESIDE_CRITERIA = {"earlier_submission": "提交较早", "organiser": "组委会决定"}


def check_amendment(
    values: Mapping[str, Any], criteria: Sequence[str], panels: Sequence[str], codes: Collection[str]
) -> list[Problem]:
    """values: fields of the round. criteria, panels: weights as exact fractions of 100, empty where they stay.

    codes: the criteria that the round then has.
    """
    problems = []
    if criteria and _sum(criteria) != 100:
        problems.append(Problem("criteria.sum", f"计入总分的要点权重之和为 {_sum(criteria)}，应为 100", "criteria"))
    if panels and _sum(panels) != 100:
        problems.append(Problem("panels.sum", f"评审团占比之和为 {_sum(panels)}，应为 100", "panels"))
    unknown = [code for code in values.get("tie_chain", ()) if code not in codes and code not in BESIDE_CRITERIA]
    if unknown:
        problems.append(Problem("tie_chain.unknown", f"同分次序里没有这些要点：{'、'.join(unknown)}", "tie_chain"))
    if values.get("judges_per_work") == 0:
        problems.append(Problem("judges.none", "每件作品至少一位评委；全体评委评每一件时留空", "judges_per_work"))
    opens, closes = values.get("opens_at"), values.get("closes_at")
    if opens and closes and opens >= closes:
        problems.append(Problem("window.reversed", "截止应晚于开始", "closes_at"))
    return problems


def _sum(weights: Sequence[str]) -> Fraction:
    try:
        return sum((Fraction(weight) for weight in weights), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
