"""What the pages of an entry show of it, piece by piece, as far as its reader may see."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse

from core.problems import Problem
from tracks.wording import dashed

from .access import reviews
from .eligibility_models import EligibilityClaim
from .entry_models import Entry, Member, MemberInvitation
from .rules.minors import Minor
from .services import entering
from .services.dossier import Dossier

if TYPE_CHECKING:
    from core.accounts.models import User


@dataclass(frozen=True)
class Reader:
    """Who looks at an entry, and what that lets them see."""

    user: "User"
    belongs: bool  # one of its people
    acts: bool  # its representative
    reviews: bool  # a contact of its track, or the organiser

    @classmethod
    def of(cls, user: "User", dossier: Dossier) -> "Reader":
        """Read off the entry's people; whoever else may see it is an officer or on the staff."""
        mine = next((member for member in dossier.people if member.user_id == user.pk), None)
        acts = mine is not None and mine.role == "representative"
        return cls(user, mine is not None, acts, mine is None and reviews(user, dossier.entry))


def page_of(problem: Problem, entry: Entry) -> str:
    """The page, and the place on it, that mends a problem of a dossier."""
    if problem.field == "people":
        return reverse("entry_people", args=[entry.pk])
    if problem.field == "eligibility" or problem.field.startswith("claim-"):
        anchor = problem.field.rpartition("-")[0] if problem.field.startswith("claim-") else ""
        return reverse("entry_eligibility", args=[entry.pk]) + (f"#{anchor}" if anchor else "")
    name = "name" if problem.field == "representative" else problem.field
    return reverse("entry_edit", args=[entry.pk]) + f"#id_{name}"


def claim_page(claim: EligibilityClaim) -> str:
    """Where a claimed condition is mended."""
    return reverse("entry_eligibility", args=[claim.entry_id]) + f"#claim-{claim.pk}"


@dataclass(frozen=True)
class Fix:
    """A condition that came back, with the contact's words."""

    dossier: Dossier
    claim: EligibilityClaim

    @property
    def text(self) -> str:
        """The condition in the edition's words."""
        return condition_text(self.dossier, self.claim)

    @property
    def href(self) -> str:
        """Where it is mended."""
        return claim_page(self.claim)

    @property
    def late(self) -> bool:
        """补正 is over."""
        return self.claim.correct_until is not None and self.dossier.now >= self.claim.correct_until


@dataclass(frozen=True)
class Section:
    """One page that must be right before the entry goes in."""

    title: str
    href: str
    lines: list[tuple[str, str]] = field(default_factory=list)  # what is wrong, and where it is mended
    note: str = ""  # what is said of it when nothing is wrong
    later: bool = False  # done with the entering itself

    @property
    def done(self) -> bool:
        """Nothing left to do."""
        return not self.lines and not self.later


@dataclass(frozen=True)
class Checklist:
    """What is missing, page by page, and what else the representative should know."""

    dossier: Dossier
    reader: Reader

    @property
    def draft(self) -> bool:
        """Not entered yet."""
        return self.dossier.entry.state == "draft"

    @cached_property
    def sections(self) -> list[Section]:
        """All pages of a draft; afterwards only those on which something is still open."""
        if self.draft:
            return [section for section in self._all(self.dossier.team_problems()) if section.title]
        if self.dossier.entry.state != "entered":
            return []
        return [section for section in self._all(self.dossier.team_problems(deciding=True))[1:2] if section.lines]

    def _all(self, team: list[Problem]) -> list[Section]:
        dossier, pk = self.dossier, self.dossier.entry.pk
        people = "队伍成员" if dossier.entry.kind == "team" else "监护人" if dossier.track.minors else ""
        return [
            self._section("报名信息", "entry_edit", dossier.own_problems(), "已填好"),
            self._section(people, "entry_people", team, f"{dossier.entry.members} 人已确认"),
            self._section("参赛条件与证明", "entry_eligibility", dossier.eligibility_problems(), "已填好"),
            Section("告知与承诺", reverse("entry_submit", args=[pk]), note="提交时阅读并勾选", later=True),
        ]

    def _section(self, title: str, page: str, problems: list[Problem], note: str) -> Section:
        entry = self.dossier.entry
        lines = [(problem.message, page_of(problem, entry)) for problem in problems]
        return Section(title, reverse(page, args=[entry.pk]), lines, note)

    @cached_property
    def hints(self) -> list[tuple[str, str, str]]:
        """(words, link, its label): a recommendation that meets this entry; an account without a phone."""
        found = []
        if self.draft or self.dossier.entry.state == "entered":
            if not self.dossier.entry.row_id:
                name = self.dossier.representative.name if self.dossier.representative else ""
                said = entering.recommendations_of(self.dossier.edition, self.reader.user, name)
                found += [_met(problem) for problem in said]
            if not self.reader.user.phone:
                words = "账号里还没有手机号，联系人不便找到您，请补上。"
                found.append((words, reverse("account_change_phone"), "添加手机号"))
        return found


def _met(problem: Problem) -> tuple[str, str, str]:
    if problem.blocks:
        unit = problem.message.partition("已经推荐")[0]
        return f"{unit}推荐了您，已审核通过。认领后并入这份报名，不用重填。", reverse("claim_code"), "去认领"
    return f"{problem.message}。", "", ""


@dataclass(frozen=True)
class Claims:
    """The claimed conditions and how they stand."""

    dossier: Dossier

    @property
    def lines(self) -> list[tuple[str, EligibilityClaim]]:
        """(the condition in words, the claim)"""
        return [(condition_text(self.dossier, claim), claim) for claim in self.dossier.claims]


def condition_text(dossier: Dossier, claim: EligibilityClaim) -> str:
    """The edition's words for a claimed condition; its code, should an amended edition not know it."""
    found = (condition.text for condition in dossier.conditions if condition.code == claim.condition)
    return next(found, claim.condition)


@dataclass(frozen=True)
class Person:
    """A line of the table of people."""

    name: str
    role: str
    phone: str  # masked; "" for readers who do not belong
    tag: str
    tone: str
    note: str = ""
    href: str = ""
    do: str = ""


@dataclass(frozen=True)
class Team:
    """Who is in, and who has been asked."""

    dossier: Dossier
    reader: Reader

    @property
    def lines(self) -> list[Person]:
        """Confirmed people first, then those who have not answered."""
        return [self._in(m) for m in self.dossier.people] + [self._asked(i) for i in self.waiting]

    @property
    def waiting(self) -> list[MemberInvitation]:
        """Open invitations; only its people see whom else it has asked."""
        return [i for i in self.dossier.invitations if i.status == "open"] if self.reader.belongs else []

    def _in(self, member: Member) -> Person:
        me = member.user_id == self.reader.user.pk
        phone = member.user.masked_phone if self.reader.belongs else ""
        tag, tone, do = "已确认", "ok", ""
        if me or self.reader.acts:  # a minor's age is nobody else's business
            tag, tone, do = _minor(self.dossier.minors.get(member.pk))
        href = reverse("entry_birth", args=[self.dossier.entry.pk, member.pk]) if do else ""
        return Person(member.name, member.role_name, phone, tag, tone, "我" if me else "", href, do)

    def _asked(self, invitation: MemberInvitation) -> Person:
        until = f"邀请 {dashed(invitation.expires_at)} 到期"
        href = reverse("entry_people", args=[self.dossier.entry.pk]) + f"#i{invitation.pk}" if self.reader.acts else ""
        role, phone = invitation.get_role_display(), invitation.masked_contact
        return Person(invitation.name, role, phone, "待本人确认", "wait", until, href, "再发一次邀请")


def _minor(minor: Minor | None) -> tuple[str, str, str]:
    """(tag, tone, what is to be done) of a participant whose guardian may have to consent."""
    if minor is None or minor.band == "adult" or minor.consent == "given":
        return "已确认", "ok", ""
    if minor.band is None:
        return "待补出生年月", "wait", "补填出生年月"
    if minor.consent == "asked":
        return "等监护人同意", "wait", "查看"
    return "缺监护人同意", "bad", "请监护人同意"
