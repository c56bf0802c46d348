"""What the services of judging leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core import clock
from core.accounts.models import User
from core.sheets import Book, Sheet, find_table
from core.states import move
from judging.models import Assignment, Judge, Plan, Round
from judging.services import (
    adoption,
    assigning,
    closing,
    gaps,
    importing,
    judges,
    monitoring,
    opening,
    pool,
    recusing,
    scoring,
)
from judging.services.pool import Thing
from judging.sheets import ROSTER
from tests.judging import build

NEXT = "second@example.test"


def me() -> User:
    """Who does it all in these tests."""
    return User.objects.get(email="organiser@example.test")


def review(stage: Any, *, amended: bool = False) -> Round:
    """初评 of category A; amended: nothing that the notice leaves open stands in its way."""
    round_ = build.round_of(stage.edition)
    return adoption.amend(round_, {}, reason="沿用", by=me()) if amended else round_


def mine(round_: Round) -> list[Assignment]:
    """One work before me, made a judge past the services: whoever runs the contest could not become one."""
    panel = round_.panels.get(kind="expert")
    seat = Judge.objects.create(round=round_, panel=panel, user=me(), number=7, joined_at=clock.now())
    made = build.given(round_, [seat], build.candidates(round_, 1))
    Round.objects.filter(pk=round_.pk).update(state="open")
    return made


def held(stage: Any) -> Assignment:
    return mine(review(stage))[0]


def handed_in(stage: Any) -> Assignment:
    one = held(stage)
    build.score(one)
    return one


def invitation(stage: Any) -> Any:
    return judges.invite(review(stage), by=None, email="expert@example.test")


def own_invitation(stage: Any) -> Callable[..., Any]:
    User.objects.filter(pk=me().pk).update(is_superuser=False)
    return partial(judges.join, invitation(stage), accepted=build.PROMISES)


def seat(stage: Any) -> Judge:
    return build.judge(review(stage))


def plan(stage: Any, state: str = "ready") -> Plan:
    round_ = review(stage)
    one, work = build.judge(round_), build.candidates(round_, 1)[0]
    made = Plan.objects.create(round=round_, seed=1, asked_at=clock.now())
    if state == "ready":
        move(made, "finish", judges=[one.pk], candidates=[work.pk], done=100, parts=1)
    return made


def scored(stage: Any, *, alike: bool = False) -> Round:
    round_ = review(stage, amended=True)
    made = build.opened(round_, works=2, seats=1)
    build.signed(made, [80] * len(made) if alike else [])
    return build.round_of(stage.edition)


def locked(stage: Any, *, alike: bool = False) -> Round:
    closing.lock_round(scored(stage, alike=alike), by=me())
    return build.round_of(stage.edition)


def published(stage: Any) -> Round:
    round_ = locked(stage)
    closing.publish(round_, by=me())
    return build.round_of(stage.edition)


def asked_by_another(stage: Any) -> Any:
    return closing.ask_unlock(locked(stage), reason="漏评", by=build.organiser(NEXT))


def recusal(stage: Any) -> Any:
    round_ = review(stage)
    work = build.candidates(round_, 1)[0]
    return recusing.declare(build.judge(round_), work, found_by="contact", reason="师生", by=me())


def roster() -> Any:
    cells = ["1", "王小芳", "", "", "广东工业大学", "", "教授", "海洋", "13800138091", ""]
    return find_table(Book("表.xlsx", [Sheet("表", [[c.label for c in ROSTER], cells])]), ROSTER)


def tie(stage: Any) -> Callable[..., Any]:
    round_ = locked(stage, alike=True)
    works = [row.candidate for row in round_.snapshots.get().rows.all()]
    return partial(closing.decide_tie, round_, works[::-1], reason="复议")


def picked(stage: Any) -> Callable[..., Any]:
    round_ = scored(stage)
    return partial(closing.pick, round_, round_.candidates.all()[0], 0, reason="线下活动多")


def thing(stage: Any) -> Callable[..., Any]:
    round_ = review(stage)
    return partial(pool.add, round_, [Thing(build.entry(stage.edition, 1), "test-1", "作品")])


def gone(stage: Any) -> Any:
    return pool.withdraw(build.candidates(review(stage), 1)[0], reason="退出", by=me())


def ready(stage: Any) -> Round:
    round_ = review(stage)
    build.given(round_, [build.judge(round_)], build.candidates(round_, 1))
    return round_


def signed_sheet(stage: Any) -> Any:
    return scored(stage).sheets.all()[0]


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    adoption.amend: ("round.amended", lambda s: partial(adoption.amend, review(s), {"severity_k": 4}, reason="试评")),
    opening.open_round: ("round.opened", lambda s: partial(opening.open_round, ready(s), reason="先评")),
    opening.set_window: (
        "round.extended",
        lambda s: partial(opening.set_window, review(s), opens_at=clock.now(), closes_at=None, reason="顺延"),
    ),
    pool.add: ("candidates.added", thing),
    pool.withdraw: (
        "candidate.withdrawn",
        lambda s: partial(pool.withdraw, build.candidates(review(s), 1)[0], reason="退出"),
    ),
    pool.restore: ("candidate.restored", lambda s: partial(pool.restore, gone(s), reason="误操作")),
    pool.set_anchor: (
        "candidate.anchored",
        lambda s: partial(pool.set_anchor, build.candidates(review(s), 1)[0], True),
    ),
    assigning.set_pair: (
        "pair.set",
        lambda s: partial(assigning.set_pair, seat(s), build.candidates(review(s), 1)[0], True, reason="专长"),
    ),
    judges.invite: ("judge.invited", lambda s: partial(judges.invite, review(s), email="expert@example.test")),
    judges.resend: ("judge.invitation_resent", lambda s: partial(judges.resend, invitation(s))),
    judges.decline: ("invitation.declined", lambda s: partial(judges.decline, invitation(s))),
    judges.join: ("judge.joined", own_invitation),
    judges.remove: ("judge.removed", lambda s: partial(judges.remove, seat(s), reason="出差")),
    importing.import_roster: ("judge.invited", lambda s: partial(importing.import_roster, review(s), roster())),
    recusing.declare: (
        "recusal.declared",
        lambda s: partial(
            recusing.declare, seat(s), build.candidates(review(s), 1)[0], found_by="organiser", reason="师生"
        ),
    ),
    recusing.recuse: ("recusal.declared", lambda s: partial(recusing.recuse, held(s), reason="师生")),
    recusing.lift: ("recusal.lifted", lambda s: partial(recusing.lift, recusal(s), reason="查无此事")),
    assigning.ask: ("plan.asked", lambda s: partial(assigning.ask, ready(s), seed=1)),
    gaps.fill: ("plan.asked", lambda s: partial(gaps.fill, ready(s))),
    assigning.discard: ("plan.discarded", lambda s: partial(assigning.discard, plan(s))),
    assigning.publish: ("plan.published", lambda s: partial(assigning.publish, plan(s))),
    scoring.save: ("sheet.saved", lambda s: partial(scoring.save, held(s), build.EVEN)),
    scoring.abstain: ("sheet.abstained", lambda s: partial(scoring.abstain, held(s), "看不懂")),
    scoring.resume: ("sheet.edited", lambda s: partial(scoring.resume, handed_in(s))),
    scoring.sign: ("sheets.signed", lambda s: partial(scoring.sign, handed_in(s).judge)),
    monitoring.urge: ("judge.urged", lambda s: partial(monitoring.urge, [held(s).judge])),
    monitoring.ask_again: ("sheet.reopened", lambda s: partial(monitoring.ask_again, signed_sheet(s), reason="极差大")),
    monitoring.count_export: ("scores.exported", lambda s: partial(monitoring.count_export, review(s))),
    closing.lock_round: ("round.locked", lambda s: partial(closing.lock_round, scored(s))),
    closing.ask_unlock: ("round.unlock_asked", lambda s: partial(closing.ask_unlock, locked(s), reason="漏评")),
    closing.answer_unlock: (
        "round.unlocked",
        lambda s: partial(closing.answer_unlock, asked_by_another(s), agree=True),
    ),
    closing.publish: ("round.published", lambda s: partial(closing.publish, locked(s))),
    closing.retract: ("round.retracted", lambda s: partial(closing.retract, published(s), reason="复核")),
    closing.withdraw: (
        "candidate.withdrawn",
        lambda s: partial(closing.withdraw, build.candidates(review(s), 1)[0], reason="抄袭"),
    ),
    closing.decide_tie: ("tie.decided", tie),
    closing.pick: ("advance.picked", picked),
    closing.advance: (
        "candidates.added",
        lambda s: partial(closing.advance, published(s), build.round_of(s.edition, "final")),
    ),
}
