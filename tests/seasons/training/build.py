"""Builders for the tests of training: a course, people in it, attendance; all made by the services."""

from datetime import datetime, timedelta

from aisc_portal import editions
from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.entry_models import Entry, Member
from registrations.services import entering, verdicts
from seasons.models import Course, Enrolment, Season, Session
from seasons.services import attending, courses, enrolling
from tests.judging.build import organiser
from tests.registrations.entries import build as entries
from tracks.models import Edition
from tracks.rulebook.adopt import adopt_defaults

FIRST = datetime(2025, 1, 5, 19, 30, tzinfo=BEIJING)
LENGTH = timedelta(minutes=90)
LINK = "https://meeting.example.test/first"


def decided(edition: Edition) -> Edition:
    """The edition with the training rule adopted (Q9)."""
    editions.load(adopt_defaults(edition.text, {"Q9"}), by=organiser(), reason="采纳缺省")
    return Edition.objects.get(pk=edition.pk)


def theme(edition: Edition, code: str = "theme_a") -> Season:
    """One of the three training themes."""
    return Season.objects.select_related("edition", "category").get(edition=edition, code=code)


def course(edition: Edition, *, sessions: int = 2, code: str = "theme_a", **values: object) -> Course:
    """A published course: 90 minutes on successive evenings."""
    made = courses.save_course(theme(edition, code), {"name": "AI 科普作品创作入门", **values}, by=organiser())
    for number in range(sessions):
        session(made, number)
    courses.publish_course(made, by=organiser())
    return made


def session(of: Course, number: int = 0, **values: object) -> Session:
    """The session of one evening."""
    starts = FIRST + timedelta(days=number)
    told = {"title": f"第 {number + 1} 讲", "starts_at": starts, "ends_at": starts + LENGTH, "link": LINK, **values}
    return courses.save_session(of, told, by=organiser())


def name_of(number: int) -> str:
    """参训甲, 参训乙, …"""
    return f"参训{'甲乙丙丁戊己庚辛壬癸'[number - 1]}"


def accepted(edition: Edition, number: int = 1, track: str = "worker", **values: object) -> Entry:
    """An entry whose eligibility has passed; the clock stands before the first session afterwards."""
    person = User.objects.create_user(name_of(number), email=f"trainee{number}@example.test")
    clock.set_now(entries.REGISTERING)
    entry = entries.draft(edition, person, track, **{"categories": ["A"], **values})
    entries.claim(entry)
    entry = entering.enter(entry, by=person, accepted=entries.TEXTS)
    claim = entry.claims.get()
    verdicts.accept_claim(claim, seen=verdicts.mark(claim), by=organiser())
    clock.set_now(FIRST - timedelta(days=3))
    entry.refresh_from_db()
    return entry


def leader(entry: Entry) -> Member:
    """Its representative."""
    return entry.people.select_related("user", "entry__track").get(role="representative")


def seat(of: Course, entry: Entry) -> Enrolment:
    """The representative takes a seat."""
    member = leader(entry)
    return enrolling.enrol(of, [member], by=member.user)[0]


def attend(of: Session, seated: Enrolment) -> None:
    """Types the code on the screen, half an hour after the beginning."""
    clock.set_now(of.starts_at + timedelta(minutes=30))
    attending.attend(of, attending.code_now(of, clock.now())[0], by=seated.member.user)


def all_of(of: Course) -> list[Session]:
    """Its sessions in order of time."""
    return list(of.sessions.select_related("course__season__edition").order_by("starts_at"))


def end(of: Course) -> None:
    """The clock stands after the last session."""
    clock.set_now(all_of(of)[-1].ends_at + timedelta(minutes=1))
