"""Inviting many units at once: judge a pasted or uploaded list, then send to the good lines."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.problems import Problem, errors
from core.sheets import Line, Table

from ..models import Officer, OfficerInvitation, Unit
from .units import invite_many, unit_finder


@dataclass(frozen=True)
class InviteLine(Line):
    """A unit and where its invitation would go. `unchanged`: it needs none."""

    unit: Unit = field(default_factory=Unit)
    address: str = ""
    name: str = ""
    note: str = ""  # why it needs none


def judge_invitations(table: Table) -> list[InviteLine]:
    """What each row would do; rows without an address are passed over, so that the template may stay half empty."""
    find = unit_finder()
    seen: dict[int, int] = {}  # unit → row number
    settled = dict.fromkeys(Officer.objects.values_list("unit_id", flat=True), "已有填报人，不再邀请")
    waiting = OfficerInvitation.objects.open()
    settled |= dict.fromkeys(waiting.values_list("unit_id", flat=True), "已有待接受的邀请，不重复发")
    lines = []
    for row in table.rows:
        typed, address = row.values.get("unit", ""), row.values.get("address", "")
        if not address and typed:
            continue
        unit, problems = find(typed) if typed else None, list(row.problems)
        if unit is None:
            problems.append(Problem("invite.unit", f"没有找到单位“{typed}”，请填单位全称或曾用名", "unit"))
        elif seen.setdefault(unit.pk, row.number) != row.number:
            problems.append(Problem("invite.twice", f"与第 {seen[unit.pk]} 行是同一单位，请只留一行", "unit"))
        address, wrong = _address(address)
        problems += wrong
        note = settled.get(unit.pk, "") if unit else ""
        verdict = "wrong" if errors(problems) else "unchanged" if note else "new"
        title = unit.full_name if unit else typed
        name = row.values.get("name", "")
        lines.append(
            InviteLine(row.number, title, verdict, problems, {}, unit or Unit(), address, name, note)  # type: ignore[arg-type]
        )
    return lines


def invite_listed(table: Table, *, by: User) -> int:
    """Invite the good lines, all or none. Returns how many invitations went out."""
    good = [line for line in judge_invitations(table) if line.verdict == "new"]
    return invite_many([(line.unit, line.address, line.name) for line in good], by=by)


def _address(typed: str) -> tuple[str, list[Problem]]:
    """A mailbox or mobile number as we keep it, or what is wrong with it."""
    if "@" in typed:
        try:
            validate_email(normalise_email(typed))
        except ValidationError:
            return typed, [Problem("invite.email", f"“{typed}”不是有效的邮箱地址", "address")]
        return normalise_email(typed), []
    try:
        return normalise_phone(typed), []
    except ValueError as error:
        return typed, [Problem("invite.phone", str(error) if typed else "请填写邮箱或手机号", "address")]
