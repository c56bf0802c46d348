"""A round's rules in words, one line each, so that an amendment can be shown as what was and what will be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from core.clock import BEIJING
from tracks.rulebook.kinds import percent

from .models import AdvanceRule, Criterion, Panel
from .round_models import METHODS
from .rules.amending import BESIDE_CRITERIA

PER = {"category": "类别", "track": "赛道", "group": "组别", "region": "地市"}
ROUNDING = {"half_up": "四舍五入", "up": "进位取整", "down": "舍去尾数"}
IDENTITIES = {"phone": "每个手机号一票", "token": "每个投票码一票", "": ""}
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """One line that changes; before or after is empty where it is new or goes."""

    label: str
    before: str
    after: str


def differences(
    before: tuple[Mapping[str, Any], Mapping[Any, Rows]], after: tuple[Mapping[str, Any], Mapping[Any, Rows]]
) -> list[Difference]:
    """Line by line, in the order of the page; (fields, rows) as `adoption.rules_now` gives them."""
    was, will = told(*before), told(*after)
    labels = [*was, *(label for label in will if label not in was)]
    return [
        Difference(label, was.get(label, ""), will.get(label, ""))
        for label in labels
        if was.get(label) != will.get(label)
    ]


def told(values: Mapping[str, Any], parts: Mapping[Any, Rows]) -> dict[str, str]:
    """Label → words, of everything that an organiser may amend."""
    names = {row["code"]: row["name"] for row in parts.get(Criterion, ())} | BESIDE_CRITERIA
    lines = {
        "每件作品评委": f"{values['judges_per_work']} 位" if values["judges_per_work"] else "全体评委",
        "每项满分": f"{values['points_max']} 分",
        "合成方法": dict(METHODS).get(values["aggregation"], "—"),
        "校正强度 k": str(values["severity_k"]),
        "各评审团先标准化再合成": _yes(values["normalise_panels"]),
        "极差提醒": f"{values['spread_threshold']} 分起" if values["spread_threshold"] else "不提醒",
        "匿名评审": _yes(values["blind"]),
        "允许评审本市作品": _yes(values["same_city"]),
        "同分次序": " → ".join(names.get(code, code) for code in values["tie_chain"]) or "并列",
        "评分开始": _moment(values["opens_at"]) or "不限",
        "评分截止": _moment(values["closes_at"]) or "未定",
    }
    lines |= {f"要点：{row['name']}": criterion(row) for row in parts.get(Criterion, ())}
    lines |= {f"评审团：{row['name']}": panel(row) for row in parts.get(Panel, ())}
    lines |= {f"晋级规则 {n}": advance(row) for n, row in enumerate(parts.get(AdvanceRule, ()), 1)}
    return lines


def criterion(row: Mapping[str, Any]) -> str:
    """通识，占总分 16.67%."""
    share = f"占总分 {percent(Fraction(row['weight']))}%" if row["counts"] else "只评分，不计入总分"
    return "，".join(part for part in (row["dimension"], share) if part)


def panel(row: Mapping[str, Any]) -> str:
    """大众，占 30%，有效票不足 100 张时不计，每个手机号一票."""
    said = [dict(Panel.KINDS)[row["kind"]], f"占 {percent(Fraction(row['weight']))}%"]
    if row.get("ballots_min"):
        said.append(f"有效票不足 {row['ballots_min']} 张时不计")
    return "，".join([*said, *filter(None, [IDENTITIES.get(row.get("identity", ""), "")])])


def advance(row: Mapping[str, Any]) -> str:
    """前 35 名，每个类别分别计算，组委会可凭理由增加，用于入围终审路演."""
    if row["kind"] == "top":
        said = [f"前 {row['count']} 名"]
    elif row["kind"] == "percent":
        said = [f"前 {row['percent']}%（{ROUNDING.get(row['rounding'], '四舍五入')}）"]
    else:
        said = [dict(AdvanceRule.KINDS)[row["kind"]]]
    if row["per"]:
        said.append(f"每个{'、'.join(PER[one] for one in row['per'])}分别计算")
    if row["count_min"]:
        said.append(f"至少 {row['count_min']} 件")
    if row["overridable"]:
        said.append("组委会可凭理由增加")
    if row["purpose"]:
        said.append(f"用于{row['purpose']}")
    return "，".join(said)


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _moment(value: datetime | None) -> str:
    return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if value else ""
