"""The funnel: from invited units to certificates, each step a bar, its number, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracks.wording import dashed

from .figures import Figures


@dataclass(frozen=True)
class Step:
    """One bar. full: what the whole width stands for; later: its time has not come, so the bar is an outline; more:
    than at the end of yesterday, None where history does not tell it."""

    label: str
    number: int
    full: int
    note: str = ""
    warn: bool = False
    later: bool = False
    more: int | None = None

    @property
    def width(self) -> str:
        """Of the bar, in per cent for an SVG."""
        return percent(self.number, self.full)


def percent(part: int, whole: int) -> str:
    """93.7%; 0.0% of nothing."""
    return f"{min(part * 100 / whole, 100):.1f}%" if whole else "0.0%"


def units(figures: Figures) -> list[Step]:
    """Units, as far as the recommending goes."""
    invited, opened, begun, submitted = (figures.units(f) for f in ("invited", "opened", "begun", "submitted"))
    return [
        Step("受邀", invited, invited, "已开放名额的单位"),
        Step("已开通", opened, invited, _missing(invited - opened, "个未开通", invited), warn=opened < invited),
        Step("已填写", begun, invited, _missing(invited - begun, "个还没动笔", invited)),
        Step(
            "已提交", submitted, invited, _missing(invited - submitted, "个未提交", invited), warn=submitted < invited
        ),
    ]


def teams(figures: Figures) -> list[Step]:
    """Rows, entries, works, finalists, prizes."""
    rows = figures.rows_where(lambda row: True)
    passed = figures.rows_where(lambda row: row.state == "approved")
    waiting = figures.rows_where(lambda row: row.state == "submitted")
    claimed = sum(row.claimed for row in figures.rows)
    own = figures.entries_where(lambda entry: not entry.recommended and entry.state in ("entered", "accepted"))
    full = max(rows, own, 1)
    more = figures.growth
    found = [
        Step("推荐队伍", rows, full, f"名额 {figures.units('places')}", more=more.rows if more else None),
        Step(
            "审核通过",
            passed,
            full,
            f"待审 {waiting}，补正 {rows - passed - waiting}",
            more=more.passed if more else None,
        ),
        Step(
            "本人认领", claimed, full, _missing(figures.unclaimed, "个名额未认领", passed), warn=figures.unclaimed > 0
        ),
        Step("自主报名", own, full, "没有单位推荐的", more=more.own if more else None),
    ]
    works, finalists = sum(figures.works.values()), figures.finalists
    honours = figures.honours
    later = [
        Step(
            "提交作品",
            works,
            full,
            f"{figures.without_work} 支还没有交" if works else "",
            more=more.works if more else None,
        ),
        Step("进入终审", finalists, full),
        Step("获奖", honours.prizes, full, "已公示或已生效"),
        Step("证书", honours.certificates, full, f"已制作 {honours.printed}" if honours.certificates else ""),
    ]
    return [*found, *(step if step.number else _later(step, figures) for step in later)]


def _later(step: Step, figures: Figures) -> Step:
    """Nothing yet: when it begins, where the calendar says so."""
    action = {"提交作品": "submit", "进入终审": "final"}.get(step.label)
    opens = figures.edition.window(action).opens if action else None
    note = f"{dashed(opens)} 开始" if opens and opens > figures.now else "还没有"
    return Step(step.label, 0, step.full, note, later=True, more=step.more)


def _missing(count: int, words: str, of: int) -> str:
    """How many of so many have not; of none there is nothing to say."""
    if not of:
        return ""
    return f"{count} {words}" if count else "全部"


def since_yesterday(steps: Sequence[Step]) -> str:
    """推荐队伍 +18，审核通过 −2; empty where history does not tell it."""
    if all(step.more is None for step in steps):
        return ""
    changed = [f"{step.label}\u00a0{step.more:+d}".replace("-", "−") for step in steps if step.more]
    return "，".join(changed) or "没有变化"
