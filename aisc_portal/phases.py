"""What the front page says at a moment: computed from milestones and contest time, never flipped by a timer."""

import os.path
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from core.clock import BEIJING
from tracks.channels import RECOMMEND, REGISTER, Channel, channels, span_of, state_of
from tracks.models import Milestone
from tracks.rulebook import Rulebook, Window
from tracks.wording import day, end, instant, short, year_of

Calendar = Sequence[Milestone]

# Latest first: the phase is the last one that has begun. counted: “积分赛季第 29 天”.
PHASES = (("final", "终审", False), ("serve", "积分赛季", True), ("train", "培训", False), (REGISTER, "报名", True),
          (RECOMMEND, "报名", True))  # fmt: skip


@dataclass(frozen=True)
class Todo:
    """What one kind of visitor does now."""

    who: str
    icon: str
    tag: str
    text: str
    link: str  # url name
    link_text: str
    tone: str = ""
    now: bool = False  # there is something to do today


@dataclass(frozen=True)
class YearStep:
    """One stop of the year."""

    code: str
    when: str
    title: str
    note: str
    months: list[int] = field(default_factory=list)
    current: bool = False


def phase(rulebook: Rulebook, calendar: Calendar, now: datetime) -> str:
    """12 月 10 日，报名第 15 天。"""
    today = f"{now.month} 月 {now.day} 日"
    for action, label, counted in PHASES:
        window = _whole_registration(rulebook, calendar) if label == "报名" else span_of(action, rulebook, calendar)
        match state_of(window, now):
            case "open" if counted and window.opens:
                return f"{today}，{label}第 {(now.date() - window.opens.astimezone(BEIJING).date()).days + 1} 天。"
            case "open":
                return f"{today}，{label}阶段。"
            case "closed":
                return f"{today}，{label}已结束。"
    return f"{today}，报名还没有开始。"


def todos(rulebook: Rulebook, calendar: Calendar, now: datetime) -> list[Todo]:
    """推荐单位, 参赛者, 评委, 公众: each with one thing to do, or the reason why there is none."""
    ways = {way.action: way for way in channels(rulebook, calendar, now)}
    spans = {action: span_of(action, rulebook, calendar) for action in ("train", "serve", "review", "final")}
    return [
        _unit(ways[RECOMMEND], rulebook.recommendation.stamped_scan_required),
        _participant(ways, spans, now),
        _judge(spans, now),
        _public(spans, now),
    ]


def _unit(way: Channel, scan: bool) -> Todo:
    todo = Todo("推荐单位", "stamp", "暂不用操作", "", "quota", "看名额与队名")
    if way.state == "open":
        steps = "填推荐表，打印盖章，再上传扫描件。" if scan else "填推荐表，逐行提交。"
        text = f"{steps}没有邀请链接，请联系所属赛道的联系人。"
        return replace(todo, tag=_closing(way), tone="wait", text=text, link="desk", link_text="进入推荐表", now=True)
    if way.state == "coming" and way.window.opens:
        return replace(todo, text=f"推荐报送 {instant(way.window.opens)}开放。先看本单位有几个名额、队名怎么取。")
    if way.state == "closed" and way.window.closes:
        text = f"推荐报送已于 {end(way.window.closes)} 截止。被退回补正的行，请在补正期限前改好再交。"
        return replace(todo, tag="已截止", text=text, link="desk", link_text="看我的推荐表")
    return replace(todo, text="推荐报送的日期还没有定，定了会写在这里。")


def _participant(ways: dict[str, Channel], spans: dict[str, Window], now: datetime) -> Todo:
    todo = Todo("参赛者", "person", "暂不用操作", "", "tracks", "看参赛条件")
    recommended, own = ways[RECOMMEND], ways.get(REGISTER)
    if own and own.state == "open":
        text = "没有被单位推荐的个人和团队，现在自主报名。已被单位推荐的，不用再报。"
        return replace(todo, tag=_closing(own), tone="wait", text=text, now=True)
    if recommended.state == "open":
        text = "想由单位推荐：请在截止前联系所在单位或当地科协。"
        if own and own.state == "coming" and own.window.opens:
            text += f"没有单位推荐：等 {day(own.window.opens)}自主报名开放。"
        return replace(todo, tag="可以联系推荐单位", tone="now", text=text, now=True)
    if own and own.state == "coming" and own.window.opens:
        return replace(todo, tag=f"{_date(own.window.opens)}开放", text=f"自主报名 {day(own.window.opens)}开放，先看符合哪条参赛条件。")
    if state_of(spans["final"], now) == "open":
        return replace(todo, tag="终审阶段", tone="now", text="入围者参加路演，时间和地点以组委会通知为准。", link="schedule", link_text="看赛程")
    if state_of(spans["serve"], now) == "open":
        text = "积分赛季每月一个主题，自愿参加；作品在赛季结束前完成。"
        return replace(todo, tag="积分赛季进行中", tone="ok", text=text, link="schedule", link_text="看赛程", now=True)
    if state_of(spans["train"], now) == "open":
        text = "确认名单后统一培训，按主题线上共学；看培训情况推荐作品参赛。"
        return replace(todo, tag="培训进行中", tone="ok", text=text, link="schedule", link_text="看赛程", now=True)
    if recommended.state == "closed":
        return replace(todo, tag="报名已截止", text="报名已截止，接下来的安排见赛程。", link="schedule", link_text="看赛程")
    return replace(todo, text="报名还没有开始，先看符合哪条参赛条件。")


def _judge(spans: dict[str, Window], now: datetime) -> Todo:
    todo = Todo("评委", "scales", "暂不用操作", "", "schedule", "看赛程")
    if "open" in {state_of(spans["review"], now), state_of(spans["final"], now)}:
        return replace(todo, tag="评审阶段", tone="now", text="请用短信或邮件里的链接登录，先看保密与回避要求。", now=True)
    if state_of(spans["final"], now) == "closed":
        return replace(todo, tag="评审已结束", text="本届评审已结束，感谢各位评委。")
    return replace(todo, text="作品交齐后才开始评审，届时用短信或邮件里的链接登录，先看保密与回避要求。")


def _public(spans: dict[str, Window], now: datetime) -> Todo:
    todo = Todo("公众", "eye", "作品展待开放", "", "schedule", "看赛程")
    serve = spans["serve"]
    if state_of(spans["final"], now) == "closed":
        return replace(todo, tag="等待公示", text="终审已结束，获奖名单公示后在这里可以查看和提出异议。")
    if state_of(serve, now) == "coming" and serve.opens:
        return replace(todo, text=f"可以先看三条赛道和赛程。积分赛季 {day(serve.opens)}开始。", link="tracks", link_text="看三条赛道")
    return replace(todo, text="积分赛季和终审的日期见赛程，作品展开放后可以在这里观看。")


def year(rulebook: Rulebook, calendar: Calendar, now: datetime) -> list[YearStep]:
    """The milestones that shape the year; what lies within another's window is left to the schedule page."""
    tops = [m for m in calendar if m.starts_at and not rulebook.milestone(m.code).during and not _within(m, calendar)]
    tops.sort(key=_start)
    groups = [list(group) for _, group in groupby(tops, key=lambda m: (m.starts_at, m.kind))]
    begun = [group for group in groups if _start(group[0]) <= now]
    return [_step(rulebook, calendar, group, year_of(tops[0]), now, group in begun[-1:]) for group in groups]


def _step(
    rulebook: Rulebook, calendar: Calendar, group: list[Milestone], first_year: int | None, now: datetime, current: bool
) -> YearStep:
    head = group[0]
    months = list(_months(_start(head), head.ends_at)) if "serve" in head.opens and head.ends_at else []
    title = _merged([milestone.name for milestone in group])
    return YearStep(head.code, short(head, year=first_year), title, _note(rulebook, calendar, group, now), months, current)


def _note(rulebook: Rulebook, calendar: Calendar, group: list[Milestone], now: datetime) -> str:
    opens = {action for milestone in group for action in milestone.opens}
    if RECOMMEND in opens or REGISTER in opens:
        said = []
        for way in channels(rulebook, calendar, now):
            if way.action == RECOMMEND and way.window.closes:
                said.append(f"推荐到 {way.window.closes:%m-%d}")
            elif way.window.opens:
                said.append(f"{way.name} {way.window.opens.astimezone(BEIJING):%m-%d} 起")
        return "，".join(said)
    if "train" in opens:
        named = [rulebook.category(code) for milestone in group for code in milestone.categories]
        formats = {s.format for s in rulebook.seasons if s.milestone in {m.code for m in group} and s.format}
        said = ["、".join(f"{c.code} {c.direction.removeprefix('用 AI 进行')}" for c in named), *sorted(formats)]
        return "，".join(filter(None, said))
    if "serve" in opens:
        return "每月一个主题，自愿参加"
    return "路演，专家与大众评分" if "final" in opens else ""


def _merged(names: list[str]) -> str:
    """第二主题赛季, 第三主题赛季 → 第二、三主题赛季."""
    head = os.path.commonprefix(names)
    tail = os.path.commonprefix([name[len(head) :][::-1] for name in names])[::-1]
    if len(names) == 1 or not head or not tail:
        return "、".join(names)
    return head + "、".join(name[len(head) : len(name) - len(tail)] for name in names) + tail


def _within(milestone: Milestone, calendar: Calendar) -> bool:
    """Does a point or a deadline lie within another milestone's window?"""
    if milestone.kind in {"window", "open_ended", "fuzzy"}:
        return False
    windows = [m for m in calendar if m.kind == "window" and m.starts_at and m.ends_at]
    return any(_start(m) <= _start(milestone) and _start(milestone) < (m.ends_at or _start(m)) for m in windows)


def _start(milestone: Milestone) -> datetime:
    assert milestone.starts_at is not None
    return milestone.starts_at


def _months(first: datetime, bound: datetime) -> Iterator[int]:
    at = first.astimezone(BEIJING).replace(day=1)
    while at < bound:
        yield at.month
        at = (at + timedelta(days=32)).replace(day=1)


def _whole_registration(rulebook: Rulebook, calendar: Calendar) -> Window:
    """From the first channel's opening to the last one's closing."""
    windows = [way.window for way in channels(rulebook, calendar, datetime.max.replace(tzinfo=BEIJING))]
    opens = [window.opens for window in windows if window.opens]
    closes = [window.closes for window in windows if window.closes]
    return Window("enter", min(opens, default=None), max(closes, default=None))


def _closing(way: Channel) -> str:
    if way.bound is None:
        return "开放中"
    return f"{way.days_left} 天后截止" if way.days_left else "今天截止" if way.bound.date() == way.now.date() else "不足 1 天"


def _date(moment: datetime) -> str:
    at = moment.astimezone(BEIJING)
    return f"{at.month} 月 {at.day} 日"
