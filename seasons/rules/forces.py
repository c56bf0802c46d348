"""What a volunteer force must say of itself and what annex 4 expects of it (G43–G46): the latter advises, never blocks.

Months are texts, `2025-03`, of Beijing's calendar.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.problems import Problem

from .records import hours

NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,29}")  # i志愿 publishes no form for a force's number
PEOPLE_MAX = 1_000_000
DAY_MINUTES = 24 * 60
RUN = 6  # months in a row that earn a badge; annex 4 names no such figure
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class ForceFacts:
    """A force as it was typed, beside what the edition tables for its kind of unit."""

    leader: str
    people: int | None
    number: str  # in i志愿; empty: not registered
    areas: tuple[str, ...]  # codes of annex 4's kinds of service
    known: Collection[str]
    minimum: int
    registry: str = "i志愿"


def check_force(force: ForceFacts) -> list[Problem]:
    """What keeps it from being stored: never its size."""
    problems = []
    if not force.leader:
        problems.append(Problem("force.leader", "请写负责人姓名，要写具体的人", "leader"))
    if force.people is None:
        problems.append(Problem("force.people", "请填队伍人数；还没有招募就填 0", "people"))
    elif not 0 <= force.people <= PEOPLE_MAX:
        problems.append(Problem("force.people_absurd", f"队伍人数应在 0 与 {PEOPLE_MAX} 之间，请改正", "people"))
    if force.number and not NUMBER.fullmatch(force.number):
        words = f"{force.registry} 队伍编号只含字母、数字和短横，4 至 30 位，请核对；还没有登记就空着"
        problems.append(Problem("force.number", words, "number"))
    if set(force.areas) - set(force.known):
        problems.append(Problem("force.areas", "服务范围里有本届没有的类别，请重新勾选", "areas"))
    return problems


def advice_on(force: ForceFacts) -> list[Problem]:
    """What annex 4 asks for and is not there yet; shown, never refused (Q22)."""
    found = []
    if force.people is not None and force.people < force.minimum:
        words = f"队伍 {force.people} 人，通知要求 {force.minimum} 人以上，还差 {force.minimum - force.people} 人"
        found.append(Problem("force.small", words, "people", "warning"))
    if not force.number:
        words = f"还没有填 {force.registry} 队伍编号，通知要求队伍和志愿者在 {force.registry} 登记"
        found.append(Problem("force.unregistered", words, "number", "warning"))
    if not force.areas:
        found.append(Problem("force.no_areas", "还没有选服务范围", "areas", "warning"))
    return found


@dataclass(frozen=True)
class Activity:
    """One activity as the clerk writes it down."""

    title: str
    kind: str
    day: date | None
    minutes: int
    people: int | None


def check_activity(activity: Activity, *, known: Collection[str], since: date, today: date) -> list[Problem]:
    """What keeps it from being written down. since: the first day that the months begin with."""
    problems = []
    if not activity.title:
        problems.append(Problem("activity.title", "请写做了什么，如“社区科普课”", "title"))
    if activity.kind not in known:
        problems.append(Problem("activity.kind", "请选服务类型", "kind"))
    if activity.day is None:
        problems.append(Problem("activity.day", "请填活动日期", "day"))
    elif activity.day > today:
        problems.append(Problem("activity.future", "活动还没有到，办完以后再记", "day"))
    elif activity.day < since:
        problems.append(Problem("activity.early", f"只记 {since:%Y-%m-%d} 以后的活动", "day"))
    if not 0 < activity.minutes <= DAY_MINUTES:
        words = f"时长应大于 0，不超过 {hours(DAY_MINUTES)} 小时；跨天的活动请按天分开记"
        problems.append(Problem("activity.minutes", words, "hours"))
    if activity.people is None or not 0 < activity.people <= PEOPLE_MAX:
        problems.append(Problem("activity.people", "请填参加的志愿者人数，至少 1 人", "people"))
    return problems


# --- Month by month (G45) ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """How often a force was active in one month."""

    key: str
    done: int
    wanted: int

    @property
    def met(self) -> bool:
        """“原则上每月不少于 1 次”."""
        return self.done >= self.wanted

    @property
    def name(self) -> str:
        """`3 月`."""
        return f"{int(self.key[5:])} 月"


def months_until(first: date, last: date, most: int = MONTHS_SHOWN) -> list[str]:
    """The months from one day's to another's, the last `most` of them."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(max(start, end - most + 1), end + 1)]


def run_of(months: Sequence[Month]) -> int:
    """How many months in a row were met up to now; the last, still running, breaks nothing."""
    run = 0
    for number, month in enumerate(reversed(months)):
        if month.met:
            run += 1
        elif number:
            break
    return run


@dataclass(frozen=True)
class Badge:
    """A sign on a force's card; advice, not a decision."""

    words: str
    earned: bool


def badges_of(force: ForceFacts, months: Sequence[Month]) -> list[Badge]:
    """人数达标, 已在 i志愿 登记, 连续 6 个月: earned or not yet."""
    enough = force.people is not None and force.people >= force.minimum
    run = run_of(months)
    return [
        Badge("人数达标" if enough else f"人数未到 {force.minimum}", enough),
        Badge(f"已在 {force.registry} 登记" if force.number else f"未填 {force.registry} 编号", bool(force.number)),
        Badge(f"连续 {max(run, RUN)} 个月有活动" if run >= RUN else f"连续 {run} 个月有活动", run >= RUN),
    ]


def missed(months: Iterable[Month]) -> list[str]:
    """Names of the months that have gone by without enough; the last is still running."""
    gone = list(months)[:-1]
    return [month.name for month in gone if not month.met]
