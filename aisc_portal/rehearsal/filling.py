"""Rows come in: typed, mended, submitted; some thought over again, some too late, some within an extension."""

from datetime import timedelta

from core import clock
from registrations.models import RecommendationRow
from registrations.services import adoption, extending, recommending

from .people import Attempt
from .scene import Desk, Scene

MISTAKEN = 0.15  # share of rows
APPETITES = {"greedy": 0.06, "modest": 1.0}
SECOND_THOUGHTS = {"withdraw": 0.08, "give_back": 0.08, "poach": 0.04, "": 1.0}
FEW = 3  # rows of a unit that does not fill its places, at most
LATE, LOSING = 20, 3  # units that try after the deadline; that lose a place then
Plan = tuple[Desk, list[Attempt]]
MORE_TIME, EXCUSE = timedelta(days=3), "来函说明网络故障"


def fill_early(scene: Scene) -> None:
    """Those who begin at once."""
    _fill(scene, "early")


def fill_after_reminder(scene: Scene) -> None:
    """Those whom the first reminder has woken."""
    _fill(scene, "after_reminder")


def fill_last_day(scene: Scene) -> None:
    """Those who always come on the last day."""
    _fill(scene, "last_day")


def fill_extended(scene: Scene) -> None:
    """Those who were given more time and use it."""
    _fill(scene, "extended")


def _fill(scene: Scene, wave: str) -> None:
    """Some want all their places and more, most send a few rows."""
    desks = scene.working(wave)
    open_ones: list[Plan] = []
    others: list[Plan] = []
    for desk, appetite in zip(desks, scene.people.deal(len(desks), APPETITES), strict=True):
        places = desk.quota.limit
        limit = places or 1  # who has none tries with one
        few, many = min(limit, scene.people.chance.randint(1, FEW)), limit + scene.people.chance.randint(1, 3)
        # Who is recommended is settled beforehand, since nobody may be recommended twice.
        plan = desk, desk.attempts(many if appetite == "greedy" else few, MISTAKEN)
        (open_ones if places is None else others).append(plan)
    scene.each(others, _try)
    for plan in open_ones:  # they remember their file until there are places for it
        _try(plan)


def _try(plan: Plan) -> None:
    desk, attempts = plan
    with desk.scene.accepted(desk.unit):
        _bring(desk, attempts)


def _bring(desk: Desk, attempts: list[Attempt]) -> None:
    """Enter, try, mend, submit what there is room for; the rest stays as drafts."""
    limit, kept = desk.quota.limit, desk.enter(attempts)
    codes = {code for attempt in kept for code in attempt.codes}
    if limit is None and kept:
        codes.add("places.closed")
    elif len(kept) > (limit or 0):
        codes.add("places.exceeded")
    if codes:
        desk.scene.refused(codes, desk.submit, desk.rows("draft"))
    desk.mend(attempts)
    if limit is None:
        return
    desk.submit(desk.ready())
    if beyond := desk.rows("draft"):  # one at a time it does not work either
        desk.scene.refused({"places.exceeded"}, desk.submit, beyond[:1])


def open_places(scene: Scene) -> None:
    """The organiser decides on places for a category that the notice leaves open (Q3), for one unit in three."""
    for desk in [desk for desk in scene.desks if desk.quota.limit is None][::3]:
        scene.refused({"reason.missing"}, adoption.set_limit, desk.quota, 2, reason=" ", by=scene.organiser)
        with scene.accepted(desk.unit):
            adoption.set_limit(desk.quota, 2, reason="主办单位核定", by=scene.organiser)
            if desk.wave == "early":
                desk.submit(desk.ready())


# --- Thought over again -------------------------------------------------------------------------------------


def think_again(scene: Scene) -> None:
    """Some withdraw a row and want it back, some hand back places, some recommend whom another unit has already."""
    able = [desk for desk in scene.submitted() if desk.officer and desk.way != "mailed"]
    deeds = {"withdraw": _withdraw, "give_back": _give_back, "poach": _poach}
    for desk, deed in zip(able, scene.people.deal(len(able), SECOND_THOUGHTS), strict=True):
        if deed:
            with scene.accepted(desk.unit):
                deeds[deed](desk)


def _withdraw(desk: Desk) -> None:
    """The place is free again, and it is gone for good once another row has taken it."""
    quota, row = desk.quota, desk.rows("submitted")[-1]
    recommending.withdraw_row(row, by=desk.by, reason="参赛者另有安排")
    full = quota.taken == quota.limit
    if full:
        if not desk.rows("draft"):
            desk.enter(desk.attempts(1))
        desk.submit(desk.ready())
    recommending.restore_row(row, by=desk.by)
    if full:
        desk.scene.refused({"places.exceeded"}, desk.submit, [row])
    else:
        desk.submit([row])


def _give_back(desk: Desk) -> None:
    """Hand back one place, and no more than are left."""
    quota = desk.quota
    left = (quota.limit or 0) - quota.taken
    if left:
        adoption.return_places(quota, 1, by=desk.by)
    codes = {"quota.nothing_to_return"}
    desk.scene.refused(codes, adoption.return_places, quota, max(left, 1), by=desk.by)


def _poach(desk: Desk) -> None:
    """Nobody is recommended by two units (Q7)."""
    theirs = RecommendationRow.objects.holding().exclude(recommendation=desk.form).order_by("pk")
    person = desk.scene.people.chance.choice(list(theirs))
    values = {"name": person.name, "phone": person.phone, "organisation": "城南中学", "categories": ["A"]}
    row = recommending.save_row(desk.form, values, by=desk.by)
    full = {"places.exceeded"} if desk.quota.taken == desk.quota.limit else set()
    desk.scene.refused({"person.twice"} | full, desk.submit, [row])
    recommending.delete_row(row, by=desk.by)


# --- Around the deadline ------------------------------------------------------------------------------------


def late(scene: Scene) -> None:
    """At the deadline every draft is refused, places or not (G30); a row that is withdrawn now is lost."""
    desks = [desk for desk in scene.submitted() if desk.officer and desk.way != "mailed"]
    for desk in desks[:LATE]:
        with scene.accepted(desk.unit):
            desk.enter(desk.attempts(1))
            full = {"places.exceeded"} if desk.quota.taken == desk.quota.limit else set()
            scene.refused({"window.late"} | full, desk.submit, desk.rows("draft")[-1:])
    for desk in [desk for desk in desks if desk.rows("approved")][:LOSING]:
        with scene.accepted(desk.unit):
            row = desk.rows("approved")[0]
            recommending.withdraw_row(row, by=desk.by)
            recommending.restore_row(row, by=desk.by)
            scene.refused({"window.late"}, desk.submit, [row])


def extend(scene: Scene) -> None:
    """Units that missed the deadline are given more time, with a reason."""
    closes = scene.edition.window("recommend").closes or clock.now()
    for desk in scene.working("extended", "overdue"):
        quota, until, by = desk.quota, closes + MORE_TIME, desk.contact
        scene.refused({"reason.missing"}, extending.extend, quota, until, reason=" ", by=by)
        scene.refused({"extension.not_later"}, extending.extend, quota, closes, reason=EXCUSE, by=by)
        with scene.accepted(desk.unit):
            extending.extend(quota, until, reason=EXCUSE, by=by)


def late_again(scene: Scene) -> None:
    """An extension ends too."""
    for desk in scene.working("overdue"):
        with scene.accepted(desk.unit):
            desk.enter(desk.attempts(1))
            closed = {"places.closed"} if desk.quota.limit is None else set()
            scene.refused({"window.late"} | closed, desk.submit, desk.rows("draft"))
