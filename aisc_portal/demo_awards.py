"""The demo's prizes: category B was judged to the end by two judges and is locked; its list is drafted, nothing is
announced. Whoever plays the organiser publishes both rankings, decides the list, announces it, and may object to it.
"""

from decimal import Decimal

from django.db import transaction

from awards.services import drafting
from core import clock
from core.accounts.models import User
from judging.models import Judge, Round
from judging.services import assigning, closing, judges, opening, pool, scoring
from tracks.models import Edition

from . import demo_works
from .demo import jumps_of

PROMISES = ("privacy", "confidentiality")
TITLES = ("节气小课堂", "AI 识鸟", "垃圾分类问答", "中草药图鉴", "台风科普助手", "岭南老街导览", "科学家故事机")
SURNAMES = "赵钱孙李周吴郑"


@transaction.atomic  # whole or not at all; and no worker comes between
def prepare(edition: Edition, contact: User, organiser: User) -> None:
    """Make it, once."""
    rounds = Round.objects.select_related("category", "edition", "track").filter(edition=edition, category__code="B")
    review, final = (rounds.filter(code=code).first() for code in ("review", "final"))
    registering = next((jump.moment for jump in jumps_of(edition) if jump.code == "register"), None)
    if review is None or final is None or registering is None or review.candidates.exists():
        return
    before = clock.now()
    clock.set_now(registering)
    things = [_thing(edition, number, title, contact) for number, title in enumerate(TITLES, 1)]
    clock.set_now(before)
    experts = [User.objects.create_user(f"演示专家{name}", email=f"expert{name}@demo.test") for name in "12"]
    for round_ in (review, final):
        judged(round_, things, experts, organiser)
    for found in drafting.make_lists(edition, by=organiser):
        if found.award == "leader" and found.category and found.category.code == "B":
            drafting.draft(found, by=organiser)


def judged(round_: Round, things: list[pool.Thing], experts: list[User], organiser: User) -> None:
    """A round from its works to its lock."""
    pool.add(round_, things, by=organiser, reason="演示")
    seats = [_seat(round_, user, organiser) for user in experts]
    assigning.give(round_, [(seat.pk, work.pk) for seat in seats for work in round_.candidates.all()])
    opening.set_window(round_, opens_at=None, closes_at=None, reason="演示", by=organiser)
    opening.open_round(round_, by=organiser, reason="演示")
    for seat in seats:
        _judge(seat)
    closing.lock_round(round_, by=organiser)


def _thing(edition: Edition, number: int, title: str, contact: User) -> pool.Thing:
    user = User.objects.create_user(f"演示{SURNAMES[number - 1]}同学", email=f"winner{number}@demo.test")
    entry = demo_works.accepted(edition, user, contact)
    return pool.Thing(entry, f"demo-b-{number}", title)


def _seat(round_: Round, user: User, by: User) -> Judge:
    asked = judges.invite(
        round_, by=by, email=user.email or "", name=user.real_name, expert={"organisation": "演示科研院所"}
    )
    return judges.join(asked, by=user, accepted=PROMISES)[0]


def _judge(seat: Judge) -> None:
    """All works, the first the best; signed."""
    held = seat.assignments.select_related("judge__user", "round", "candidate").order_by("candidate")
    for number, assignment in enumerate(held):
        marks = {one.code: Decimal(95 - 3 * number) for one in seat.round.criteria.all()}
        scoring.save(assignment, marks, by=seat.user, submit=True)
    scoring.sign(seat, by=seat.user)
