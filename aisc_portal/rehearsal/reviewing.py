"""The contacts pass rows or send them back; units correct them in time, answer in words, or come too late."""

from collections.abc import Iterable
from typing import Any

from core import clock
from core.accounts.models import User
from registrations.models import RecommendationRow
from registrations.services import recommending, reviewing

from .paper import stamp_form
from .scene import Desk, Scene

RETURNED, CORRECTED, UNCORRECTED, ANSWERED = 0.15, 0.7, 0.3, 0.15  # shares
REASONS = ("联系电话打不通，请换一个", "报名类别与作品不符，请确认", "电话似有误，请与本人核对")
WORDS = "已与本人核对，内容无误"


def review(scene: Scene) -> None:
    """Each contact goes through what has arrived: passes most, sends some back, asks for the stamp where it lacks."""
    desks = {desk.unit.pk: desk for desk in scene.desks}
    for contact in scene.contacts.values():
        passed = []
        for row in _queue(contact):
            if row.decided_at is None and scene.people.some(RETURNED):
                with scene.accepted(row):
                    reviewing.return_row(row, reason=scene.people.chance.choice(REASONS), by=contact)
            else:
                passed.append(row)
        waiting = _pass(scene, passed, desks, contact)
        for desk in dict.fromkeys(desks[row.recommendation.unit_id] for row in waiting):
            stamp_form(desk)
        _pass(scene, waiting, desks, contact)


def _queue(contact: User) -> list[RecommendationRow]:
    rows = RecommendationRow.objects.visible_to(contact).filter(state="submitted").order_by("pk")
    return list(rows.select_related("recommendation__unit", "recommendation__edition"))


def _pass(
    scene: Scene, rows: Iterable[RecommendationRow], desks: dict[int, Desk], contact: User
) -> list[RecommendationRow]:
    """Pass rows together; gives those that must wait for a stamp."""
    rows = list(rows)
    expected = {row.pk: desks[row.recommendation.unit_id].against_passing(row) for row in rows}
    decided = reviewing.approve_rows(rows, by=contact)
    found: dict[int, list[str]] = {row.pk: [] for row in decided.done}
    found |= {row.pk: refused.codes for row, refused in decided.refused}
    for row in rows:
        scene.expect(found[row.pk] == expected[row.pk], f"{row}：审核应得 {expected[row.pk]}，实为 {found[row.pk]}")
    return [row for row, _ in decided.refused]


def correct(scene: Scene) -> None:
    """Most returned rows come back, changed or with a word; no place is taken for them again."""
    coming = []
    for desk in scene.submitted():
        rows = [row for row in desk.rows("returned") if _in_time(scene, row) and scene.people.some(CORRECTED)]
        if rows:
            coming.append((desk, rows, [row for row in rows if scene.people.some(ANSWERED)]))
    scene.each(coming, lambda one: _come_back(*one))
    for desk, rows, answered in coming:
        desk.revised(row for row in rows if row not in answered)


def _come_back(desk: Desk, rows: list[RecommendationRow], answered: list[RecommendationRow]) -> None:
    scene = desk.scene
    if scene.people.some(UNCORRECTED):
        scene.refused({"row.not_corrected"}, desk.submit, rows)
    with scene.accepted(desk.unit):
        for row in answered:
            recommending.save_row(desk.form, {"reply": WORDS}, by=desk.by, row=row)
        if changes := {row: _correction(desk, row) for row in rows if row not in answered}:
            desk.change(changes)
        desk.submit(rows)


def _in_time(scene: Scene, row: RecommendationRow) -> bool:
    """Within 补正, or as long as anybody may submit (Q32)."""
    now, closes = clock.now(), scene.edition.window("recommend").closes
    return (row.correct_until is not None and now < row.correct_until) or (closes is not None and now < closes)


def _correction(desk: Desk, row: RecommendationRow) -> dict[str, Any]:
    """What the reason asks for."""
    if "类别" not in row.review_note:
        return {"phone": desk.new_phone(row)}
    others = sorted({*desk.facts.categories} - {*row.categories}) or row.categories[:1]
    return {"categories": others}


def too_late(scene: Scene) -> None:
    """After its own deadline a returned row cannot be changed any more."""
    for desk in scene.submitted():
        for row in [row for row in desk.rows("returned") if not _in_time(scene, row)]:
            scene.refused({"row.correction_late"}, desk.change, {row: {"phone": desk.new_phone(row)}})
