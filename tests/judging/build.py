"""Builders for the tests of judging: entries, pools, judges, distributions, sheets; all made by the services."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import uuid4

from core import clock
from core.accounts.models import User
from judging.models import Assignment, Candidate, Judge, Round, ScoreSheet
from judging.services import assigning, judges, opening, pool, scoring
from judging.services.pool import Thing
from registrations.entry_models import Entry
from registrations.services import entering
from tests.registrations.entries.build import REGISTERING
from tracks.models import Edition
from tracks.services import appoint_contact

PROMISES = ("privacy", "confidentiality")
EVEN = dict.fromkeys(("science", "ai_skill", "audience", "response", "originality", "lawful"), Decimal(80))


def organiser(email: str = "organiser@example.test") -> User:
    """Who runs the contest; the same person each time for an address."""
    return User.objects.filter(email=email).first() or User.objects.create_superuser("组委", email=email)


def contact(edition: Edition, track: str = "worker") -> User:
    """Who answers for a track."""
    user = User.objects.create_user(f"联系人{track}", email=f"{track}@example.test")
    appoint_contact(edition.tracks.get(code=track), user, by=None)
    return user


def round_of(edition: Edition, code: str = "review", category: str = "A") -> Round:
    """A round of the edition."""
    rounds = Round.objects.select_related("category", "edition", "track")
    return rounds.get(edition=edition, code=code, category__code=category)


def entry(edition: Edition, number: int, track: str = "worker", **values: object) -> Entry:
    """An individual's entry; person and organisation of its own."""
    clock.set_now(REGISTERING)
    number += Entry.objects.count() * 1000
    user = User.objects.create_user(f"作者{number:03}", email=f"author{number}@example.test")
    typed = {"kind": "individual", "organisation": f"第 {number} 中学", "categories": ["A", "B", "C"], **values}
    return entering.make_entry(edition, typed | {"track": edition.tracks.get(code=track)}, representative=user)


def candidates(round_: Round, count: int, first: int = 1) -> list[Candidate]:
    """Things in the round's pool, each of an entry of its own; no works, so that no files are needed."""
    things = [
        Thing(entry(round_.edition, number), f"test-{number}", f"作品 {number}")
        for number in range(first, first + count)
    ]
    return pool.add(round_, things, by=None)


def judge(round_: Round, number: int = 1, **expert: object) -> Judge:
    """A judge who came by invitation and promised."""
    email = f"judge{number}@example.test"
    user = User.objects.filter(email=email).first() or User.objects.create_user(f"评委{number:03}", email=email)
    invitation = judges.invite(round_, by=None, email=email, name=user.real_name, expert=expert)
    return judges.join(invitation, by=user, accepted=PROMISES)[0]


def given(round_: Round, seats: Iterable[Judge], works: Iterable[Candidate]) -> list[Assignment]:
    """Every one of these works before every one of these judges."""
    seats, works = list(seats), list(works)
    assigning.give(round_, [(one.pk, work.pk) for one in seats for work in works])
    return list(Assignment.objects.filter(judge__in=seats, candidate__in=works).select_related("judge", "round"))


def opened(round_: Round, works: int = 3, seats: int = 3) -> list[Assignment]:
    """A round in which scores are taken: its assignments, all works before all judges."""
    made = given(round_, [judge(round_, n) for n in range(1, seats + 1)], candidates(round_, works))
    opening.open_round(round_, by=organiser(), reason="测试")
    round_.refresh_from_db()
    return made


def score(assignment: Assignment, points: int | Mapping[str, Decimal] = 80, *, submit: bool = True) -> ScoreSheet:
    """The judge's sheet, all criteria alike unless said otherwise."""
    marks = dict.fromkeys(EVEN, Decimal(points)) if isinstance(points, int) else points
    return scoring.save(assignment, marks, by=assignment.judge.user, submit=submit, key=uuid4())


def signed(assignments: Iterable[Assignment], points: Iterable[int] = ()) -> None:
    """Everything scored and signed."""
    assignments = list(assignments)
    values = list(points) or [80 + n % 15 for n in range(len(assignments))]
    for one, value in zip(assignments, values, strict=True):
        score(one, value)
    for seat in {one.judge for one in assignments}:
        scoring.sign(seat, by=seat.user)
