"""The steps of an entry from the unit's recommendation to the prize, and the dates that lie before its people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse

from tracks.channels import REGISTER
from tracks.models import Milestone
from tracks.wording import dashed, end, last_instant, short

from .services.dossier import Dossier

ENTERING = {"recommend", "claim", REGISTER}  # what only those still outside wait for
LATER = (
    ("train", "培训"),
    ("submit", "提交作品"),
    ("advance", "推选参赛"),
    ("serve", "积分赛季"),
    ("final", "终审颁奖"),
)
VOLUNTARY = "自愿参加"


@dataclass(frozen=True)
class Step:
    """One stop of the way. A later app that knows more of it gives another step of the same code."""

    code: str
    name: str
    state: Literal["done", "now", "fix", "todo"]
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Day:
    """A date to come. at: what it is sorted by; when: how it is written."""

    at: datetime
    when: str
    text: str
    note: str = ""
    hot: bool = False

    @classmethod
    def bound(cls, until: datetime, text: str, *, hot: bool = False) -> "Day":
        """A deadline, given as an exclusive bound."""
        at = last_instant(until)
        return cls(at, dashed(at), text, end(until).rpartition("）")[2], hot)


def steps_of(dossier: Dossier) -> list[Step]:
    """The whole way; what comes after the eligibility is foretold from the edition's dates (G28)."""
    return [*_ways_in(dossier), _filling(dossier), _review(dossier), *_later(dossier)]


def _ways_in(dossier: Dossier) -> Iterator[Step]:
    row = dossier.entry.row
    if row is not None:
        passed = dashed(row.decided_at) + " 通过" if row.decided_at else "已推荐"
        yield Step("recommend", "单位推荐", "done", passed)
        yield Step("claim", "认领名额", "done", f"{dashed(dossier.entry.created_at)} 完成")


def _filling(dossier: Dossier) -> Step:
    entry = dossier.entry
    step = "enter", "填写报名"
    if entry.entered_at:
        return Step(*step, "done", f"{dashed(entry.entered_at)} 提交")
    if not dossier.window.contains(dossier.now):
        return Step(*step, "fix", "没有提交")
    missing = len(dossier.missing())
    return Step(*step, "now", f"还差 {missing} 处" if missing else "可以提交", reverse("entry_edit", args=[entry.pk]))


def _review(dossier: Dossier) -> Step:
    entry = dossier.entry
    step = "eligibility", "资格审核"
    match entry.state:
        case "accepted":
            return Step(*step, "done", f"{dashed(entry.decided_at)} 通过" if entry.decided_at else "已通过")
        case "rejected":
            return Step(*step, "fix", "没有通过")
        case "entered":
            returned = any(claim.state == "returned" for claim in dossier.claims)
            return Step(*step, "fix", "退回补正") if returned else Step(*step, "now", "赛道联系人审核中")
    return Step(*step, "todo", "赛道联系人审核")


def _later(dossier: Dossier) -> Iterator[Step]:
    for code, name in LATER:
        if code == "advance":
            if dossier.rulebook.training and dossier.rulebook.training.required:
                yield Step(code, name, "todo", "看培训情况推荐")
        elif found := [m for m in milestones_of(dossier) if code in m.opens and m.starts_at]:
            yield Step(code, name, "todo", _span(found))


def _span(found: Sequence[Milestone]) -> str:
    """One milestone in full; of several, when the first begins."""
    if len(found) == 1:
        return short(found[0])
    return f"{dashed(min(m.starts_at for m in found if m.starts_at))} 起"


def milestones_of(dossier: Dossier) -> list[Milestone]:
    """The calendar, without what concerns other categories only."""
    mine = set(dossier.entry.categories)
    return [m for m in dossier.edition.calendar if not m.categories or mine & set(m.categories)]


def days_of(dossier: Dossier) -> list[Day]:
    """What lies ahead: the deadlines of the entry itself, then the contest's."""
    return [*_own_days(dossier), *_contest_days(dossier)]


def _own_days(dossier: Dossier) -> Iterator[Day]:
    closes = dossier.window.closes
    if closes and dossier.now < closes and dossier.entry.state in ("draft", "entered"):
        draft = dossier.entry.state == "draft"
        yield Day.bound(closes, "提交报名截止" if draft else "报名信息停止修改", hot=draft)
    for claim in dossier.claims:
        if claim.state == "returned" and claim.correct_until:
            yield Day.bound(claim.correct_until, "参赛条件补正截止", hot=True)


def _contest_days(dossier: Dossier) -> Iterator[Day]:
    formats = {season.milestone: season.format for season in dossier.rulebook.seasons}
    for m in milestones_of(dossier):
        if m.starts_at and m.starts_at > dossier.now and not ENTERING & set(m.opens):
            lasting = m.kind in ("window", "open_ended") and "train" not in m.opens
            note = VOLUNTARY if "serve" in m.opens else formats.get(m.code, "")
            text = f"{m.name}{'开始' if lasting else ''}"
            yield Day(m.starts_at, dashed(m.starts_at) if m.precision in ("minute", "day") else short(m), text, note)
    ends = {m.ends_at for m in milestones_of(dossier) if "submit" in m.closes and m.ends_at}
    yield from (Day.bound(at, "作品提交截止") for at in sorted(ends) if at > dossier.now)
