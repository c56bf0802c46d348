"""Units that are silent hear from the portal by the calendar, and from their contact by a click (催报); contacts hear
every morning what has arrived."""

from core import clock
from core.notices.models import Notice
from registrations.models import RecommendationRow, UnitQuota
from registrations.rules.reminders import CORRECTION_NEAR
from registrations.services import arrivals, reminders

from .scene import Desk, Scene


def morning(scene: Scene) -> None:
    """Whatever the day brings, the contacts hear first what the day before has brought; asked twice, told once."""
    _, again = (arrivals.remind(clock.now()) for _ in range(2))
    scene.expect(not again, f"昨天新到的重复告知了 {again} 份")


def _silent(scene: Scene) -> list[Desk]:
    """Units with places that have submitted nothing. All were invited, so all can be reached."""
    quotas = UnitQuota.objects.filter(edition=scene.edition).not_submitted()
    units = set(quotas.values_list("unit", flat=True))
    return [desk for desk in scene.desks if desk.unit.pk in units]


def remind(scene: Scene) -> None:
    """A week and a day before the deadline: every silent unit, once."""
    _remind(scene, len(_silent(scene)))


def remind_extended(scene: Scene) -> None:
    """A day before an extension ends: those that have it."""
    _remind(scene, sum(desk.wave in ("extended", "overdue") for desk in _silent(scene)))


def remind_correcting(scene: Scene) -> None:
    """A day before returned rows lose their turn: each unit that has some."""
    now = clock.now()
    near = RecommendationRow.objects.filter(
        state="returned", correct_until__gt=now, correct_until__lte=now + CORRECTION_NEAR
    )
    _remind(scene, near.values("recommendation", "correct_until").order_by().distinct().count())


def _remind(scene: Scene, expected: int) -> None:
    told = reminders.remind(clock.now())
    scene.expect(told == expected, f"应提醒 {expected} 家，实为 {told} 家")
    written = Notice.objects.count()
    reminders.remind(clock.now())
    scene.expect(Notice.objects.count() == written, "同一次提醒发了两遍")


def urge(scene: Scene) -> None:
    """Every contact asks the silent units under their care, once in 24 hours, and nobody who has submitted."""
    silent = _silent(scene)
    for contact in scene.contacts.values():
        mine = [desk for desk in scene.desks if desk.contact == contact]
        asked = [desk.quota for desk in mine if desk in silent]
        told = reminders.urge_many(asked, by=contact).told
        scene.expect(len(told) == len(asked), f"应催报 {len(asked)} 家，实为 {len(told)} 家")
        for quota in asked[:1]:
            scene.refused({"urge.too_soon"}, reminders.urge, quota, by=contact)
        for desk in [desk for desk in mine if desk.quota.taken][:1]:
            scene.refused({"urge.submitted"}, reminders.urge, desk.quota, by=contact)
        for desk in [desk for desk in mine if desk.quota.limit is None][:1]:
            scene.refused({"urge.closed"}, reminders.urge, desk.quota, by=contact)
