"""The demo's judging: 初评 of category A with works before three judges, one of them the demo's, and a hall for the
终审路演 that is open: whoever plays may score, vote and run the final.
"""

from decimal import Decimal

from django.db import transaction

from core.accounts.models import User
from judging.models import Judge, Round
from judging.services import assigning, judges, live, opening, pool, scoring
from registrations.work_models import Work
from tracks.models import Edition

from . import demo_works

PROMISES = ("privacy", "confidentiality")
COLLEAGUES = (
    "演示评委乙",
    "演示评委丙",
)  # their sheets are signed, so that the organiser's monitor has something to show
TITLES = ("鹭鸟的三餐", "滩涂夜未眠", "盐从哪里来", "一棵木棉的四季", "岭南骑楼会呼吸")
SEED = "演示开奖号 20250911"


@transaction.atomic  # whole or not at all; and no worker comes between
def prepare(edition: Edition, judge: User, contact: User, organiser: User) -> None:
    """Make it, once."""
    rounds = Round.objects.select_related("category", "edition", "track").filter(edition=edition, category__code="A")
    review, final = (rounds.filter(code=code).first() for code in ("review", "final"))
    first = Work.objects.filter(edition=edition, category="A", state="passed").first()
    if review is None or final is None or first is None or review.candidates.exists():
        return
    authors = [
        User.objects.create_user(f"演示作者{name}", email=f"author{n}@demo.test")
        for n, name in enumerate("丁戊己庚辛", 4)
    ]
    more = [demo_works.make_passed(edition, title, user, contact) for title, user in zip(TITLES, authors, strict=True)]
    works = [Work.objects.select_related("entry__track", "current").get(pk=work.pk) for work in (first, *more)]
    others = [User.objects.create_user(name, email=f"judge{n}@demo.test") for n, name in enumerate(COLLEAGUES, 2)]
    for round_ in (review, final):
        pool.add(round_, [pool.thing_of(work) for work in works], by=organiser, reason="演示")
        seats = [_seat(round_, user, organiser) for user in (judge, *others)]
        assigning.give(round_, [(seat.pk, work.pk) for seat in seats for work in round_.candidates.all()])
        opening.open_round(round_, by=organiser, reason="演示")
    for strict, user in enumerate(others):
        _judge(review.judges.get(user=user), strict)
    hall = live.save_session(final, {"window": "end", "choices_max": 3}, by=organiser)
    live.publish_seed(hall, SEED, by=organiser)
    live.draw_order(hall, by=organiser)
    live.start(hall, by=organiser)


def _seat(round_: Round, user: User, by: User) -> Judge:
    asked = judges.invite(
        round_, by=by, email=user.email or "", name=user.real_name, expert={"organisation": "演示大学"}
    )
    return judges.join(asked, by=user, accepted=PROMISES)[0]


def _judge(seat: Judge, strict: int) -> None:
    """All of their works, each a little better than the one before; signed. strict: points taken off."""
    held = seat.assignments.select_related("judge__user", "round", "candidate").order_by("candidate")
    for number, assignment in enumerate(held):
        marks = {one.code: Decimal(72 + 4 * number - strict) for one in seat.round.criteria.all()}
        scoring.save(assignment, marks, by=seat.user, submit=True)
    scoring.sign(seat, by=seat.user)
