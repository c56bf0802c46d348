"""What a service record must say before it is handed in (G31, G46), and what makes a contact look twice."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from core.problems import Problem

DAY_MINUTES = 24 * 60
LINKS_MAX = 10
ABSURD = 5_000  # people at one place, from which a contact is asked to look
ABSURD_ONLINE = 1_000_000
PER_PERSON = 500  # listeners for each who served


@dataclass(frozen=True)
class Served:
    """One person's part: when it began and how long it lasted."""

    user: int
    name: str
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """The first instant that is no longer part of it."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Record:
    """One activity as it was typed; times are aware, in Beijing time."""

    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    activity: str  # code of one of annex 4's kinds
    audience: int | None
    basis: str  # how the audience was counted
    views: int
    reposts: int
    media: int
    links: tuple[str, ...]
    hashtags: tuple[str, ...]
    photos: int
    served: tuple[Served, ...]

    @property
    def minutes(self) -> int:
        """How long the activity lasted."""
        if self.starts_at is None or self.ends_at is None:
            return 0
        return max(int((self.ends_at - self.starts_at).total_seconds()) // 60, 0)


@dataclass(frozen=True)
class Frame:
    """What a record is held against: the edition's figures and the entry's own dates."""

    at: datetime  # when it would be handed in
    entered_at: datetime | None  # when the entry was handed in: nothing before that counts
    opens: datetime | None
    closes: datetime | None  # exclusive bound of the season
    activities: Collection[str]
    hours_per_day_max: int


def check_record(record: Record, frame: Frame) -> list[Problem]:
    """Everything that keeps a record from being handed in, at the form's fields."""
    return [
        *_check_filled(record, frame),
        *_check_time(record, frame),
        *_check_served(record, frame),
        *check_links(record.links),
    ]


def _check_filled(record: Record, frame: Frame) -> Iterable[Problem]:
    if not record.title:
        yield Problem("record.title", "请写活动名称，如“社区科普课：看懂人工智能”", "title")
    if not record.place:
        yield Problem("record.place", "请写活动地点；线上活动写平台名称", "place")
    if record.activity not in frame.activities:
        yield Problem("record.activity", "请选服务类型", "activity")
    if record.audience is None:
        yield Problem("record.audience", "请填受众人数；没有现场受众填 0", "audience")
    elif record.audience < 0:
        yield Problem("record.audience_negative", "受众人数不能是负数，请改正", "audience")
    elif record.audience and not record.basis:
        yield Problem("record.basis", "请写受众人数怎么统计的，如“签到表”“主办方证明”“平台数据”", "basis")
    if not record.photos and not record.links:
        yield Problem("record.evidence", "请上传至少一张活动照片，或填一个能打开的链接", "photos")


def _check_time(record: Record, frame: Frame) -> Iterable[Problem]:
    begins, ends = record.starts_at, record.ends_at
    if begins is None:
        yield Problem("record.starts", "请填开始时间", "starts_at")
    if ends is None:
        yield Problem("record.ends", "请填结束时间", "ends_at")
    if begins is None or ends is None:
        return
    if ends <= begins:
        yield Problem("record.reversed", "结束应晚于开始，请对调或改正", "ends_at")
    elif record.minutes > DAY_MINUTES or begins.date() != (ends - timedelta(microseconds=1)).date():
        yield Problem("record.over_a_day", "一条记录只记一天，最多 24 小时。跨天的活动请按天分开填", "ends_at")
    if ends > frame.at:
        yield Problem("record.future", "活动还没有结束，结束以后再提交", "ends_at")
    if frame.entered_at is None or begins.date() < frame.entered_at.date():
        since = f"（{frame.entered_at.date():%Y-%m-%d}）" if frame.entered_at else ""
        yield Problem("record.before_entry", f"活动早于报名提交的日期{since}，报名以前的服务不计", "starts_at")
    if frame.opens and begins < frame.opens:
        yield Problem("record.before_season", f"积分赛季 {frame.opens:%Y-%m-%d} 开始，之前的活动不计", "starts_at")
    if frame.closes and begins >= frame.closes:
        yield Problem("record.after_season", "积分赛季已经结束，之后的活动不计", "starts_at")


def _check_served(record: Record, frame: Frame) -> Iterable[Problem]:
    if not record.served:
        yield Problem("record.nobody", "请选参加服务的人，至少一位", "served")
    most = frame.hours_per_day_max
    for one in record.served:
        if one.minutes <= 0:
            yield Problem("record.minutes", f"{one.name}的服务时长应大于 0", "served")
        elif one.minutes > record.minutes:
            words = f"{one.name}的服务时长超过了活动时长（{hours(record.minutes)} 小时），请改正"
            yield Problem("record.longer_than_activity", words, "served")
        elif one.minutes > most * 60:
            yield Problem("record.over_the_day", f"{one.name}一天的服务超过 {most} 小时，请核对", "served")


def check_day(name: str, day: date, minutes: int, most: int) -> list[Problem]:
    """A person's day over all records. minutes: this record's and all others' of the day."""
    if minutes <= most * 60:
        return []
    words = f"{name}在 {day:%Y-%m-%d} 的服务合计 {hours(minutes)} 小时，超过每天 {most} 小时，请核对"
    return [Problem("record.over_the_day", words, "served")]


def check_links(links: Sequence[str]) -> list[Problem]:
    """Each an address that starts with http:// or https:// and names a host."""
    found = []
    for link in links:
        try:
            parts = urlsplit(link)
            right = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        except ValueError:
            right = False
        if not right:
            words = f"“{link[:60]}”不是网页地址，请填以 http:// 或 https:// 开头的完整地址"
            found.append(Problem("record.link", words, "links"))
    if len(links) > LINKS_MAX:
        found.append(Problem("record.links_many", f"链接最多 {LINKS_MAX} 个，请留下最能说明问题的", "links"))
    return found


def flags_of(record: Record, official: Iterable[str]) -> list[Problem]:
    """What is allowed but odd: shown to whoever hands it in, and to the contact."""
    found = []
    audience, online = record.audience or 0, record.activity == "online"
    if audience >= (ABSURD_ONLINE if online else ABSURD):
        words = f"受众 {audience} 人，远多于通常的活动，请核对证明"
        found.append(Problem("record.audience_absurd", words, "audience", "warning"))
    elif not online and audience > PER_PERSON * max(len(record.served), 1):
        words = f"{len(record.served)} 人服务了 {audience} 人，请核对证明"
        found.append(Problem("record.audience_absurd", words, "audience", "warning"))
    if record.reposts > record.views > 0:
        found.append(Problem("record.reach", "转发数大于浏览数，请核对", "reposts", "warning"))
    if (record.views or record.reposts or record.media) and not record.links:
        found.append(Problem("record.reach_unproved", "填了传播数据，没有链接可以核对", "links", "warning"))
    if record.hashtags and not has_official(record.hashtags, official):
        found.append(Problem("record.hashtag", "话题里没有大赛的官方话题", "hashtags", "warning"))
    return found


def tag_key(text: str) -> str:
    """A hashtag as it is compared (K5): after NFKC, case folding, removal of spaces; platforms differ in the last #."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip("#")


def has_official(tags: Iterable[str], official: Iterable[str]) -> bool:
    """Whether one of the contest's own is among them."""
    known = {tag_key(text) for text in official}
    return any(tag_key(tag) in known for tag in tags)


def hours(minutes: int) -> str:
    """`2.5`."""
    return f"{minutes / 60:.1f}".removesuffix(".0")
