"""Judging's part of the small contest in `tests/world.py`: a locked round in which the rival was a judge."""

from django.db.models import Model

from core.accounts.models import User
from judging.models import JudgeInvitation
from judging.services import assigning, closing, judges, opening, pool, recusing, scoring
from judging.services.pool import Thing
from registrations.entry_models import Entry
from tests.judging import build
from tracks.models import Edition


def make(edition: Edition, entry: Entry, rival: User) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages)."""
    round_, boss = build.round_of(edition), build.organiser()
    invited = judges.invite(round_, by=None, email=rival.email or "")
    judge = judges.join(invited, by=rival, accepted=build.PROMISES)[0]
    work, other = pool.add(round_, [Thing(entry, "work-1", "作品"), Thing(entry, "work-2", "回避的")], by=None)
    recusal = recusing.declare(judge, other, found_by="organiser", reason="师生", by=boss)
    assigning.give(round_, [(judge.pk, work.pk)])
    waiting: JudgeInvitation = judges.invite(round_, by=None, email="expert@example.test")
    opening.open_round(round_, by=boss, reason="先评")
    assignment = judge.assignments.select_related("judge__user").get()
    sheet = build.score(assignment)
    scoring.sign(judge, by=rival)
    closing.lock_round(round_, by=boss)
    arguments: dict[str, str | int] = {
        "round": round_.pk, "judge": judge.pk, "assignment": assignment.pk, "sheet": sheet.pk,
    }  # fmt: skip
    objects: dict[str, Model] = {
        "judging_round": round_,
        "judging_candidate": work,
        "judging_judge": judge,
        "judging_judgeinvitation": waiting,
        "judging_recusal": recusal,
    }
    return arguments, objects
