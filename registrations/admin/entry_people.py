"""Who is in an entry, for its contact: what is private stays hidden until asked for, and every look is recorded."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse

from core.accounts.contacts import mask_phone
from core.accounts.models import User
from core.problems import Problem, Refused

from ..entry_models import Member
from ..services import guardians
from ..services.dossier import Dossier
from ..services.revealing import reveal_member_phone
from ..states import GUARDIAN

NOBODY = Problem("private.none", "没有填写，或已经删除，请刷新页面")


@dataclass(frozen=True)
class Private:
    """One private fact of a person, as the page first shows it."""

    label: str
    told: str
    url: str = ""  # where to ask for more; "": there is none


@dataclass(frozen=True)
class Person:
    """A row of the list of people."""

    member: Member
    privates: list[Private] = field(default_factory=list)


def people_of(dossier: Dossier, revealed: tuple[int, str, str] = (0, "", "")) -> list[Person]:
    """revealed: whose, what, and how it reads in full, where something was asked for."""
    return [Person(member, _privates(dossier, member, revealed)) for member in dossier.people]


def _privates(dossier: Dossier, member: Member, revealed: tuple[int, str, str]) -> list[Private]:
    whose, what, whole = revealed

    def private(kind: str, label: str, told: str, more: bool = True) -> Private:
        if (whose, what) == (member.pk, kind):
            return Private(label, whole)
        url = reverse(f"admin:registrations_entry_{kind}", args=[dossier.entry.pk, member.pk])
        return Private(label, told, url if more else "")

    found = [private("phone", "电话", mask_phone(member.user.phone))] if member.user.phone else []
    if minor := dossier.minors.get(member.pk):
        known = minor.band is not None
        found.append(private("birth", "出生年月", "已填写" if known else "还没有填写", known))
        if minor.band != "adult":
            said = GUARDIAN.labels.get(minor.consent or "", "还没有请监护人同意")
            found.append(private("guardian", "监护人", said, minor.consent in ("asked", "given")))
    return found


def _phone(member: Member, by: User) -> str:
    return reveal_member_phone(member, by=by).removeprefix("+86")


def _birth(member: Member, by: User) -> str:
    if not hasattr(member, "birth"):
        raise Refused(NOBODY)
    return guardians.reveal_birth(member.birth, by=by)


def _guardian(member: Member, by: User) -> str:
    found = member.guardians.filter(state__in=("asked", "given")).first()
    if found is None:
        raise Refused(NOBODY)
    name, phone = guardians.reveal(found, by=by)
    return f"{name}（{found.relation}）{phone.removeprefix('+86')}"


# What can be asked for → how it reads in full; the look is recorded. Each raises Refused when there is none.
REVEALS: dict[str, Callable[[Member, User], str]] = {"phone": _phone, "birth": _birth, "guardian": _guardian}
