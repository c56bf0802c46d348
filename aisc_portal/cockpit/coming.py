"""The next dates of the contest, with whom each concerns: 再过 3 天：单位推荐截止，47 个单位未提交."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.clock import BEIJING
from tracks.rulebook import ACTIONS
from tracks.wording import dashed, end, instant, last_instant

from .figures import Figures

MOST = 5
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Coming:
    """A door that will open or close."""

    at: datetime
    title: str  # 单位推荐截止
    impact: str  # 47 个单位未提交
    detail: str = ""
    days: int = 0
    action: str = ""
    closes: bool = False

    @property
    def heading(self) -> str:
        """再过 3 天：单位推荐截止，47 个单位未提交."""
        ahead = f"再过 {self.days} 天" if self.days else "就在今天"
        return "，".join(filter(None, [f"{ahead}：{self.title}", self.impact]))

    @property
    def when(self) -> str:
        """12 月 15 日（周日）17:00."""
        return end(self.at) if self.closes else instant(self.at)

    @property
    def short(self) -> str:
        """12-22 周日."""
        at = last_instant(self.at) if self.closes else self.at.astimezone(BEIJING)
        return f"{dashed(at)} 周{WEEKDAYS[at.weekday()]}"


def coming(figures: Figures) -> list[Coming]:
    """The next doors in order of time; of one moment, what closes comes first."""
    found = []
    for action, name in ACTIONS.items():
        window = figures.edition.window(action)
        if window.closes and window.closes > figures.now:
            found.append(_at(figures, window.closes, f"{name}截止", action, CLOSING, closes=True))
        if window.opens and window.opens > figures.now:
            found.append(_at(figures, window.opens, f"{name}开始", action, OPENING, closes=False))
    return sorted(found, key=lambda one: (one.at, not one.closes))[:MOST]


def _at(
    figures: Figures, at: datetime, title: str, action: str, impacts: dict[str, "Impact"], *, closes: bool
) -> Coming:
    day = (last_instant(at) if closes else at.astimezone(BEIJING)).date()
    impact, detail = impacts[action](figures) if action in impacts else ("", "")
    return Coming(at, title, impact, detail, (day - figures.now.astimezone(BEIJING).date()).days, action, closes)


Impact = Callable[[Figures], tuple[str, str]]


def _recommend(figures: Figures) -> tuple[str, str]:
    silent, idle, drafts = figures.units("silent"), figures.units("idle_places"), figures.units("drafts")
    if not silent:
        return "所有单位都已提交", ""
    ready = f"；其中 {drafts} 行已填写，只差提交" if drafts else ""
    return f"{silent} 个单位未提交", f"影响 {idle} 个名额{ready}"


def _register(figures: Figures) -> tuple[str, str]:
    drafts = figures.entries_where(lambda entry: entry.state == "draft")
    return (f"{drafts} 份报名填了没交", "含已认领、还没有提交的") if drafts else ("没有填了没交的报名", "")


def _claim(figures: Figures) -> tuple[str, str]:
    left = figures.unclaimed
    return (f"{left} 个名额未认领", "可以提醒推荐单位转告本人") if left else ("名额都已认领", "")


def _submit(figures: Figures) -> tuple[str, str]:
    left = figures.without_work
    return (f"{left} 支队伍还没有交作品", "") if left else ("", "")


def _review(figures: Figures) -> tuple[str, str]:
    left = sum(one.left for one in figures.rounds if one.round.state == "open")
    return (f"{left} 份评分还没有交", "可以在评审进度里催评") if left else ("", "")


def _units(figures: Figures) -> tuple[str, str]:
    return f"{figures.units('invited')} 个单位有名额", ""


def _works(figures: Figures) -> tuple[str, str]:
    entries = figures.entries_where(lambda entry: entry.state in ("entered", "accepted"))
    return f"{entries} 支队伍可以提交", ""


CLOSING: dict[str, Impact] = {
    "recommend": _recommend, "register": _register, "claim": _claim, "submit": _submit, "review": _review,
}  # fmt: skip
OPENING: dict[str, Impact] = {"recommend": _units, "submit": _works}
