"""The ways into the contest as they stand at a moment: two channels with separate gates (G29)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from .rulebook import Rulebook, Window
from .rulebook.dates import Gate, window_of
from .wording import cite

State = Literal["unset", "coming", "open", "closed"]

RECOMMEND, REGISTER = "recommend", "register"
NAMES = {RECOMMEND: "推荐报送", REGISTER: "自主报名"}
NOTES = {
    RECOMMEND: "由科协、学会、高校、科普基地等推荐单位填报，占推荐名额。",
    REGISTER: "个人或团队代表在线报名，不占推荐名额。",
}


class Dated(Gate, Protocol):
    """A milestone with its source clause."""

    @property
    def source(self) -> str:
        """The clause."""


def state_of(window: Window, now: datetime) -> State:
    """Where a moment lies: before, within or after a window."""
    if window.opens is None and window.closes is None:
        return "unset"
    if window.opens and now < window.opens:
        return "coming"
    return "open" if window.contains(now) else "closed"


def span_of(action: str, rulebook: Rulebook, calendar: Iterable[Gate]) -> Window:
    """From the first opening to the last closing of an action over all categories (theme seasons have their own)."""
    calendar = list(calendar)
    windows = [window_of(action, calendar, code) for code in (None, *(c.code for c in rulebook.categories))]
    opens = [w.opens for w in windows if w.opens]
    bounded = [w for w in windows if w.opens or w.closes]
    closes = [w.closes for w in bounded if w.closes]
    last = max(closes) if closes and len(closes) == len(bounded) else None
    return Window(action, min(opens, default=None), last)


@dataclass(frozen=True)
class Channel:
    """One way into the contest."""

    action: str
    window: Window
    now: datetime
    source: str

    @property
    def name(self) -> str:
        """推荐报送 or 自主报名."""
        return NAMES[self.action]

    @property
    def note(self) -> str:
        """Who uses it."""
        return NOTES[self.action]

    @property
    def state(self) -> State:
        """Where it stands now."""
        return state_of(self.window, self.now)

    @property
    def bound(self) -> datetime | None:
        """What the countdown runs to: the closing of an open channel, the opening of a coming one."""
        return {"open": self.window.closes, "coming": self.window.opens}.get(self.state)


def channels(rulebook: Rulebook, calendar: Iterable[Dated], now: datetime) -> list[Channel]:
    """The edition's channels, in the order of the notice; self-registration only where the edition has it (G18)."""
    calendar = list(calendar)
    sources = {milestone.code: milestone.source for milestone in calendar}
    actions = [RECOMMEND, REGISTER] if rulebook.entry.open_registration else [RECOMMEND]
    found = []
    for action in actions:
        window = window_of(action, calendar)
        clauses = [sources[code] for code in (window.closed_by, window.opened_by) if code]
        found.append(Channel(action, window, now, cite(clauses)))
    return found
