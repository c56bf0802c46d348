"""查验: what the table says of a certificate whose signature is right, or whose number and name were typed.

One question to the database in either case; none for what no key of ours signed.
"""

from dataclasses import dataclass
from functools import cached_property

from core.personal import mask_name
from core.problems import Problem, Refused
from tracks.models import Edition

from .certificates.keys import keys
from .models import Certificate
from .rules.certificates import Claim, check_number, normal_number
from .rules.verification import is_named, parts_of

UNKNOWN = Problem(
    "certificate.unknown",
    "没有编号和姓名都相符的证书。请对照纸面核对这两项；团队的证书填其中任何一人的姓名",
)
NOT_OURS = Problem("certificate.not_ours", "证书库里没有这张证书，它不是大赛组委会签发的。请以组委会公布的获奖名单为准")


@dataclass(frozen=True)
class Finding:
    """The version in a stranger's hand, and the latest of the same number, which is what counts."""

    held: Certificate
    latest: Certificate

    @property
    def state(self) -> str:
        """valid; corrected: there is a later version that counts; revoked: none does any more."""
        if self.latest.state == "revoked":
            return "revoked"
        return "valid" if self.held.pk == self.latest.pk else "corrected"

    @property
    def edition(self) -> Edition:
        """Whose contest it was."""
        return self.latest.edition

    @cached_property
    def name(self) -> str:
        """Of the latest version, masked; empty once the person's data was deleted."""
        if self.latest.erased_at:
            return ""
        return masked(self.latest.name, personal=not _of_a_unit(self.latest))


def by_payload(text: str) -> Finding:
    """What a QR code leads to. Raises Refused: `certificate.payload`, `certificate.forged` (before any question to the
    database), or `certificate.not_ours` for one that is signed and was never issued: the key has leaked.
    """
    claim = keys().verified(text)
    found = _versions(claim.number)
    held = [one for one in found if (_stands_for(one, claim) if one.erased_at else one.payload == text)]
    if not held:
        raise Refused(NOT_OURS)
    return Finding(held[-1], found[-1])


def by_name(number: str, name: str) -> Finding:
    """What a typed number leads to, for whoever knows the name on it too.

    Raises Refused: `certificate.number…` for what cannot be a number, which asks no table; else `certificate.unknown`,
    which tells a number that was never given from a wrong name by neither words nor questions.
    """
    number = normal_number(number)
    if problems := check_number(number):
        raise Refused(problems)
    found = _versions(number)
    held = [one for one in found if is_named(name, one.name)]
    if not held:
        raise Refused(UNKNOWN)
    return Finding(held[-1], found[-1])


def masked(name: str, *, personal: bool) -> str:
    """王*、李*（某单位): every person by the first character; the name of a unit is nobody's secret.

    personal: whether these are people; in doubt they are.
    """
    if not personal:
        return name
    people, unit = parts_of(name)
    return "、".join(mask_name(one) for one in people) + unit


def _versions(number: str) -> list[Certificate]:
    return list(Certificate.objects.filter(number=number).select_related("series__edition").order_by("version"))


def _stands_for(one: Certificate, claim: Claim) -> bool:
    """For a version whose name and payload are deleted: the signature is right, and nothing else is contradicted."""
    return (one.award, one.issued_on) == (claim.award, claim.date)


def _of_a_unit(one: Certificate) -> bool:
    return one.unit_id is not None and one.user_id is None and one.entry_id is None
