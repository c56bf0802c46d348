"""奖励权益: made when a list is final, granted by whoever offers a chance, carried to the next edition, exported."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from core.states import move
from tracks.models import Edition

from ..models import AwardLine, AwardList, Entitlement
from ..rules.entitlements import Due, Grant, Holder, Rule, Won, due
from .facts import home_of


def rules_of(edition: Edition) -> list[Rule]:
    """The edition's entitlements as the rules take them."""
    return [
        Rule(
            one.code, one.award, one.holders, one.status, one.categories, one.tracks,
            tuple(Grant(g.level, g.months, g.value_yuan) for g in one.grants),
        )
        for one in edition.rulebook.entitlements
    ]  # fmt: skip


def grant_for(found: AwardList, lines: Iterable[AwardLine], now: datetime) -> list[Entitlement]:
    """What follows from the lines of a list that has just become final, in the caller's transaction."""
    won = [_won(found, line) for line in lines]
    owed = due(rules_of(found.edition), won)
    made = Entitlement.objects.bulk_create(_row(found.edition, one, now) for one in owed)
    granted = [row.pk for row, one in zip(made, owed, strict=True) if one.status == "granted"]
    Entitlement.objects.filter(pk__in=granted).update(state="granted", granted_at=now)
    return made


def _won(found: AwardList, line: AwardLine) -> Won:
    entry = line.entry
    return Won(
        line.pk, found.award, line.level, Holder(line.holder, line.name), found.category.code if found.category else "",
        entry.track.code if entry else "", line.organisation or (home_of(entry) if entry else ""),
    )  # fmt: skip


def _row(edition: Edition, one: Due, now: datetime) -> Entitlement:
    return Entitlement(
        edition=edition, code=one.rule, line_id=one.line, holder=one.holder.kind, name=one.holder.name,
        months=one.months, value_yuan=one.value_yuan, made_at=now,
    )  # fmt: skip


def grant(one: Entitlement, *, note: str, by: User) -> None:
    """A chance came true: whoever offers it has chosen. Raises Refused without a note, StaleState when it was."""
    refuse_if([] if note.strip() else [Problem("entitlement.note", "请写明由谁、凭什么选定", "note")])
    with transaction.atomic(), recorded("entitlement.granted", by=by, reason=note.strip()):
        move(one, "grant", granted_at=clock.now(), note=note.strip()[:300])


def carry(one: Entitlement, to: Edition, *, by: User) -> None:
    """A mentor goes over to the next edition (G42). Raises Refused for what is no matter of the next edition."""
    with transaction.atomic(), recorded("entitlement.carried", by=by):
        one = Entitlement.objects.select_for_update(no_key=True).select_related("edition").get(pk=one.pk)
        if not one.edition.rulebook.entitlement(one.code).next_edition:
            raise Refused(Problem("entitlement.this_edition", f"{one.title}只在本届有效，不转入下一届"))
        if one.state != "granted":
            raise Refused(Problem("entitlement.candidate", "还是候选，先授予（写明由谁推荐），再转入下一届"))
        if to.pk == one.edition_id:
            raise Refused(Problem("entitlement.same_edition", "请选下一届，不能转入本届", "edition"))
        one.carried_to = to
        one.save(update_fields=["carried_to"])


def carry_all(edition: Edition, to: Edition, *, by: User) -> int:
    """Every granted one that is for the next edition and was not carried yet; how many."""
    codes = [one.code for one in edition.rulebook.entitlements if one.next_edition]
    waiting = Entitlement.objects.filter(edition=edition, code__in=codes, state="granted", carried_to=None)
    with transaction.atomic(), recorded("entitlement.carried", by=by):
        for one in waiting:
            carry(one, to, by=by)
        return len(waiting)


def next_mentors(edition: Edition) -> list[Entitlement]:
    """导师 whom the last edition sends to this one (G42)."""
    carried = Entitlement.objects.filter(carried_to=edition).select_related("edition", "line")
    return list(carried.order_by("holder", "name"))
