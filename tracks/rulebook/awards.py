"""What is won: awards, entitlements, publicity, certificates."""

from dataclasses import dataclass
from typing import Annotated, Literal

from .contest import Faults
from .kinds import Code, Count, Days, Filled, Range, Ref, Slots, SumsTo100, Weight

Holder = Literal["person", "team", "organisation", "instructor"]
Role = Literal["guide", "host", "undertaker", "co_organiser", "technical", "supporter", "charity_supporter"]


@dataclass(frozen=True, kw_only=True)
class Level:
    """等次: `count` is a maximum, places may stay vacant (Q23); None: the notice gives no number (K7)."""

    code: Code
    name: str
    count: Count | None = None
    round: Annotated[str, Ref("rounds")]  # whose ranking fills it
    worth: Count = 1  # how much one prize of it counts in a composite score (G41)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One part of a composite score (G41, Q17)."""

    code: Code
    name: str
    weight: Weight


@dataclass(frozen=True, kw_only=True)
class Award:
    """奖项 (G36, G40, G41, K7), by how its list is found: round ranking, points, composite, or nomination."""

    code: Code
    name: str
    kind: Literal["ranking", "points", "composite", "nomination"]
    recipients: Annotated[tuple[Holder, ...], Filled()]
    categories: tuple[Annotated[str, Ref("categories")], ...] = ()
    per: tuple[Literal["category", "track", "group"], ...] = ()  # one list for each of these (Q25)
    levels: tuple[Level, ...] = ()
    count: Count | None = None
    split: dict[Holder, Count] | None = None  # how a shared count is divided; None: one merged list (Q16)
    measures: Annotated[tuple[Measure, ...], SumsTo100()] = ()
    candidates_of: tuple[Annotated[str, Ref("awards")], ...] = ()  # only people and units behind these prizes
    stackable: bool = False  # may come on top of any other prize
    one_per_category: bool = True  # Q15
    vacancies_allowed: bool = True  # Q23
    tie_chain: tuple[Literal["earlier_attainment", "shared_rank", "organiser"], ...] = ()
    issuer_roles: tuple[Role, ...] = ()
    quote: str
    source: str

    def faults(self) -> Faults:
        if (self.kind == "ranking") != bool(self.levels):
            yield "levels", "kind = ranking 时写 levels（等次与名额），其他奖项不写"
        if (self.kind == "composite") != bool(self.measures):
            yield "measures", "kind = composite 时写 measures（综合评分项），其他奖项不写"
        if self.split and self.count is not None and sum(self.split.values()) != self.count:
            yield "split", f"split 之和 {sum(self.split.values())} 应等于 count {self.count}"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What the holders of one prize level receive."""

    level: Annotated[str, Ref("awards.levels")]
    months: Count | None = None
    value_yuan: Count | None = None


@dataclass(frozen=True, kw_only=True)
class Entitlement:
    """奖励权益 (G37–G39, G42, N11). “有机会” makes a candidate, not a grant (G38)."""

    code: Code
    name: str
    award: Annotated[str, Ref("awards")]
    categories: tuple[Annotated[str, Ref("categories")], ...] = ()
    tracks: tuple[Annotated[str, Ref("tracks")], ...] = ()
    holders: Annotated[tuple[Holder, ...], Filled()]
    status: Literal["candidate", "granted"]
    grants: tuple[Grant, ...] = ()  # empty: whoever holds the award, whatever the level
    condition: str = ""
    milestone: Annotated[str, Ref("milestones")] | None = None  # not published before
    next_edition: bool = False
    quote: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Publicity:
    """公示 and 异议 (Q28, practice 4)."""

    working_days: Annotated[int, Range(1, 60)]
    first_day_counts: bool
    anonymous_objections: bool
    reply_working_days: Days
    source: str


CERTIFICATE_SLOTS = (
    "name", "team", "members", "organisation", "instructor", "edition", "session", "category", "award", "level",
    "work", "theme", "hours", "services", "volunteer_number", "issuers", "handler", "phone", "date", "number",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CertificateKind:
    """证书 (practice 12): wording and issuers; the layout is a template of the application."""

    code: Code
    title: str
    prefix: Code  # the letters of its kind in the number
    basis: Literal["award", "participation", "training", "service"] = "award"  # what it certifies
    award: Annotated[str, Ref("awards")] | None = None
    recipients: Annotated[tuple[Holder, ...], Filled()]
    text: Annotated[str, Slots("", also=CERTIFICATE_SLOTS)]
    issuer_roles: Annotated[tuple[Role, ...], Filled()]  # Q21
    minor_note: bool = False  # youth certificates say that they do not count for school admission
    footnote: str = ""
    source: str

    def faults(self) -> Faults:
        if (self.basis == "award") != bool(self.award):
            yield "award", "basis = award（缺省）时写 award（哪个奖项），其他证书不写"
        if self.basis in ("training", "service") and self.recipients != ("person",):
            yield "recipients", f"basis = {self.basis} 的证书发给个人，recipients 写 person"


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Numbers are unique and gapless per edition and kind; a reprint keeps its number."""

    number_pattern: Annotated[str, Slots("", also=("edition", "group", "serial", "check"))]
    serial_digits: Annotated[int, Range(3, 9)]
    kinds: Annotated[tuple[CertificateKind, ...], Filled()]
    source: str

    def group(self, kind: CertificateKind, category: str = "", level: int = 0) -> str:
        """The middle of a number: A1 (category, level from 1) for the kind of the main prize, which is the first that
        names an award; a kind's prefix, and what follows it, for every other."""
        main = next((one.code for one in self.kinds if one.award), None)
        own = "" if kind.code == main and category else kind.prefix
        return "".join(c for c in f"{own}{category}{level or ''}".upper() if c.isascii() and c.isalnum())
