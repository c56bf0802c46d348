"""The rehearsal's people and what they type: synthetic, the same for the same seed."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from faker import Faker

from registrations.rules import NamingRule, compose
from registrations.rules.naming import typed_slots

PLACES = ("城南", "城北", "实验", "第一", "第二", "朝阳", "红旗", "滨江", "东湖", "西山", "新区", "文昌", "育才")
KINDS = ("中学", "小学", "科普站", "科技馆", "社区", "青年队", "研学社", "兴趣组")
MISTAKES: dict[str, dict[str, Any]] = {  # the code by which it is refused → what clerks type instead
    "phone.form": {"phone": "138001380"},
    "categories.none": {"categories": ()},
    "name.pattern": {"team_name": "城南中学科技志愿服务队"},
    "name.empty": {"name": ""},
    "row.who": {"team_name": "", "organisation": ""},
}


@dataclass(frozen=True)
class Typed:
    """One row as a clerk types it."""

    name: str
    team_name: str
    organisation: str
    phone: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Attempt:
    """A row as it is meant, and as it is typed at first."""

    right: Typed
    typed: Typed
    codes: frozenset[str] = field(default=frozenset())  # by which the first attempt is refused

    @classmethod
    def of(cls, right: Typed, code: str = "") -> "Attempt":
        """With the mistake of this code; "" for none."""
        return cls(right, replace(right, **MISTAKES[code]) if code else right, frozenset({code} - {""}))


class People:
    """Makes people and rows; all chance of a rehearsal comes from here."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = Random(seed)  # noqa: S311  # a rehearsal must repeat itself
        self.fake: Any = Faker("zh_CN")  # its stubs know no `random`
        self.fake.seed_instance(seed)
        self.phones = 0
        self.known: set[tuple[str, str]] = set()

    @contextmanager
    def luck(self, whose: str) -> Iterator[None]:
        """Inside, chance is that of one deed alone, whatever happened before it; names and numbers follow it too."""
        before = self.chance, self.fake.random, self.phones, self.known
        self.chance = self.fake.random = Random(f"{self.seed} {whose}")  # noqa: S311
        self.phones, self.known = self.chance.randrange(1000), set()
        try:
            yield
        finally:
            self.chance, self.fake.random, self.phones, self.known = before

    def some(self, share: float) -> bool:
        """True for this share of all times."""
        return self.chance.random() < share

    def deal(self, count: int, shares: Mapping[str, float]) -> list[str]:
        """So many names, shuffled: each but the last one as often as its share, once at least; the rest is the last."""
        *named, rest = shares
        names = [name for name in named for _ in range(max(1, round(shares[name] * count)))][:count]
        names += [rest] * (count - len(names))
        self.chance.shuffle(names)
        return names

    def name(self) -> str:
        """A person's name that belongs to nobody in particular."""
        return str(self.fake.name())

    def phone(self, taken: Collection[str], name: str) -> str:
        """A number of the placeholder range 13800138xxx; shared from the 1000th person on, but with nobody of the
        unit, nor with anybody of the same name. taken: phones of the unit."""
        while True:
            phone = f"13800138{self.phones % 1000:03d}"
            self.phones += 1
            if phone not in taken and (name, phone) not in self.known:
                self.known.add((name, phone))
                return phone

    def categories(self, known: Collection[str]) -> tuple[str, ...]:
        """One, two or three of them."""
        count = min(self.chance.choice((1, 1, 2, 3)), len(known))
        return tuple(sorted(self.chance.sample(sorted(known), count)))

    def row(self, naming: NamingRule, categories: Collection[str], taken: Collection[str] = ()) -> Typed:
        """A right row: three of five are teams. taken: phones of the unit."""
        school = self.chance.choice(PLACES) + self.chance.choice(KINDS)
        name = self.name()
        typed = Typed(name, "", school, self.phone(taken, name), self.categories(categories))
        if self.some(0.6):
            option = self.chance.randrange(len(naming.templates))
            slots = dict.fromkeys(typed_slots(naming, option), school)
            return replace(typed, team_name=compose(naming, option, slots), organisation="")
        return typed

    def attempt(self, right: Typed, mistaken: float) -> Attempt:
        """This share of the rows has one of the mistakes that clerks make."""
        return Attempt.of(right, self.chance.choice(sorted(MISTAKES)) if self.some(mistaken) else "")
