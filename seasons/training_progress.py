"""我到哪一步了: what training says of an entry; `aisc_portal.progress` composes it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from registrations.blocks import Reader
from registrations.journey import Day, Step
from registrations.progress import Block, Part, Task
from registrations.services.dossier import Dossier
from registrations.states import ENTRY_IN
from tracks.wording import dashed, instant

from .models import Advance, Course, Enrolment
from .services.training_facts import planned

FOLDER = "seasons"


@dataclass(frozen=True)
class Trained:
    """The courses open to an entry, with the seats of its people, and what was decided of it."""

    courses: list[Course]
    seats: dict[int, list[Enrolment]]  # course → seats
    decided: list[Advance]

    @property
    def lines(self) -> list[tuple[Course, int]]:
        """(course, how many of the entry have a seat), those with seats first."""
        counted = [(course, len(self.seats.get(course.pk, []))) for course in self.courses]
        return sorted(counted, key=lambda line: not line[1])


def part(dossier: Dossier, reader: Reader) -> Part:
    """The steps 培训 and 推选参赛, sessions to come, and the courses. Three queries, one where nothing is on offer."""
    if dossier.entry.state not in ENTRY_IN:
        return Part()
    codes = list(dossier.entry.categories)
    offered = Course.objects.filter(
        season__edition=dossier.edition.pk,
        season__state="published",
        state="published",
        season__category__code__in=codes,
    )
    courses = [
        course
        for course in offered.select_related("season").prefetch_related("sessions").order_by("season", "position")
        if course.track_id in (None, dossier.entry.track_id)
    ]
    if not courses:
        return Part()
    seats: dict[int, list[Enrolment]] = {}
    for seat in Enrolment.objects.here().filter(course__in=courses, member__entry=dossier.entry):
        seats.setdefault(seat.course_id, []).append(seat)
    public = Advance.objects.filter(season__in=[course.season_id for course in courses], entry=dossier.entry)
    decided = list(public.filter(state="published").select_related("season"))
    told = Trained(courses, seats, decided)
    return Part(
        steps=list(_steps(dossier, told)),
        tasks=list(_tasks(dossier, told, reader)),
        days=list(_days(dossier, told)),
        blocks=[Block(25, f"{FOLDER}/_training.html", told)],
    )


def _steps(dossier: Dossier, told: Trained) -> Iterator[Step]:
    mine = [course for course in told.courses if course.pk in told.seats]
    ends = [session.ends_at for course in mine for session in planned(course)]
    href = reverse("training")
    if not mine:
        yield Step("train", "培训", "todo", "还没有报课", href)
    elif ends and max(ends) <= dossier.now:
        yield Step("train", "培训", "done", f"{dashed(max(ends))} 上完")
    else:
        yield Step("train", "培训", "todo", f"已报 {len(mine)} 门课", href)
    rule = dossier.rulebook.training
    if not (rule and rule.required):
        return
    if not told.decided:
        yield Step("advance", "推选参赛", "todo", "看培训情况推荐")
    elif going := [one for one in told.decided if one.goes]:
        yield Step(
            "advance", "推选参赛", "done", f"{dashed(going[0].published_at)} 推选" if going[0].published_at else ""
        )
    else:
        yield Step("advance", "推选参赛", "fix", "本次未推选")


def _tasks(dossier: Dossier, told: Trained, reader: Reader) -> Iterator[Task]:
    open_courses = [c for c in told.courses if any(s.ends_at > dossier.now for s in planned(c))]
    if not told.seats and open_courses and reader.belongs:
        yield Task("培训课程可以报名了，不收费。", "去报课", reverse("training"))


def _days(dossier: Dossier, told: Trained) -> Iterator[Day]:
    for course in told.courses:
        for session in planned(course) if course.pk in told.seats else []:
            if session.starts_at > dossier.now:
                clock = instant(session.starts_at).rpartition("）")[2]
                yield Day(session.starts_at, dashed(session.starts_at), f"上课：{session.title}", clock)
