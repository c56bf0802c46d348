"""What a need, an offer and an answer must satisfy (G32). Pure; moments are Beijing time, ends exclusive."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.problems import Problem

from .placing import AGES

ANSWER_WITHIN = timedelta(days=3)  # both sides; never later than the visit itself
REMIND_BEFORE = timedelta(days=1)  # of the term's end
LONGEST = timedelta(hours=12)
HEADS_MOST = 100_000
CAPACITY_MOST = 50
FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class NeedFacts:
    """A need as it would be published."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    topic: str
    age: str
    heads: int | None
    capacity: int | None


@dataclass(frozen=True)
class OfferFacts:
    """An offer as it would be kept."""

    topics: Collection[str]
    regions: Collection[str]
    weekdays: Collection[int]
    dates: Collection[date]
    ages: Collection[str]
    heads: int | None
    a_month: int | None


def check_need(need: NeedFacts, topics: Collection[str], now: datetime) -> list[Problem]:
    """Everything that keeps it from being published. topics: the edition's fields."""
    found = list(_check_window(need, now))
    if not need.place.strip():
        found.append(Problem("need.place", "请填地点，写到楼层或教室", "place"))
    if need.topic and need.topic not in topics:
        found.append(Problem("need.topic", "这个题材本届没有，请另选或选“不限”", "topic"))
    if need.age not in AGES:
        found.append(Problem("need.age", "请选受众年龄段", "age"))
    if not need.heads or not 0 < need.heads <= HEADS_MOST:
        found.append(Problem("need.heads", f"请填预计人数，1–{HEADS_MOST} 的整数", "heads"))
    if not need.capacity or not 0 < need.capacity <= CAPACITY_MOST:
        found.append(Problem("need.capacity", f"请填需要几支队伍，1–{CAPACITY_MOST} 的整数", "capacity"))
    return found


def _check_window(need: NeedFacts, now: datetime) -> list[Problem]:
    starts, ends = need.starts_at, need.ends_at
    if starts is None or ends is None:
        name = "starts_at" if starts is None else "ends_at"
        return [Problem("need.window", "请填开始和结束时间", name)]
    if ends <= starts:
        return [Problem("need.window", "结束应晚于开始", "ends_at")]
    if starts.date() != (ends - timedelta(microseconds=1)).date() or ends - starts > LONGEST:
        words = "一条需求只写一天、最长 12 小时，跨天的请分开填"
        return [Problem("need.one_day", words, "ends_at")]
    if starts <= now:
        return [Problem("need.past", "开始时间已经过了，请改成以后的时间", "starts_at")]
    if starts > now + FARTHEST:
        return [Problem("need.far", "开始时间在一年以后，请核对年份", "starts_at")]
    return []


def check_offer(offer: OfferFacts, topics: Collection[str], regions: Collection[str], today: date) -> list[Problem]:
    """Everything that is wrong with it. topics, regions: those there are."""
    found = []
    if set(offer.topics) - set(topics):
        found.append(Problem("offer.topics", "其中有本届没有的题材，请重新勾选", "topics"))
    if not offer.regions:
        found.append(Problem("offer.regions", "请至少选一个愿意去的市，或一个县（市、区）", "cities"))
    elif set(offer.regions) - set(regions):
        found.append(Problem("offer.regions", "其中有名录里没有的市县，请重新勾选", "cities"))
    if not offer.weekdays and not offer.dates:
        found.append(Problem("offer.days", "请勾选星期几可以，或写明哪几天可以", "weekdays"))
    past = sorted(day for day in offer.dates if day < today)
    if past:
        words = f"{past[0]:%Y-%m-%d} 已经过了，请去掉过去的日期"
        found.append(Problem("offer.past", words, "dates"))
    if not offer.ages:
        found.append(Problem("offer.ages", "请至少选一类受众", "ages"))
    if not offer.heads or not 0 < offer.heads <= HEADS_MOST:
        found.append(Problem("offer.heads", f"请填一次最多面向多少人，1–{HEADS_MOST} 的整数", "heads"))
    if not offer.a_month or not 0 < offer.a_month <= 31:
        found.append(Problem("offer.a_month", "请填每月最多去几次，1–31 的整数", "a_month"))
    return found


def answer_by(made_at: datetime, starts_at: datetime) -> datetime:
    """Until when both sides may answer, exclusive."""
    return min(made_at + ANSWER_WITHIN, starts_at)


def check_answer(state: str, answer_until: datetime, now: datetime) -> list[Problem]:
    """Whether a side can still confirm or decline."""
    if state != "waiting":
        return [Problem("placement.settled", "这项安排已经有了结果，不能再答复，请刷新页面看现在的状态")]
    if now >= answer_until:
        return [Problem("placement.late", "答复期限已过，这项安排已不再保留；仍然需要的，请联系组委会重新安排")]
    return []


def check_visit(state: str, starts_at: datetime, heads: int | None, word: str, now: datetime) -> list[Problem]:
    """Whether the venue can say that the visit took place."""
    if state != "confirmed":
        return [Problem("visit.not_confirmed", "双方都确认过的安排，才能确认到访")]
    if now < starts_at:
        return [Problem("visit.early", "活动还没有开始，开始以后再来确认")]
    found = []
    if heads is None or not 0 <= heads <= HEADS_MOST:
        found.append(Problem("visit.heads", f"请填实际到场人数，0–{HEADS_MOST} 的整数", "heads"))
    if len(word) > 300:
        found.append(Problem("visit.word", "评价最多 300 个字，请缩短", "word"))
    return found


def check_recordable(state: str, ends_at: datetime, now: datetime) -> list[Problem]:
    """Whether the entry may write its service record from the placement."""
    if state != "confirmed":
        return [Problem("placement.not_confirmed", "双方都确认过的安排，才能据此填写服务记录")]
    if now < ends_at:
        return [Problem("placement.not_over", "活动结束以后才能填写服务记录")]
    return []


def heads_differ(said: int | None, counted: int | None) -> list[Problem]:
    """A flag for the record's review: what the entry says is more than a fifth, and ten, off the venue's count."""
    if said is None or counted is None or abs(said - counted) <= max(10, counted // 5):
        return []
    words = f"记录写受众 {said} 人，场所确认的是 {counted} 人，相差较多"
    return [Problem("record.heads_differ", words, "audience", level="warning")]
