"""初评 and 终审: pools, judges, distribution, scores by simulated judges, freeze, publication, advancement.

A work has a hidden quality; a judge a hidden severity. What the ranking finds of the truly best is the recall.
"""

import time
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Any
from uuid import uuid4

from django.db.models import Q

from core.accounts.models import User
from judging.models import Assignment, Judge, Recusal, Round, ScoreSheet
from judging.services import assigning, closing, judges, monitoring, opening, pool, recusing, scoring
from judging.services.pool import Thing
from registrations.entry_models import Entry
from tracks.rulebook.adopt import adopt_defaults

from .. import editions
from . import ballots, training
from .hands import LONG
from .scene import Scene
from .truth import NOISE, Truth

LOAD = 120  # works a judge is asked for, at most
PANEL = 7  # judges of the final, and the fewest of any round
PROMISES = ("privacy", "confidentiality")
DONE = ("submitted", "abstained", "signed")
UNITS = ("华南理工大学", "中山大学", "暨南大学", "华南师范大学", "广东省科学院", "南方科技大学", "深圳大学")


def _rounds(scene: Scene, code: str) -> list[Round]:
    found = Round.objects.filter(edition=scene.edition, code=code).select_related("category", "edition", "track")
    return [one for one in found if one.candidates.taking_part().exists()]


def settle(scene: Scene) -> None:
    """The organiser takes over the defaults that the notice leaves open; without that nothing could be published."""
    scene.edition.refresh_from_db()
    questions = {
        one for code in ("review", "final") for round_ in _all(scene, code) for one in closing.undecided(round_)
    }
    scene.refused({"round.not_locked"}, closing.publish, _all(scene, "review")[0], by=scene.organiser)
    if questions:
        with scene.accepted("采纳缺省"):
            editions.load(adopt_defaults(scene.edition.text, questions), by=scene.organiser, reason="主办会议采纳缺省")
    scene.edition.refresh_from_db()


def fill(scene: Scene) -> None:
    """Contacts list the passed works of those who advanced; without works, the accepted entries stand in for them."""
    truth = scene.truth
    for round_ in _all(scene, "review"):
        for contact in {user.pk: user for user in scene.contacts.values()}.values():
            works = [work for work in pool.eligible_works(round_, contact) if training.going(work)]
            with scene.accepted(f"{round_}列入作品"):
                pool.add(round_, [pool.thing_of(work) for work in works], by=contact)
        if not round_.candidates.exists():
            pool.add(round_, list(_entries(round_)), by=scene.organiser, reason="演练：没有作品，以报名代替")
        if count := round_.candidates.taking_part().count():
            truth.facts["rounds"][str(round_)] = count


def invite(scene: Scene) -> None:
    """Judges come in by their links and promise; some are colleagues of entrants. A contact is turned away."""
    truth, began = scene.truth, time.perf_counter()
    rounds = _rounds(scene, "review")
    if not rounds:
        return
    most = max(round_.candidates.taking_part().count() for round_ in rounds)
    wanted = max(PANEL, ceil(most * (rounds[0].judges_per_work or PANEL) / LOAD))
    beside = [round_.letter for round_ in rounds]
    employers = list(Entry.objects.filter(edition=scene.edition).exclude(organisation="").order_by("pk")[:200])
    for number in range(1, wanted + 1):
        employer = employers[number * 7 % len(employers)].organisation if employers and number % 10 == 0 else ""
        expert = {"organisation": employer or UNITS[number % len(UNITS)], "title": "教授"}
        email = f"expert{number}@example.test"
        with scene.accepted(f"评委 {number}"):
            asked = judges.invite(
                rounds[0], by=scene.organiser, email=email, name=f"专家{number}", categories=beside, expert=expert
            )
            user = User.objects.create_user(f"专家{number}", email=email)
            scene.refused({"consent.missing"}, judges.join, asked, by=user, accepted=())
            judges.join(asked, by=user, accepted=PROMISES)
            truth.experts.append(user)
    contact = next(iter(scene.contacts.values()))
    asked = judges.invite(rounds[0], by=scene.organiser, email="nobody@example.test")
    scene.refused({"judge.contact"}, judges.join, asked, by=contact, accepted=PROMISES)
    truth.facts["seconds"] += time.perf_counter() - began


def distribute(scene: Scene) -> None:
    """Conflicts are declared and found, the plan is worked out and published; then scoring opens."""
    truth = scene.truth
    for round_ in _rounds(scene, "review"):
        some = list(round_.judges.active().order_by("user_id")[:3])
        work = round_.candidates.taking_part()[0]
        if len(some) > (round_.judges_per_work or 0):
            recusing.declare(some[0], work, found_by="contact", reason="师生", by=scene.organiser)
        began = time.perf_counter()
        with scene.accepted(f"{round_}分配"):
            plan = assigning.ask(round_, by=scene.organiser, seed=scene.count)
            scene.deliver()
            plan.refresh_from_db()
            scene.expect(plan.state == "ready", f"{round_}：分配没有算出来 {plan.problems}")
            assigning.publish(plan, by=scene.organiser)
            opening.open_round(round_, by=scene.organiser)
        truth.facts["seconds"] += time.perf_counter() - began
        loads = Counter(round_.assignments.active().values_list("judge", flat=True)).values()
        truth.facts.setdefault("loads", {})[str(round_)] = [min(loads), max(loads)]
        truth.facts.setdefault("connected", {})[str(round_)] = plan.parts == 1
    truth.facts["conflicts"] = Recusal.objects.filter(judge__round__code="review").count()


def score(scene: Scene) -> None:
    """Most judges finish and sign; some recuse on the way, some abstain, one in ten is late."""
    for round_ in _rounds(scene, "review"):
        everybody = _judges(round_)
        scene.each(everybody, partial(_judge, scene, everybody))
    scene.deliver()


def _judge(scene: Scene, everybody: list[Judge], judge: Judge) -> None:
    number, held = everybody.index(judge), _held(judge)
    if number % 10 == 9:
        held = held[: len(held) // 2]
    _score(scene, held)
    if number % 10 == 3 and held:
        recusing.recuse(held[0], reason="作者是本人学生", by=judge.user)
    if number % 10 == 5 and held:
        scoring.abstain(held[-1], "方言听不懂", by=judge.user)


def finish(scene: Scene) -> None:
    """The late ones are reminded; all finish and sign; the widest spreads are looked at again."""
    for round_ in _rounds(scene, "review"):
        late = [one.judge for one in monitoring.progress(round_) if one.left]
        monitoring.urge(late, by=scene.organiser)
        scene.expect(monitoring.urge(late, by=scene.organiser) == 0, f"{round_}：同一天催了两次")
        scene.each(_judges(round_), partial(_sign, scene))
        for wide in monitoring.wide_spreads(round_, monitoring.scores_of(round_), most=3):
            sheet = ScoreSheet.objects.get(pk=wide.given[-1].sheet)
            monitoring.ask_again(sheet, reason="各评委分数相差较大", by=scene.organiser)
            again = Assignment.objects.select_related("judge__user", "round", "candidate").get(pk=sheet.assignment_id)
            _score(scene, [again])
            scoring.sign(again.judge, by=again.judge.user)


def _judges(round_: Round) -> list[Judge]:
    return list(round_.judges.active().select_related("user", "round").order_by("user_id"))


def _sign(scene: Scene, judge: Judge) -> None:
    """What is left, then the signature."""
    held = _held(judge)
    done = ScoreSheet.objects.filter(assignment__in=held, state__in=DONE).values_list("assignment", flat=True)
    _score(scene, [one for one in held if one.pk not in set(done)])
    with scene.accepted(f"{judge.round} {judge.label}签名"):
        scoring.sign(judge, by=judge.user)


def freeze(scene: Scene) -> None:
    """Lock; a score after it is refused; publish; who advances enters the final."""
    truth = scene.truth
    for round_ in _rounds(scene, "review"):
        began = time.perf_counter()
        with scene.accepted(f"{round_}封存"):
            closing.lock_round(round_, by=scene.organiser)
        truth.facts["seconds"] += time.perf_counter() - began
        last = _held(round_.judges.active()[0])[0]
        scene.refused({"round.closed"}, scoring.save, last, {}, by=last.judge.user)
        truth.facts.setdefault("recall", {})[str(round_)] = _recall(truth, round_)
        _publish(scene, round_)
        final = Round.objects.select_related("category", "edition").get(follows=round_, code="final")
        with scene.accepted(f"{round_}晋级"):
            closing.advance(
                Round.objects.select_related("category", "edition").get(pk=round_.pk), final, by=scene.organiser
            )


def final(scene: Scene) -> None:
    """终审: the whole panel judges every team that is there; then locked and published."""
    truth = scene.truth
    for round_ in _rounds(scene, "final"):
        opening.set_window(round_, opens_at=None, closes_at=None, reason="现场", by=scene.organiser)
        for user in truth.experts[:PANEL]:
            with scene.accepted(f"{round_} {user}"):
                asked = judges.invite(round_, by=scene.organiser, email=user.email or "", name=user.real_name)
                judges.join(asked, by=user, accepted=PROMISES)
        plan = assigning.ask(round_, by=scene.organiser, seed=scene.count)
        scene.deliver()
        plan.refresh_from_db()
        with scene.accepted(f"{round_}开始"):
            assigning.publish(plan, by=scene.organiser)
            opening.open_round(round_, by=scene.organiser, reason="全体评委，回避除外")
        scene.each(_judges(round_), partial(_sign, scene), few=LONG)
        truth.ballots += ballots.vote(scene, round_)
        with scene.accepted(f"{round_}封存"):
            closing.lock_round(round_, by=scene.organiser)
        _publish(scene, round_)
        truth.facts["rounds"][str(round_)] = round_.candidates.taking_part().count()


def totals(scene: Scene) -> dict[str, Any]:
    """What the summary tells."""
    facts = dict(scene.truth.facts)
    facts["sheets"] = ScoreSheet.objects.filter(state="signed").count()
    facts["seconds"] = round(facts["seconds"], 2)
    return facts


def _all(scene: Scene, code: str) -> list[Round]:
    return list(Round.objects.filter(edition=scene.edition, code=code).select_related("category", "edition", "track"))


def _entries(round_: Round) -> Iterable[Thing]:
    entries = Entry.objects.filter(
        Q(categories__contains=[round_.letter]), edition=round_.edition_id, state="accepted"
    ).select_related("track", "row__recommendation__unit")
    for entry in entries.order_by("pk"):
        yield Thing(entry, f"entry-{entry.pk}", f"作品 {entry.number}", None, (entry.track.code,), "", entry.entered_at)


def _held(judge: Judge) -> list[Assignment]:
    held = Assignment.objects.of(judge.user).filter(judge=judge)
    asked = ("judge__user", "round__category", "candidate__round__category")
    return list(held.select_related(*asked).order_by("candidate__number"))


def _score(scene: Scene, held: Iterable[Assignment]) -> None:
    truth, chance = scene.truth, scene.people.chance
    codes: list[str] = []
    for one in held:
        codes = codes or list(one.round.criteria.values_list("code", flat=True))
        point = truth.worth(one.candidate) + truth.strictness(one.judge.user.real_name) + chance.gauss(0, NOISE)
        marks = {code: Decimal(min(100, max(0, round(point + chance.gauss(0, 3))))) for code in codes}
        with scene.accepted(f"{one.code} 评分"):
            scoring.save(one, marks, by=one.judge.user, submit=True, key=uuid4())


def _recall(truth: Truth, round_: Round) -> float:
    """The share of the truly best that advance."""
    snapshot = round_.snapshots.first()
    if snapshot is None:
        return 0.0
    rows = list(snapshot.rows.select_related("candidate__round__category"))
    found = {row.candidate for row in rows if row.purposes}
    best = sorted((row.candidate for row in rows), key=lambda one: -truth.worth(one))[: len(found)]
    return round(len(found & set(best)) / len(found), 3) if found else 0.0


def _publish(scene: Scene, round_: Round) -> None:
    """Ties across the line are decided by the organiser first."""
    snapshot = round_.snapshots.first()
    tied = (
        [row.candidate for row in snapshot.rows.filter(undecided=True).select_related("candidate")] if snapshot else []
    )
    if tied:
        scene.refused({"round.tied"}, closing.publish, round_, by=scene.organiser)
        with scene.accepted(f"{round_}同分"):
            closing.decide_tie(round_, tied, reason="组委会复议", by=scene.organiser)
    with scene.accepted(f"{round_}公布"):
        closing.publish(round_, by=scene.organiser)
