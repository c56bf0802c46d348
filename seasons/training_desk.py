"""What training has waiting for somebody after signing in: their own courses, and for instructors their pupils'."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.accounts.models import User
from registrations.entry_models import PARTICIPANTS, Entry, Member
from registrations.work_models import Work
from tracks.models import Edition
from tracks.wording import end, instant

from .models import Course, Enrolment, Material, Question, QuizTry, Seen
from .services.training_facts import planned


@dataclass(frozen=True)
class Waiting:
    """A course in which somebody has something to do."""

    course: Course
    words: str  # 正在上课，去签到


def waiting_of(user: User, edition: Edition, now: datetime) -> list[Waiting]:
    """The courses of an edition that a person has a seat in and is not through with: two queries.

    Before the first session has begun there is nothing to do, and nothing is told; `progress` tells the date.
    """
    seats = Enrolment.objects.here().filter(member__user=user, course__season__edition=edition)
    works = Work.objects.filter(
        entry=OuterRef("member__entry"), category=OuterRef("course__season__category__code")
    ).exclude(state="withdrawn")
    told = seats.select_related("course__season__category").annotate(
        unseen=_number(Material.objects.filter(course=OuterRef("course")))
        - _number(Seen.objects.filter(enrolment=OuterRef("pk")), "enrolment"),
        asked=Exists(Question.objects.filter(course=OuterRef("course"))),
        passed=Exists(QuizTry.objects.filter(enrolment=OuterRef("pk"), passed=True)),
        tried=_number(QuizTry.objects.filter(enrolment=OuterRef("pk")), "enrolment"),
        written=Exists(works),
    )
    found = [(seat.course, _words(seat, edition, now)) for seat in told.prefetch_related("course__sessions")]
    return [Waiting(course, words) for course, words in found if words]


def _number(rows, of="course"):  # type: ignore[no-untyped-def]  # how many rows of an outer one, 0 for none
    counted = rows.order_by().values(of).annotate(number_=Count("pk")).values("number_")
    return Coalesce(Subquery(counted), 0)


def _words(seat: Enrolment, edition: Edition, now: datetime) -> str:
    """What is to be done next; "" for nothing."""
    sessions, course = planned(seat.course), seat.course
    if any(one.starts_at <= now < one.ends_at for one in sessions):
        return "正在上课，去签到"
    if not sessions or sessions[0].starts_at > now:
        return ""
    left = [f"材料还有 {seat.unseen} 份没学"] if seat.unseen > 0 else []  # type: ignore[attr-defined]
    if seat.asked and not seat.passed and seat.tried < course.tries:  # type: ignore[attr-defined]
        left.append("测验没有通过" if seat.tried else "测验没有做")  # type: ignore[attr-defined]
    if course.homework and course.season.category_id and not seat.written:  # type: ignore[attr-defined]
        left.append("作业没有写" + _due(seat, edition, now))
    coming = next((one for one in sessions if one.starts_at > now), None)
    if coming:
        left.append(f"下一次课 {instant(coming.starts_at)}")
    return "；".join(left)


def _due(seat: Enrolment, edition: Edition, now: datetime) -> str:
    """Until when the homework, a work's draft, can be handed in."""
    category = seat.course.season.category
    closes = edition.window("submit", category.code if category else None).closes
    return f"（{end(closes)} 截止）" if closes and closes > now else ""


@dataclass(frozen=True)
class Pupils:
    """How far the participants of an entry are."""

    people: int
    seated: int  # have a seat in a course
    passed: int  # passed a quiz

    @property
    def words(self) -> str:
        """For the desk of their instructor."""
        if not self.people:
            return ""
        return f"队员 {self.people} 人：已报培训 {self.seated}，测验通过 {self.passed}"


def pupils_of(entries: Collection[Entry]) -> dict[int, Pupils]:
    """By entry, one query; entries without participants are left out."""
    sitting = Enrolment.objects.here().filter(member=OuterRef("pk"))
    people = Member.objects.here().filter(entry__in=[one.pk for one in entries], role__in=PARTICIPANTS)
    told = people.annotate(
        sits=Exists(sitting), knows=Exists(QuizTry.objects.filter(enrolment__member=OuterRef("pk"), passed=True))
    )
    rows = (
        told.order_by()
        .values("entry")
        .annotate(every=Count("pk"), seated=Count("pk", filter=Q(sits=True)), passed=Count("pk", filter=Q(knows=True)))
    )
    return {row["entry"]: Pupils(row["every"], row["seated"], row["passed"]) for row in rows}
