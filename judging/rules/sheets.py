"""What a score sheet may say, and when it is complete."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.problems import Problem

STEP = Decimal("0.01")


@dataclass(frozen=True)
class Asked:
    """One criterion as a sheet asks for it."""

    code: str
    name: str


def check_marks(
    marks: Mapping[str, Decimal], asked: Sequence[Asked], points_max: int, *, complete: bool
) -> list[Problem]:
    """Each mark is of a criterion of the round and within its scale; complete: none is missing. Placed at the code."""
    names = {one.code: one.name for one in asked}
    problems = [
        Problem("mark.unknown", "评审标准里没有这一项，请刷新页面", code) for code in marks if code not in names
    ]
    for code, points in marks.items():
        if code in names and not (points.is_finite() and 0 <= points <= points_max):
            problems.append(Problem("mark.range", f"{names[code]}请打 0 到 {points_max} 分", code))
        elif code in names and points % STEP:
            problems.append(Problem("mark.step", f"{names[code]}最多两位小数", code))
    if complete:
        missing = [one for one in asked if one.code not in marks]
        problems += [Problem("mark.missing", f"{one.name}还没有评分", one.code) for one in missing]
    return problems


def check_signing(unready: Collection[str]) -> list[Problem]:
    """A judge signs all sheets at once; unready: codes of works neither submitted nor abstained from."""
    if not unready:
        return []
    some = "、".join(sorted(unready)[:5])
    more = f"等 {len(unready)} 件" if len(unready) > 5 else ""
    return [Problem("sheets.unready", f"还有作品没有提交：{some}{more}。全部提交或弃权后才能签名")]
