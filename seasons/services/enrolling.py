"""A seat in a course: for oneself, or by the representative for the whole entry; given back again. Always free."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import violated
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused, refuse_if
from registrations.entry_models import Member
from registrations.states import ENTRY_IN

from ..models import Course, Enrolment
from ..rules.training import Asking, check_seat
from ..training_models import CAPACITY_CHECK
from .courses import lock


def enrol(course: Course, members: Iterable[Member], *, by: User) -> list[Enrolment]:
    """Give each of these people a seat, all or none; who has one keeps it. Gives the new ones.

    Raises Refused with what check_seat finds, with `course.full` when the seats do not suffice, and for people that
    `by` does not act for.
    """
    members = list(members)
    with transaction.atomic(), recorded("enrolment.made", by=by):
        course = lock(course)
        now = clock.now()
        refuse_if(problem for member in members for problem in _acts(member, by) or problems_of(course, member, now))
        seated = set(course.enrolments.filter(left_at=None, member__in=members).values_list("member", flat=True))
        fresh = [member for member in members if member.pk not in seated]
        if course.left is not None and len(fresh) > course.left:
            raise Refused(_full(course, len(fresh)))
        try:
            with transaction.atomic():
                made = _seats(course, fresh, now)
        except IntegrityError as error:
            if violated(error) == CAPACITY_CHECK:
                raise Refused(_full(course, len(fresh))) from error
            raise
        first = course.sessions.filter(state="planned", ends_at__gt=now).first()
        said = {
            "course": course.name,
            "first": first.starts_at if first else None,
            "link": link_to("course", course=course.pk),
        }
        words = [Word(one.member.user, "training-enrolled", said, one) for one in made]
        notify_all(words, None, occasion_of(now))
    return made


def _seats(course: Course, members: list[Member], now: datetime) -> list[Enrolment]:
    """A seat for each; who had one before gets it back, with what they attended."""
    before = {one.member_id: one for one in course.enrolments.filter(member__in=members).select_related("member__user")}
    Enrolment.objects.filter(pk__in=[one.pk for one in before.values()]).update(left_at=None)
    fresh = [Enrolment(course=course, member=one, enrolled_at=now) for one in members if one.pk not in before]
    return [*before.values(), *Enrolment.objects.bulk_create(fresh)]


def leave(enrolment: Enrolment, *, by: User) -> None:
    """Give the seat back; what was attended stays on record. Raises Refused for one that was given back already, and
    for somebody else's."""
    with transaction.atomic(), recorded("enrolment.left", by=by):
        lock(enrolment.course)
        refuse_if(_acts(enrolment.member, by))
        gone = Enrolment.objects.filter(pk=enrolment.pk, left_at=None).update(left_at=clock.now())
        refuse_if([] if gone else [Problem("enrolment.gone", "已经退出这门课，不用再退")])


def problems_of(course: Course, member: Member, now: datetime) -> list[Problem]:
    """Why this person can have no seat, so that the page says it before anybody clicks."""
    entry = member.entry
    category = course.season.category
    sessions = [session for session in course.sessions.all() if session.state == "planned"]
    asking = Asking(
        name=member.name,
        course_open=course.state == "published" and course.season.state == "published",
        entry_in=entry.edition_id == course.season.edition_id and entry.state in ENTRY_IN and member.left_at is None,
        category=category.code if category else "",
        categories=tuple(entry.categories),
        track=course.track.code if course.track else "",
        entry_track=entry.track.code,
        over=bool(sessions) and all(session.ends_at <= now for session in sessions),
    )
    return check_seat(asking)


def _acts(member: Member, by: User) -> list[Problem]:
    """Oneself, or the representative for all."""
    if member.user_id == by.pk or member.entry.people.filter(user=by, left_at=None, role="representative").exists():
        return []
    return [Problem("enrolment.other", f"{member.name}的课要由本人或队伍代表报名")]


def _full(course: Course, asked: int) -> Problem:
    left = course.left or 0
    words = f"“{course.name}”只剩 {left} 个名额，这次要报 {asked} 人" if left else f"“{course.name}”名额已满"
    return Problem("course.full", f"{words}，请减少人数或选另一门课")
