"""What a unit's own facts may be."""

from dataclasses import dataclass

from core.problems import Problem

from .naming import FORCE

# What the region of a 科协 must be; the other kinds may sit anywhere.
LEVELS = {"county": ("county", "县（市、区）"), "city": ("prefecture", "地级以上市")}
UNIVERSITY_TAILS = ("科协", "科学技术协会")
LENGTH = 100


@dataclass(frozen=True)
class UnitFacts:
    """A unit as it would be stored; empty where nothing is known."""

    full_name: str
    team_name: str
    kind: str  # a code of Unit.KINDS
    level: str  # of its region


def check_unit(unit: UnitFacts) -> list[Problem]:
    """Every problem of one unit, by column."""
    problems = []
    for value, field, label in (
        (unit.full_name, "full_name", "单位全称"),
        (unit.team_name, "team_name", "用于队名的名称"),
    ):
        if not value:
            problems.append(Problem(f"unit.no_{field}", f"请填写{label}", field))
        elif len(value) > LENGTH:
            problems.append(Problem(f"unit.long_{field}", f"{label}超过 {LENGTH} 个字，请核对", field))
    if FORCE in unit.team_name:
        problems.append(
            Problem("unit.team_name_is_team", f"只填单位名称，不要写“{FORCE}…”，队名由系统接上", "team_name")
        )
    if unit.kind == "university" and unit.team_name.endswith(UNIVERSITY_TAILS):
        problems.append(Problem("unit.team_name_tail", "高校的队名用校名，如“广州大学”，请去掉“科协”", "team_name"))
    level, word = LEVELS.get(unit.kind, ("", ""))
    if level and unit.level and unit.level != level:
        problems.append(Problem("unit.level", f"这类单位的所在地应是{word}，请改所在地或单位类型", "region"))
    return problems
