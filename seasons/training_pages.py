"""What the pages of training show a reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch

from core.accounts.models import User
from core.problems import Problem
from registrations.entry_models import Member
from registrations.work_models import Work
from tracks.models import Edition

from .models import Course, Enrolment, Material, Season, Session
from .rules.training import minutes_of
from .services.enrolling import problems_of
from .services.training_facts import Told, held, planned, told_of

JOIN_BEFORE = timedelta(minutes=15)
Reader = User | AnonymousUser


@dataclass(frozen=True)
class Meeting:
    """A session before a reader."""

    session: Session
    now: datetime
    seated: bool
    minutes: int | None  # attended; None: nothing recorded
    recordings: Sequence[Material] = ()

    @property
    def live(self) -> bool:
        """Going on now: the code is taken."""
        return self.session.state == "planned" and self.session.starts_at <= self.now < self.session.ends_at

    @property
    def over(self) -> bool:
        """Has ended."""
        return self.now >= self.session.ends_at

    @property
    def link(self) -> str:
        """Into the meeting: for those with a seat, from a quarter of an hour before."""
        near = self.session.starts_at - JOIN_BEFORE <= self.now < self.session.ends_at
        return self.session.link if self.seated and near and self.session.state == "planned" else ""

    @property
    def word(self) -> str:
        """Where it stands."""
        if self.session.state == "cancelled":
            return "已取消"
        if self.live:
            return "正在上课"
        return "已结束" if self.over else "未开始"

    @property
    def tone(self) -> str:
        """Of the word's tag."""
        return "bad" if self.session.state == "cancelled" else "now" if self.live else ""


@dataclass(frozen=True)
class Person:
    """Somebody whom the reader may enrol: themselves, or whom they represent."""

    member: Member
    enrolment: Enrolment | None
    problems: list[Problem]


@dataclass
class CoursePage:
    """One course before a reader, in a fixed number of queries."""

    course: Course
    user: Reader
    now: datetime
    told: Told = field(default_factory=dict)

    @cached_property
    def seat(self) -> Enrolment | None:
        """The reader's own."""
        if not isinstance(self.user, User):
            return None
        seats = Enrolment.objects.here().filter(course=self.course, member__user=self.user)
        return seats.select_related("member__entry").prefetch_related("tries", "seen").first()

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Its sessions with what the reader attended."""
        told = told_of([self.seat.pk]) if self.seat else {}
        made = []
        for session in self.course.sessions.all():
            mine = told.get((session.pk, self.seat.pk)) if self.seat else None
            minutes = minutes_of(mine, session.minutes) if mine else None
            recordings = [one for one in self.materials if one.session_id == session.pk and one.kind == "recording"]
            made.append(Meeting(session, self.now, self.seat is not None, minutes, recordings))
        return made

    @cached_property
    def materials(self) -> list[Material]:
        """What is studied by oneself."""
        return list(self.course.materials.all())

    @property
    def lessons(self) -> list[tuple[Material, bool]]:
        """(material, whether the reader has gone through it)."""
        seen = {one.material_id for one in self.seat.seen.all()} if self.seat else set()
        return [(material, material.pk in seen) for material in self.materials]

    @property
    def learnt(self) -> int:
        """How many materials the reader has gone through."""
        return sum(seen for _, seen in self.lessons)

    @property
    def attended(self) -> int:
        """The reader's own minutes at sessions that take place."""
        return sum(one.minutes or 0 for one in self.meetings if one.session.state == "planned")

    @property
    def held(self) -> int:
        """Minutes of the whole course."""
        return held(self.course)

    @property
    def percent(self) -> int:
        """Of the live minutes."""
        return self.attended * 100 // self.held if self.held else 0

    @property
    def required(self) -> int | None:
        """Per cent of the live minutes that the contest asks for; None where it asks for none (Q9)."""
        rule = self.course.season.edition.rulebook.training
        return rule.attendance_percent if rule and rule.required else None

    @property
    def left(self) -> int:
        """Sessions still to come."""
        return sum(session.ends_at > self.now for session in planned(self.course))

    @cached_property
    def questions(self) -> int:
        """Of the quiz."""
        return self.course.questions.count()

    @property
    def quiz_passed(self) -> bool:
        """Whether the reader passed it."""
        return self.seat is not None and any(one.passed for one in self.seat.tries.all())

    @property
    def tries_left(self) -> int:
        """How often the reader may still hand it in."""
        return self.course.tries - len(self.seat.tries.all()) if self.seat else 0

    @cached_property
    def work(self) -> Work | None:
        """The entry's work of the theme's category: its draft counts as homework."""
        category = self.course.season.category
        if self.seat is None or category is None or not self.course.homework:
            return None
        return (
            Work.objects.filter(entry=self.seat.member.entry_id, category=category.code)
            .exclude(state="withdrawn")
            .first()
        )

    @cached_property
    def people(self) -> list[Person]:
        """Whom the reader may enrol, or why not."""
        if not isinstance(self.user, User):
            return []
        mine = Member.objects.here().filter(edition=self.course.season.edition_id, user=self.user)
        led = mine.filter(role="representative").values("entry")
        members = Member.objects.here().filter(pk__in=mine) | Member.objects.here().filter(entry__in=led)
        found = list(members.distinct().select_related("entry__track").order_by("entry", "pk"))
        seats = {one.member_id: one for one in self.course.enrolments.filter(left_at=None, member__in=found)}
        return [Person(member, seats.get(member.pk), problems_of(self.course, member, self.now)) for member in found]

    @property
    def open_people(self) -> list[Person]:
        """Those who may still take a seat."""
        return [one for one in self.people if one.enrolment is None and not one.problems]

    @property
    def seated_people(self) -> list[Person]:
        """Those who have one."""
        return [one for one in self.people if one.enrolment]

    @property
    def why_not(self) -> str:
        """Why nobody of the reader's can enrol; "" when somebody can, or has a seat."""
        if not self.people or self.open_people or self.seated_people:
            return ""
        return self.people[0].problems[0].message


@dataclass(frozen=True)
class Theme:
    """A training theme with its courses, and which of them the reader is in."""

    season: Season
    courses: list[Course]
    mine: frozenset[int]

    @property
    def lines(self) -> list[tuple[Course, Session | None, bool]]:
        """(course, its first session, whether the reader has a seat)."""
        return [(course, next(iter(planned(course)), None), course.pk in self.mine) for course in self.courses]


def themes_of(edition: Edition, user: Reader) -> list[Theme]:
    """The announced training themes, in order."""
    shown = Course.objects.visible_to(user).filter(state="published")  # type: ignore[arg-type]
    courses = shown.select_related("track").prefetch_related("sessions").order_by("position", "pk")
    seasons = Season.objects.filter(edition=edition).published().training().select_related("category", "milestone")
    mine: frozenset[int] = frozenset()
    if isinstance(user, User):
        seats = Enrolment.objects.here().filter(course__season__edition=edition, member__user=user)
        mine = frozenset(seats.values_list("course", flat=True))
    found = seasons.prefetch_related(Prefetch("courses", courses, to_attr="shown"))
    return [Theme(season, season.shown, mine) for season in found]
