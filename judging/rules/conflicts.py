"""回避: who may not judge what, and why. The same answer before assignment and at any time after."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# What an organisation's name ends with; only such a name can have branches that begin with it.
_TAILS = (
    "大学", "学院", "学校", "中学", "小学", "幼儿园", "医院", "公司", "集团", "科协", "学会", "协会", "研究会",
    "研究院", "研究所", "科学院", "中心", "委员会", "局", "厅", "馆", "基金会", "基地", "社", "所", "站", "院",
)  # fmt: skip
_NO_BRANCH = ("城",)  # 广州大学城 is no branch of 广州大学
_SHORTEST = 4  # characters of a name that can have branches


@dataclass(frozen=True)
class Organisation:
    """A unit of the register, as far as a conflict asks: names it has or had, and what it belongs to."""

    key: str
    names: frozenset[str]  # full name, former names, team-name form
    parent: str = ""  # key of the organisation it is a branch of


@dataclass(frozen=True)
class Person:
    """Someone by name and phone key (never the phone itself)."""

    name: str
    phone: str = ""  # a key made from the phone; empty: unknown


@dataclass(frozen=True)
class JudgeFacts:
    """A judge as the rule sees it."""

    code: str
    person: Person
    organisations: frozenset[str] = frozenset()  # names as written: 工作单位, 兼职单位
    units: frozenset[str] = frozenset()  # keys of Organisation the judge is an officer of


@dataclass(frozen=True)
class EntryFacts:
    """A candidate as the rule sees it."""

    work: str
    organisations: frozenset[str] = frozenset()  # names as written: 参赛单位, 学校, members' organisations
    units: frozenset[str] = frozenset()  # keys of Organisation that recommended it
    members: tuple[Person, ...] = ()
    instructors: tuple[Person, ...] = ()
    guardians: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Declared:
    """A conflict that somebody declared."""

    judge: str
    work: str
    by: str = "judge"  # judge, contact
    reason: str = ""


@dataclass(frozen=True)
class Conflict:
    """One reason; for the organiser's eyes only."""

    judge: str
    work: str
    code: str  # organisation, branch, member, instructor, guardian, declared_judge, declared_contact
    reason: str  # plain Chinese
    sure: bool = True  # False: the name alone is the same, one of the phones being unknown; kept apart all the same


class Register:
    """The organisations that the portal knows, made once for many questions. Never changed."""

    def __init__(self, organisations: Iterable[Organisation] = ()) -> None:
        self._known = {one.key: one for one in organisations}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for one in self._known.values():
            for name in one.names:
                self._by_name[name_key(name)].add(one.key)

    def circle(self, names: Iterable[str], units: Iterable[str]) -> "Circle":
        """The organisations somebody belongs to, with what stands above them."""
        own_names = {key for name in names if (key := name_key(name))}
        own = {key for key in units if key in self._known} | {
            k for name in own_names for k in self._by_name.get(name, ())
        }
        for key in own:
            own_names |= {name_key(name) for name in self._known[key].names}
        above: set[str] = set()
        for key in own:
            parent = self._known[key].parent
            while parent in self._known and parent not in above:
                above.add(parent)
                parent = self._known[parent].parent
        roots = {root for name in own_names for root in _roots(name)}
        return Circle(frozenset(own), frozenset(above), frozenset(own_names), frozenset(roots))

    def called(self, key: str) -> str:
        """A name to tell a person: the longest that it has now or had."""
        return max(self._known[key].names, key=lambda name: (len(name), name), default=key)


@dataclass(frozen=True)
class Circle:
    """Organisations as compared."""

    own: frozenset[str]  # keys of the register
    above: frozenset[str]  # keys of what those are branches of
    names: frozenset[str]  # compared forms of all their names
    roots: frozenset[str]  # names of which one of `names` would be a branch

    def handles(self) -> Iterator[tuple[str, str]]:
        """What another circle has in common with it if the two are related at all: (register or name, key)."""
        yield from (("register", key) for key in self.own | self.above)
        yield from (("name", name) for name in self.names | self.roots)


def conflicts_of(
    judge: JudgeFacts, entry: EntryFacts, register: Register, declared: Iterable[Declared] = ()
) -> list[Conflict]:
    """Every reason why this judge may not judge this work; empty when none."""
    return all_conflicts([judge], [entry], register, declared)


def all_conflicts(
    judges: Sequence[JudgeFacts], entries: Sequence[EntryFacts], register: Register, declared: Iterable[Declared] = ()
) -> list[Conflict]:
    """The same for all pairs, by judge and work. Entries of the same organisations are compared once."""
    told: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    for one in declared:
        told[one.judge, one.work].append(one)
    circles = [register.circle(entry.organisations, entry.units) for entry in entries]
    by_circle: dict[Circle, list[int]] = defaultdict(list)
    for number, circle in enumerate(circles):
        by_circle[circle].append(number)
    held_by: dict[tuple[str, str], list[Circle]] = defaultdict(list)
    for circle in by_circle:
        for handle in circle.handles():
            held_by[handle].append(circle)
    people = _people(entries)
    found: list[Conflict] = []
    for judge in judges:
        own: dict[int, list[Conflict]] = defaultdict(list)
        mine = register.circle(judge.organisations, judge.units)
        for circle in {circle: None for handle in mine.handles() for circle in held_by.get(handle, ())}:
            if reason := _related(mine, circle, register):
                for number in by_circle[circle]:
                    own[number].append(Conflict(judge.code, entries[number].work, *reason))
        for number, code, reason_, sure in _known_to(judge.person, people):
            own[number].append(Conflict(judge.code, entries[number].work, code, reason_, sure))
        for number, entry in enumerate(entries):
            found += own.get(number, [])
            found += [_declared(one) for one in told.get((judge.code, entry.work), ())]
    return found


def name_key(name: str) -> str:
    """The form in which names are compared: width, spaces, brackets and 科学技术协会 / 科协 make no difference."""
    plain = re.sub(r"[\s()（）〔〕\[\]【】“”\"'‘’·、，,.。－—-]", "", unicodedata.normalize("NFKC", name)).casefold()
    return plain.replace("科学技术协会", "科协")


def _related(judge: Circle, entry: Circle, register: Register) -> tuple[str, str] | None:
    """(code, reason) when they are the same or one is a branch of the other."""
    if same := judge.own & entry.own:
        return "organisation", f"与作品同单位（{register.called(min(same))}）"
    if names := judge.names & entry.names:
        return "organisation", f"与作品同单位（{min(names)}）"
    if over := judge.own & entry.above:
        return "branch", f"作品单位是评委单位（{register.called(min(over))}）的下属单位"
    if under := judge.above & entry.own:
        return "branch", f"评委单位是作品单位（{register.called(min(under))}）的下属单位"
    if roots := judge.names & entry.roots:
        return "branch", f"作品单位是评委单位（{min(roots)}）的下属单位"
    if roots := judge.roots & entry.names:
        return "branch", f"评委单位是作品单位（{min(roots)}）的下属单位"
    return None


def _roots(name: str) -> Iterator[str]:
    """中山大学 of 中山大学附属第一医院: beginnings that are an organisation's name themselves."""
    for end in range(_SHORTEST, len(name)):
        if name[:end].endswith(_TAILS) and not name[end:].startswith(_NO_BRANCH):
            yield name[:end]


People = Mapping[str, Sequence[tuple[int, str, Person]]]
_ROLES = (("member", "members", "成员"), ("instructor", "instructors", "指导教师"), ("guardian", "guardians", "监护人"))
_CALLED = {code: label for code, _, label in _ROLES}


def _people(entries: Sequence[EntryFacts]) -> People:
    """Name or phone key → (entry, role, person)."""
    found: dict[str, list[tuple[int, str, Person]]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for code, attribute, _ in _ROLES:
            for person in getattr(entry, attribute):
                found[f"name/{name_key(person.name)}"].append((number, code, person))
                if person.phone:
                    found[f"phone/{person.phone}"].append((number, code, person))
    return found


def _known_to(judge: Person, people: People) -> Iterator[tuple[int, str, str, bool]]:
    """(entry, code, reason, sure): the same phone is the same person or a household; the same name may be chance."""
    seen: set[tuple[int, str]] = set()
    for number, code, _ in people.get(f"phone/{judge.phone}", ()) if judge.phone else ():
        if (number, code) not in seen:
            seen.add((number, code))
            yield number, code, f"评委的电话与作品的{_CALLED[code]}相同", True
    for number, code, person in people.get(f"name/{name_key(judge.name)}", ()):
        if (number, code) not in seen and not (person.phone and judge.phone):
            seen.add((number, code))
            yield number, code, f"评委与作品的{_CALLED[code]}同名，电话不全，请核对", False


def _declared(one: Declared) -> Conflict:
    who = "评委本人" if one.by == "judge" else "赛道联系人"
    return Conflict(
        one.judge, one.work, f"declared_{one.by}", f"{who}申报回避" + (f"：{one.reason}" if one.reason else "")
    )
