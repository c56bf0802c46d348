"""What goes into the suggestions and comes out of them, and whether one offer fits one need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

ALL = "all"
AGES = {  # 受众年龄段
    ALL: "各年龄段",
    "children": "学龄前儿童",
    "pupils": "中小学生",
    "adults": "成年人",
    "elders": "老年人",
}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True)
class Wanted:
    """An open need with places left."""

    key: int
    day: date
    city: str  # code of the 地级市
    county: str  # code of the 县（市、区）; "" where the venue belongs to the whole city
    topic: str  # "" any
    age: str  # of AGES
    heads: int  # expected
    left: int
    taken: int = 0


@dataclass(frozen=True)
class Offered:
    """An entry's standing offer, with what it has been given so far."""

    key: int
    since: int  # rank of when it was made; the smaller the earlier
    topics: frozenset[str]  # empty: any
    regions: frozenset[str]  # codes of cities and counties
    weekdays: frozenset[int]  # 0 Monday … 6 Sunday
    dates: frozenset[date]  # beside the weekdays
    ages: frozenset[str]
    heads: int  # the largest audience it can serve
    a_month: int
    booked: frozenset[date]  # days that it has already
    months: Mapping[str, int]  # 2025-03 → placements it has in that month
    placed: int  # in all


@dataclass(frozen=True)
class Suggestion:
    """One pair, and why."""

    need: int
    offer: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Short:
    """A need for which places are left over, and the nearest reason."""

    need: int
    left: int
    why: str


@dataclass(frozen=True)
class Suggested:
    """Sorted by city, county, topic and capacity, then by date."""

    pairs: tuple[Suggestion, ...]
    short: tuple[Short, ...]


# --- One pair ---------------------------------------------------------------------------------------------


def obstacles(need: Wanted, offer: Offered) -> list[str]:
    """Why this pair cannot be, in words; nothing when it can."""
    month = f"{need.day:%Y-%m}"
    found = {
        "不在愿意去的市县": not {need.city, need.county} & offer.regions,
        "题材不符": bool(need.topic and offer.topics) and need.topic not in offer.topics,
        "日期不合": need.day.weekday() not in offer.weekdays and need.day not in offer.dates,
        "受众年龄段不合": need.age != ALL and not {need.age, ALL} & offer.ages,
        "受众人数超出": need.heads > offer.heads,
        "当天已有安排": need.day in offer.booked,
        "当月次数已满": offer.months.get(month, 0) >= offer.a_month,
    }
    return [words for words, holds in found.items() if holds]


def reasons(need: Wanted, offer: Offered) -> tuple[str, ...]:
    """Why this pair fits, as the organiser and both sides read it."""
    near = "同县" if need.county and need.county in offer.regions else "同市"
    topic = "题材相符" if need.topic in offer.topics else "题材不限"
    return (near, topic, "日期可行", "受众合适", f"已安排过 {offer.placed} 次" if offer.placed else "还没有安排过")
