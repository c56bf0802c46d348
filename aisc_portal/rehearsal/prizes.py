"""One month's prizes through judging: the theme's records before judges, the public ranking, points; then a change."""

from decimal import Decimal
from random import Random

from core.accounts.models import User
from judging.models import Assignment, Round
from judging.services import adoption, assigning, closing, judges, opening, scoring
from seasons.models import PointFact, Season
from seasons.services import posting, prizing

from .scene import Scene

SEATS = 3
PROMISES = ("privacy", "confidentiality")


def judge(scene: Scene, theme: Season, chance: Random) -> None:
    """The theme's approved records are scored; what the ranking gives is granted once, a change only on command."""
    by = scene.organiser
    round_ = adoption.amend(prizing.open_round(theme, by=by), {}, reason="演练：沿用缺省", by=by)
    theme.refresh_from_db()
    records = prizing.eligible(theme).count()
    scene.expect(prizing.fill(theme, by=by) == records, f"{theme}：通过的记录没有全部列入")
    if not records:
        return
    seats = [_seat(round_, f"theme{number}@example.test", by) for number in range(1, SEATS + 1)]
    candidates = list(round_.candidates.taking_part())
    assigning.give(round_, [(seat.pk, one.pk) for seat in seats for one in candidates])
    opening.open_round(round_, by=by, reason="演练：三位评委评全部")
    for seat in seats:
        mine = Assignment.objects.filter(judge=seat).select_related("judge__user", "round", "candidate")
        for held in mine.order_by("candidate__number"):  # a judge's own order is drawn
            marks = {one.code: Decimal(chance.randrange(55, 100)) for one in round_.criteria.all()}
            scoring.save(held, marks, by=seat.user, submit=True)
        scoring.sign(seat, by=seat.user)
    with scene.accepted(f"{round_}封存和公布"):
        closing.lock_round(Round.objects.get(pk=round_.pk), by=by)
        closing.publish(Round.objects.get(pk=round_.pk), by=by)
    theme.refresh_from_db()
    if prizing.outlook(theme).problems:  # equal places across a line: the organiser's matter
        return
    granted = prizing.settle_first()
    scene.expect(granted > 0 and prizing.settle_first() == 0, f"{theme}：奖项应发放一次，实为 {granted} 项")
    _change(scene, theme)
    scene.counts["prizes.judged"] += PointFact.objects.filter(season=theme, kind="prize", voided_at=None).count()


def _change(scene: Scene, theme: Season) -> None:
    """The first record leaves: nothing happens to points until the organiser says so."""
    best = prizing.outlook(theme).snapshot.rows.select_related("candidate__round", "candidate__entry").get(position=1)
    closing.withdraw(best.candidate, reason="演练：材料不实", by=scene.organiser)
    held = PointFact.objects.filter(season=theme, kind="prize", entry=best.candidate.entry, voided_at=None)
    scene.expect(prizing.settle_first() == 0 and held.exists(), f"{theme}：名次变动后奖项自己变了")
    found = prizing.outlook(theme)
    if found.changes:
        with scene.accepted(f"{theme}更正奖项"):
            prizing.settle(theme, reason="演练：名次变动", by=scene.organiser, seen=found.mark)
        posting.post(scene.edition)


def _seat(round_: Round, email: str, by: User) -> judges.Judge:
    user = User.objects.filter(email=email).first() or User.objects.create_user("月赛评委", email=email)
    asked = judges.invite(round_, by=by, email=email, name=user.real_name, expert={"organisation": "演练大学"})
    return judges.join(asked, by=user, accepted=PROMISES)[0]
