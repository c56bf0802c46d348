"""What an edition's dates may be, and what changing one does: pure functions, no Django, no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.problems import Problem

from .rulebook import ACTIONS, BEIJING, Window, window_of
from .rulebook.dates import Gate
from .wording import end, instant, last_instant


class Dated(Gate, Protocol):
    """A milestone: the database's row, or the same with other dates."""

    @property
    def name(self) -> str:
        """Its Chinese name."""

    @property
    def kind(self) -> str:
        """A key of the edition file's kinds."""


@dataclass(frozen=True)
class Dates:
    """A milestone with the dates that somebody wants to give it."""

    code: str
    name: str
    kind: str
    starts_at: datetime | None
    ends_at: datetime | None
    opens: Sequence[str]
    closes: Sequence[str]
    categories: Sequence[str]


def check_dates(milestone: Dated) -> list[Problem]:
    """One milestone by itself: its ends run forward, and what it opens or closes has a date to do so."""
    name, problems = milestone.name, []
    if milestone.starts_at and milestone.ends_at and milestone.starts_at >= milestone.ends_at:
        problems.append(Problem("milestone.reversed", f"“{name}”的结束应晚于开始，请检查两个时间", "ends_at"))
    if milestone.opens and not milestone.starts_at:
        what = "、".join(ACTIONS[action] for action in milestone.opens)
        problems.append(Problem("milestone.no_start", f"{what}从“{name}”起开放，开始时间不能留空", "starts_at"))
    if milestone.closes and not milestone.ends_at and milestone.kind != "open_ended":
        what = "、".join(ACTIONS[action] for action in milestone.closes)
        problems.append(Problem("milestone.no_end", f"{what}到“{name}”截止，结束时间不能留空", "ends_at"))
    return problems


def check_windows(calendar: Sequence[Dated]) -> list[Problem]:
    """All milestones together: nothing closes before it opens."""
    names = {milestone.code: milestone.name for milestone in calendar}
    return [
        Problem(
            "window.reversed",
            f"{what}由“{names[window.opened_by]}”于 {instant(window.opens)} 开放，"
            f"却由“{names[window.closed_by]}”于 {end(window.closes)} 截止，先后颠倒，请改正其中一个时间",
        )
        for what, window in windows(calendar).items()
        if window.opens and window.closes and window.opens >= window.closes
    ]


def effects(before: Sequence[Dated], after: Sequence[Dated], now: datetime) -> list[str]:
    """What changes for people when the calendar changes, a sentence each: which doors move, open or shut at once."""
    old = windows(before)
    sentences = []
    for what, window in windows(after).items():
        was = old.get(what, Window(window.action, None, None))
        if (was.opens, was.closes) == (window.opens, window.closes):
            continue
        sentences.append(f"{what}：{_told(was)} → {_told(window)}{_at_once(was, window, now)}")
    return sentences


def windows(calendar: Sequence[Dated]) -> dict[str, Window]:
    """The window of every action, by its Chinese name: 在线报名, 培训学习（类别 A）."""
    return {
        ACTIONS[action] + (f"（类别 {category}）" if category else ""): window_of(action, calendar, category)
        for action, category in _scopes(calendar)
    }


def _scopes(calendar: Sequence[Dated]) -> Iterator[tuple[str, str | None]]:
    """Each action that has a gate, once for each category that has one of its own, in the order of ACTIONS."""
    for action in ACTIONS:
        gates = [milestone for milestone in calendar if action in milestone.opens or action in milestone.closes]
        yield from ((action, category) for category in sorted({c for m in gates for c in m.categories}))
        if any(not gate.categories for gate in gates):
            yield action, None


def _told(window: Window) -> str:
    opens = f"{_instant(window.opens)}起" if window.opens else "不限开始"
    return f"{opens}，{_end(window.closes)} 止" if window.closes else f"{opens}，不限截止"


def _at_once(was: Window, window: Window, now: datetime) -> str:
    if was.contains(now) == window.contains(now):
        return ""
    return "。保存后立即开放" if window.contains(now) else "。保存后立即停止受理"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING).year} 年 {instant(moment)}"


def _end(bound: datetime) -> str:
    return f"{last_instant(bound).year} 年 {end(bound)}"


# --- What is told the public ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """An announcement as somebody wants to publish it."""

    title: str
    body: str
    drawn: Sequence[str] = ()  # names of the pictures that its text wants drawn
    pictures: Sequence[str] = ()  # names of the attached pictures, their check passed
    waiting: bool = False  # an attachment is still being checked


def check_text(text: Text) -> list[Problem]:
    """What an announcement needs before the public may read it."""
    problems = []
    if not text.title.strip():
        problems.append(Problem("announcement.title", "请填写标题", "title"))
    if not text.body.strip():
        problems.append(Problem("announcement.body", "正文还是空的，请填写后再发布", "body"))
    if missing := [name for name in dict.fromkeys(text.drawn) if name not in text.pictures]:
        words = f"正文里的图片“{'”“'.join(missing)}”不在附件里。请先上传同名的 JPG 或 PNG 图片，或从正文里删去"
        problems.append(Problem("announcement.picture", words, "body"))
    if text.waiting:
        problems.append(Problem("announcement.waiting", "附件还在检查，请过一会儿再发布"))
    return problems


def check_validity(now: datetime, expires_at: datetime, days: int) -> list[Problem]:
    """A customer group's code lives for a few days: its end lies ahead, and not further than that."""
    if expires_at <= now:
        return [Problem("group_code.over", "失效时间已经过了，请在微信里重新生成二维码再上传", "expires_at")]
    if expires_at > now + timedelta(days=days):
        words = f"微信群二维码最多 {days} 天有效，请照图上写的日期填写失效时间"
        return [Problem("group_code.long", words, "expires_at")]
    return []
