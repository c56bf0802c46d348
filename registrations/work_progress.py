"""What the page “我到哪一步了” says of an entry's works: a step, what to do, a block."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse

from tracks.rulebook import Window
from tracks.rulebook.contest import Category
from tracks.wording import dashed, end

from .blocks import Reader
from .journey import Step
from .rules.places import extend_window
from .rules.works import date_to_keep
from .services.dossier import Dossier
from .work_models import Work

OPEN_TO = ("entered", "accepted")  # entries that may have works


@dataclass(frozen=True)
class WorkLine:
    """One category of an entry with its work, where there is one."""

    dossier: Dossier
    category: Category
    work: Work | None

    @cached_property
    def window(self) -> Window:
        """When it may be handed in."""
        window = self.dossier.edition.window("submit", self.category.code)
        return extend_window(window, self.work.unlocked_until if self.work else None)

    @property
    def state(self) -> str:
        """The work's; `none` before it is begun."""
        return self.work.state if self.work else "none"

    @property
    def label(self) -> str:
        """In words."""
        return self.work.get_state_display() if self.work else "还没有开始"

    @property
    def handed_in(self) -> bool:
        """Something of it counts."""
        return self.state in ("submitted", "returned", "passed")

    @property
    def until(self) -> datetime | None:
        """The exclusive bound to keep."""
        return date_to_keep(self.window, self.work.correct_until if self.work else None, self.dossier.now)

    @property
    def open(self) -> bool:
        """It may be filled in now."""
        if self.work and self.work.state == "returned" and self.work.correct_until:
            return self.dossier.now < self.work.correct_until or self.window.contains(self.dossier.now)
        return self.state not in ("rejected", "withdrawn") and self.window.contains(self.dossier.now)

    @property
    def href(self) -> str:
        """Its page, or the one that begins it."""
        if self.work:
            return reverse("work", args=[self.work.pk])
        return reverse("work_begin", args=[self.dossier.entry.pk, self.category.code])

    @property
    def wants_copy(self) -> bool:
        """A copy without names is still to be given."""
        work = self.work
        return bool(work and work.anonymous_asked_at and not work.anonymous_given_at)


def lines_of(dossier: Dossier) -> list[WorkLine]:
    """One for each category entered; one query."""
    works = {work.category: work for work in dossier.works}
    categories = [c for c in dossier.rulebook.categories if c.code in dossier.entry.categories]
    return [WorkLine(dossier, category, works.get(category.code)) for category in categories]


def step_of(dossier: Dossier) -> Step | None:
    """提交作品 among the steps; None where the edition takes no works."""
    lines = [line for line in lines_of(dossier) if line.window.opens or line.window.closes]
    if not lines:
        return None
    step, handed = ("submit", "提交作品"), sum(line.handed_in for line in lines)
    if dossier.entry.state not in OPEN_TO:
        opens = min((line.window.opens for line in lines if line.window.opens), default=None)
        return Step(*step, "todo", f"{dashed(opens)} 起" if opens else "")
    if any(line.state in ("returned", "rejected") for line in lines):
        back = any(line.state == "returned" for line in lines)
        return Step(*step, "fix", "退回补正" if back else "没有通过")
    if all(line.state == "passed" for line in lines):
        return Step(*step, "done", f"{handed} 件通过审核")
    if handed == len(lines):
        return Step(*step, "now", f"{handed} 件已提交，审核中")
    if not any(line.open for line in lines):
        if all(line.window.opens and dossier.now < line.window.opens for line in lines):
            return Step(*step, "todo", f"{dashed(min(line.window.opens for line in lines if line.window.opens))} 起")
        return Step(*step, "fix" if not handed else "now", f"已截止，提交 {handed}/{len(lines)} 件")
    return Step(*step, "now", f"已提交 {handed}/{len(lines)} 件")


@dataclass(frozen=True)
class Say:
    """A task before it is one of `progress`."""

    say: str
    label: str
    href: str
    until: datetime | None
    fix: bool


def to_do(dossier: Dossier, reader: Reader) -> Iterator[Say]:
    """What its people do about works now; what came back comes first."""
    if dossier.entry.state not in OPEN_TO:
        return
    lines = lines_of(dossier)
    for line in lines:
        if line.state == "returned":
            say = f"{line.category.code} 类作品被退回，请{f'在 {end(line.until)} 前' if line.until else ''}补正。"
            if not line.open:
                yield Say(f"{line.category.code} 类作品被退回，补正期已过，请联系赛道联系人。", "", "", None, True)
            else:
                yield Say(say, "去补正" if reader.acts else "", line.href, line.until, True)
        if line.wants_copy and line.work:
            until = line.work.anonymous_until
            say = f"请{f'在 {end(until)} 前' if until else ''}为 {line.category.code} 类作品提供匿名版。"
            href = reverse("work_anonymous", args=[line.work.pk])
            yield Say(say, "去提供" if reader.acts else "", href, until, True)
    if dossier.entry.state == "accepted":
        waiting = [line for line in lines if line.open and not line.handed_in]
        for line in sorted(waiting, key=lambda line: line.until or dossier.now):
            by = f"，{end(line.until)} 截止" if line.until else ""
            verb = "还没有提交" if line.work else "还没有开始"
            yield Say(
                f"{line.category.code} {line.category.short_name}作品{verb}{by}。",
                ("去填写" if line.work else "开始填写") if reader.acts else "",
                line.href,
                line.until,
                False,
            )


@dataclass(frozen=True)
class Works:
    """The block of the page."""

    dossier: Dossier
    reader: Reader

    @property
    def lines(self) -> list[WorkLine]:
        """One a category."""
        return lines_of(self.dossier)
