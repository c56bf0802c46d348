"""揭晓: the frozen ranking shown on the stage, one work at a time, the lowest prize first."""

from core.accounts.models import User
from core.problems import Problem, Refused, refuse_if

from ..models import Round, Session
from ..rules.revealing import Group, Placed, Prize, check_reveal, groups_of, next_stop
from .live import changed

STEPS = {"next": "揭晓下一名", "level": "揭晓整个奖级", "back": "收回上一名", "none": "从头开始"}


def groups(round_: Round) -> list[Group]:
    """The works of the latest snapshot by prize, the highest prize first; empty before the round is locked."""
    snapshot = round_.snapshots.first() if round_.state in ("locked", "published") else None
    if snapshot is None:
        return []
    rows = snapshot.rows.select_related("candidate__entry", "candidate__round__category").order_by("position")
    placed = [
        Placed(
            row.candidate.label,
            row.position,
            row.rank,
            row.candidate.title,
            row.candidate.entry.team_name,
            "" if row.score is None else f"{row.score:.2f}",
        )
        for row in rows
    ]
    return groups_of(prizes_of(round_), placed)


def prizes_of(round_: Round) -> list[Prize]:
    """The prizes that this round's ranking fills, the highest first; where the edition has none, one list."""
    found = [
        Prize(level.name, level.count)
        for award in round_.edition.rulebook.awards
        if not award.categories or round_.letter in award.categories
        for level in award.levels
        if level.round == round_.code
    ]
    return found or [Prize("名次", None)]


def reveal(session: Session, step: str, *, by: User) -> Session:
    """Go on by one work, to the end of the prize, or back. step: a key of STEPS. Raises Refused."""
    if step not in STEPS:
        raise Refused(Problem("reveal.step", "没有这一步"))
    with changed(session, "session.revealed", by) as held:
        found = groups(held.round)
        refuse_if(check_reveal(found))
        if held.phase != "reveal":
            raise Refused(Problem("reveal.phase", "先切换到“揭晓”，再逐个揭晓"))
        match step:
            case "next":
                held.revealed = min(held.revealed + 1, sum(len(group.works) for group in found))
            case "level":
                held.revealed = next_stop(found, held.revealed)
            case "back":
                held.revealed = max(held.revealed - 1, 0)
            case _:
                held.revealed = 0
    return held
