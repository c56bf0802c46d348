"""What is known of how entries trained, gathered in a fixed number of queries, however many entries there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from registrations.entry_models import PARTICIPANTS, Entry, Member
from registrations.services.dossier import title_of
from registrations.work_models import Work
from tracks.models import Track

from ..models import Advance, Attendance, Course, Enrolment, QuizTry, Season, Session
from ..rules.advancing import CourseShare, Verdict, verdict
from ..rules.training import minutes_of

Told = dict[tuple[int, int], dict[str, int]]  # (session, enrolment) → source → minutes


def told_of(enrolments: Iterable[int]) -> Told:
    """Every source's minutes, of these enrolments."""
    told: Told = defaultdict(dict)
    rows = Attendance.objects.filter(enrolment__in=list(enrolments))
    for session, enrolment, how, minutes in rows.values_list("session", "enrolment", "how", "minutes"):
        told[session, enrolment][how] = minutes
    return told


def planned(course: Course) -> list[Session]:
    """Its sessions that take place; prefetched where `courses_of` made it."""
    return [session for session in course.sessions.all() if session.state == "planned"]


def held(course: Course) -> int:
    """Live minutes of the whole course."""
    return sum(session.minutes for session in planned(course))


def courses_of(season: Season) -> list[Course]:
    """The published courses of a theme, with their sessions."""
    return list(season.courses.filter(state="published").prefetch_related("sessions"))


def share_of(course: Course, seats: Collection[int], told: Told) -> CourseShare:
    """What an entry attended of one course: at each session the longest of its people (seats: their enrolments)."""
    attended = sum(
        max((minutes_of(told.get((session.pk, seat), {}), session.minutes) for seat in seats), default=0)
        for session in planned(course)
    )
    return CourseShare(attended, held(course))


@dataclass(frozen=True)
class Trained:
    """One entry of a theme, with what the rule says and what was decided."""

    entry: Entry
    title: str
    verdict: Verdict
    advance: Advance | None
    quiz: bool  # somebody of it passed the quiz
    work: Work | None  # of the theme's category; a draft counts as homework

    @property
    def published(self) -> bool:
        """Its people know."""
        return self.advance is not None and self.advance.state == "published"

    @property
    def goes(self) -> bool:
        """As decided, else as the rule says. A published decision stands as it was, a pick as long as it is needed."""
        return self.advance.goes if self.advance else self.verdict.goes

    @property
    def why(self) -> str:
        """The figures it is or was decided on."""
        return self.advance.why if self.advance and self.published else self.verdict.why

    @property
    def reason(self) -> str:
        """A contact's words."""
        return self.advance.reason if self.advance else ""


def trained(season: Season, tracks: Collection[Track] | None = None, only: Entry | None = None) -> list[Trained]:
    """The accepted entries of a theme's category, those that go on first. tracks: None for all. Six queries."""
    category = season.category.code if season.category else ""
    entries = Entry.objects.filter(edition=season.edition_id, state="accepted", categories__contains=[category])
    if tracks is not None:
        entries = entries.filter(track__in=[track.pk for track in tracks])
    if only is not None:
        entries = entries.filter(pk=only.pk)
    leaders = Member.objects.filter(role="representative", left_at=None)
    found = list(
        entries.select_related("track")
        .order_by("track__position", "pk")
        .prefetch_related(Prefetch("people", leaders, to_attr="leaders"))
    )
    keys = [entry.pk for entry in found]
    courses = {course.pk: course for course in courses_of(season)}
    seats = _seats(list(courses), keys)
    enrolments = [seat for by_course in seats.values() for many in by_course.values() for seat in many]
    told = told_of(enrolments)
    advances = {row.entry_id: row for row in Advance.objects.filter(season=season, entry__in=keys)}
    works = {
        work.entry_id: work
        for work in Work.objects.filter(entry__in=keys, category=category).exclude(state="withdrawn")
    }
    passed = set(
        QuizTry.objects.filter(enrolment__in=enrolments, passed=True).values_list("enrolment__member__entry", flat=True)
    )
    rule = season.edition.rulebook.training
    lines = []
    for entry in found:
        entry.edition = season.edition
        shares = [share_of(courses[key], many, told) for key, many in seats.get(entry.pk, {}).items()]
        leader = next(iter(entry.leaders), None)
        lines.append(
            Trained(
                entry,
                title_of(entry, leader),
                verdict(rule, shares),
                advances.get(entry.pk),
                entry.pk in passed,
                works.get(entry.pk),
            )
        )
    return sorted(lines, key=lambda line: not line.goes)


def _seats(courses: list[int], entries: list[int]) -> dict[int, dict[int, list[int]]]:
    """Entry → course → enrolments of those who take part; instructors listen, and do not count."""
    rows = Enrolment.objects.here().filter(course__in=courses, member__entry__in=entries, member__role__in=PARTICIPANTS)
    seats: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pk, course, entry in rows.values_list("pk", "course", "member__entry"):
        seats[entry][course].append(pk)
    return seats
