"""Places (名额) and windows: how many rows a unit may recommend, and when."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.problems import Problem
from tracks.rulebook import Window
from tracks.wording import end, instant

_KEPT = "。填好的内容都还在；确需修改或补交，请联系赛道联系人开放"
WINDOWS = {  # action → what it is called, and what is said once it is over
    "recommend": ("推荐报送", "，内容保留为草稿；如需补报，请联系赛道联系人"),
    "claim": ("认领推荐名额", _KEPT),
    "register": ("自主报名", _KEPT),
    "submit": ("作品提交", "。填好的内容和各个版本都还在；确需修改，请联系赛道联系人开放"),
}


@dataclass(frozen=True)
class Places:
    """A unit's places in one edition, counted while its row is locked."""

    limit: int | None  # None: the organiser has not opened this category (Q3)
    taken: int  # rows that hold a place: submitted, approved, returned within 补正
    asked: int  # rows about to be submitted


def check_places(places: Places) -> list[Problem]:
    """A place is a row of 附件2, however many categories it enters (G16, G17)."""
    if places.limit is None:
        return [Problem("places.closed", "本单位类别的名额尚未开放，请联系赛道联系人")]
    left = places.limit - places.taken
    if places.asked <= left:
        return []
    over = places.asked - left
    return [Problem("places.exceeded", f"还可推荐 {left} 个，本次 {places.asked} 个，请移出 {over} 个，留作草稿")]


def check_window(window: Window, now: datetime) -> list[Problem]:
    """A 17:00 deadline is stored as the exclusive bound 17:00:01, a day as next midnight (G30).

    An action that no milestone opens or closes is closed.
    """
    label, late = WINDOWS[window.action]
    if window.opens is None and window.closes is None:
        return [Problem("window.unset", f"本届还没有公布{label}的时间，请留意赛程")]
    if window.opens and now < window.opens:
        return [Problem("window.early", f"{label}还没有开放，开放时间是 {instant(window.opens)}，请届时再来")]
    if window.closes and now >= window.closes:
        return [Problem("window.late", f"{label}已截止{late}")]
    return []


def extend_window(window: Window, until: datetime | None) -> Window:
    """The window of a unit that was given more time (单独延期); an extension never shortens it."""
    if until is None or window.closes is None or until <= window.closes:
        return window
    return replace(window, closes=until)


def check_extension(window: Window, until: datetime, now: datetime) -> list[Problem]:
    """More time, for a unit, an entry or a work, must lead beyond both the common deadline and this moment."""
    if window.closes is None:
        return [Problem("extension.no_deadline", "现在没有截止时间，不需要延长", "until")]
    if until <= window.closes:
        return [
            Problem("extension.not_later", f"要晚于现在的截止时间（{end(window.closes)}），请选更晚的日期", "until")
        ]
    if until <= now:
        return [Problem("extension.past", "这个时间已经过去，请选今天或以后的日期", "until")]
    return []


def check_correction(until: datetime | None, window: Window, now: datetime) -> list[Problem]:
    """A returned row (补正) may change until its own deadline, or as long as the window is open anyway (Q32)."""
    if until is None or now < until or window.contains(now):
        return []
    return [Problem("row.correction_late", "补正期已过，不能再改，请联系赛道联系人")]


def check_answered(answered: bool) -> list[Problem]:
    """A row that was sent back comes again mended, or with a word on why nothing in it had to be (Q32)."""
    if answered:
        return []
    said = "这一行退回后还没有改过。请照退回理由改好；这一行本身不用改的，请用“写说明”告诉赛道联系人是怎么处理的"
    return [Problem("row.not_corrected", said)]
