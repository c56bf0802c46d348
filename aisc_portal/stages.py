"""Which of the year's stages a moment lies in, and what it runs to: from milestones, contest time and the prizes.

报名 → 培训 → 积分赛季 → 终审 follow the calendar; 公示 and 结束 follow the lists of winners, since only they know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.clock import BEIJING
from tracks.channels import channels, span_of, state_of
from tracks.models import Milestone
from tracks.rulebook import Rulebook, Window
from tracks.wording import date_only

Calendar = Sequence[Milestone]
Code = Literal["before", "enter", "entered", "train", "serve", "served", "final", "judged", "publicity", "over"]

# What the visitor reads, in order; each stage with the codes that belong to it.
STAGES: tuple[tuple[str, tuple[Code, ...]], ...] = (
    ("报名", ("enter", "entered")),
    ("培训", ("train",)),
    ("积分赛季", ("serve", "served")),
    ("终审", ("final", "judged")),
    ("公示", ("publicity",)),
    ("结束", ("over",)),
)
ORDER: tuple[Code, ...] = ("before", *(code for _, codes in STAGES for code in codes))


@dataclass(frozen=True)
class Results:
    """What has become of the prizes. opens, closes: of the windows for objections (exclusive end), over all lists."""

    opens: datetime | None = None
    closes: datetime | None = None
    settled: bool = False  # lists there are, and every one is final


@dataclass(frozen=True)
class Turn:
    """What a countdown runs to: the exclusive bound, and its words."""

    until: datetime
    name: str  # 公示截止
    label: str  # 距公示截止


@dataclass(frozen=True)
class Step:
    """One stage in the row of stages, as `<c-steps>` reads it."""

    name: str
    state: Literal["done", "now", "todo"]
    note: str = ""


@dataclass(frozen=True)
class Stage:
    """Where the contest stands."""

    code: Code
    now: datetime
    opens: datetime | None = None  # of the stage that goes on, for “第 n 天”
    turn: Turn | None = None

    @property
    def number(self) -> int:
        """How many days the stage has gone on, the first being 1."""
        return (self.now.date() - self.opens.astimezone(BEIJING).date()).days + 1 if self.opens else 0

    @property
    def said(self) -> str:
        """12 月 10 日，报名第 15 天。"""
        words = {
            "before": "报名还没有开始",
            "enter": f"报名第 {self.number} 天",
            "entered": "报名已结束",
            "train": "培训阶段",
            "serve": f"积分赛季第 {self.number} 天",
            "served": "积分赛季已结束",
            "final": "终审阶段",
            "judged": "终审已结束",
            "publicity": f"公示第 {self.number} 天" if self.turn else "公示期满，等待名单生效",
            "over": "本届大赛已结束",
        }
        return f"{date_only(self.now)}，{words[self.code]}。"

    @property
    def steps(self) -> list[Step]:
        """The row of stages."""
        here = next((n for n, (_, codes) in enumerate(STAGES) if self.code in codes), -1)
        names = [name for name, _ in STAGES]
        return [Step(name, "done" if n < here else "now" if n == here else "todo") for n, name in enumerate(names)]


def stage(rulebook: Rulebook, calendar: Calendar, now: datetime, results: Results) -> Stage:
    """The last one that has begun; the lists of winners speak before the calendar."""
    if results.settled:
        return Stage("over", now)
    if results.opens and results.opens <= now:
        closes = results.closes if results.closes and now < results.closes else None
        ending = Turn(closes, "公示截止", "距公示截止") if closes else None
        return Stage("publicity", now, results.opens, ending)
    spans = {action: span_of(action, rulebook, calendar) for action in ("train", "serve", "final")}
    match state_of(spans["final"], now):
        case "open":
            return Stage("final", now, spans["final"].opens)
        case "closed":
            return Stage("judged", now)
    to_final = _opening(spans["final"], "终审开始", now)
    match state_of(spans["serve"], now):
        case "open":
            last = spans["serve"].closes
            turn = Turn(last, "积分赛季结束", "距赛季结束") if last else to_final
            return Stage("serve", now, spans["serve"].opens, turn)
        case "closed":
            return Stage("served", now, turn=to_final)
    to_season = _opening(spans["serve"], "积分赛季开始", now) or to_final
    if state_of(spans["train"], now) in ("open", "closed"):
        return Stage("train", now, spans["train"].opens, to_season)
    entering = registration(rulebook, calendar)
    match state_of(entering, now):
        case "open":
            return Stage("enter", now, entering.opens)
        case "closed":
            return Stage("entered", now, turn=_opening(spans["train"], "培训开始", now) or to_season)
    return Stage("before", now, turn=_opening(entering, "报名开始", now))


def registration(rulebook: Rulebook, calendar: Calendar) -> Window:
    """From the first channel's opening to the last one's closing."""
    windows = [way.window for way in channels(rulebook, calendar, datetime.max.replace(tzinfo=BEIJING))]
    opens = [window.opens for window in windows if window.opens]
    closes = [window.closes for window in windows if window.closes]
    return Window("enter", min(opens, default=None), max(closes, default=None))


def _opening(window: Window, name: str, now: datetime) -> Turn | None:
    return Turn(window.opens, name, f"距{name}") if window.opens and now < window.opens else None
