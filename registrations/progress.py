"""我到哪一步了: what this app says of an entry. `aisc_portal.progress` adds what later apps say, and makes the page.

Every app that knows something of entries has `progress.part(dossier, reader) -> Part`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from tracks.wording import end, instant

from .blocks import Checklist, Claims, Fix, Reader, Team, claim_page, page_of
from .journey import Day, Step, days_of, milestones_of, steps_of
from .services import entering
from .services.dossier import Dossier
from .work_progress import OPEN_TO, Works, step_of, to_do

FOLDER = "registrations/entries"


@dataclass(frozen=True)
class Task:
    """What its people do now, or wait for. Without a label there is nothing to press."""

    say: str
    label: str = ""
    href: str = ""
    until: datetime | None = None  # exclusive
    fix: bool = False  # something came back, or was missed: comes before everything else


@dataclass(frozen=True)
class Block:
    """A piece of the page: a template that is given `data` and `reader`; blocks stand in the order of their `place`."""

    place: int
    template: str
    data: Any


@dataclass(frozen=True)
class Part:
    """What one app adds to the page."""

    steps: Sequence[Step] = ()
    tasks: Sequence[Task] = ()
    days: Sequence[Day] = ()
    blocks: Sequence[Block] = ()
    side: Sequence[Block] = ()


def part(dossier: Dossier, reader: Reader) -> Part:
    """Entering and eligibility."""
    return Part(
        steps=[known for step in steps_of(dossier) if (known := _with_works(step, dossier))],
        tasks=[task_of(dossier, reader), *(task for task in _works_to_do(dossier, reader) if task.fix)],
        days=days_of(dossier),
        blocks=list(_blocks(dossier, reader)),
        side=[Block(90, f"{FOLDER}/_facts.html", dossier)],
    )


def _with_works(step: Step, dossier: Dossier) -> Step | None:
    """The step of handing in works as they stand; the others as they are."""
    return step_of(dossier) if step.code == "submit" else step


# --- What to do now ---------------------------------------------------------------------------------------


def task_of(dossier: Dossier, reader: Reader) -> Task:
    """The one thing, with its deadline."""
    match dossier.entry.state:
        case "draft":
            return _to_enter(dossier, reader)
        case "entered":
            return _while_judged(dossier, reader)
        case "accepted":
            return next(_works_to_do(dossier, reader), Task(_what_follows(dossier)))
        case "rejected":
            return Task("资格审核没有通过，原因见下面。", fix=True)
    return Task("这份报名已退出。")


def _works_to_do(dossier: Dossier, reader: Reader) -> Iterator[Task]:
    for said in to_do(dossier, reader):
        yield Task(said.say, said.label, said.href, said.until, said.fix)


def _to_enter(dossier: Dossier, reader: Reader) -> Task:
    if closed := entering.changeable(dossier.entry, dossier.now):
        return Task(f"还没有提交。{closed[0].message}。", fix=True)
    until = dossier.window.closes
    by = f"请在 {end(until)} 前" if until else "请"
    if not reader.acts:
        return Task(f"队伍代表还没有提交，{end(until)} 截止。" if until else "队伍代表还没有提交。", until=until)
    if missing := dossier.missing():
        first = page_of(missing[0], dossier.entry)
        return Task(f"还差 {len(missing)} 处，{by}补齐并提交。", "去补齐", first, until)
    return Task(f"都填好了，{by}提交。", "去提交", reverse("entry_submit", args=[dossier.entry.pk]), until)


def _while_judged(dossier: Dossier, reader: Reader) -> Task:
    if returned := [claim for claim in dossier.claims if claim.state == "returned"]:
        until = min((claim.correct_until for claim in returned if claim.correct_until), default=None)
        if until and until <= dossier.now:
            return Task("参赛条件被退回，补正期已过，请联系赛道联系人。", fix=True)
        say = f"参赛条件被退回，请在 {end(until)} 前补正。" if until else "参赛条件被退回，请补正。"
        return Task(say, "去补正" if reader.acts else "", claim_page(returned[0]), until, fix=True)
    if wanting := dossier.team_problems(deciding=True):
        label, href = ("去补齐", page_of(wanting[0], dossier.entry)) if reader.acts else ("", "")
        return Task(f"已提交。审核前还差 {len(wanting)} 处，请尽快补齐。", label, href)
    return Task(f"已提交，等{dossier.track.short_name}联系人审核，结果会发通知。暂不用操作。")


def _what_follows(dossier: Dossier) -> str:
    starts = [m.starts_at for m in milestones_of(dossier) if "train" in m.opens and m.starts_at]
    coming = [at for at in starts if at > dossier.now]
    return f"资格已通过，{instant(min(coming))}开始培训，暂不用操作。" if coming else "资格已通过。"


# --- The blocks of the page -------------------------------------------------------------------------------


def _blocks(dossier: Dossier, reader: Reader) -> Iterator[Block]:
    for claim in dossier.claims:
        if claim.state == "returned" or (claim.state == "rejected" and dossier.entry.state == "rejected"):
            yield Block(0, f"{FOLDER}/_fix.html", Fix(dossier, claim))
    if reader.acts:
        checklist = Checklist(dossier, reader)
        if checklist.hints or checklist.sections:
            yield Block(10, f"{FOLDER}/_checklist.html", checklist)
    if dossier.entry.state in OPEN_TO and dossier.entry.categories:
        yield Block(20, "registrations/works/_block.html", Works(dossier, reader))
    if dossier.claims:
        yield Block(30, f"{FOLDER}/_claims.html", Claims(dossier))
    yield Block(40, f"{FOLDER}/_people.html", Team(dossier, reader))
