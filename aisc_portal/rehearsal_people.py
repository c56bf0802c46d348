"""The rehearsal's people and what they type: synthetic, the same for the same seed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from faker import Faker

from registrations.rules import NamingRule, compose
from registrations.rules.naming import typed_slots

PLACES = (
    "城南",
    "城北",
    "实验",
    "第一",
    "第二",
    "朝阳",
    "红旗",
    "滨江",
    "东湖",
    "西山",
    "新区",
    "文昌",
    "育才",
    "明德",
)
KINDS = ("中学", "小学", "科普站", "科技馆", "社区", "青年队", "研学社", "兴趣组")
WRONG = ("phone", "categories", "team", "name", "who")


@dataclass(frozen=True)
class Typed:
    """One row as a clerk types it."""

    name: str
    team_name: str
    organisation: str
    phone: str
    categories: tuple[str, ...]

    def values(self, **more: Any) -> dict[str, Any]:
        """What `save_row` takes."""
        return {**self.__dict__, "categories": list(self.categories), **more}


class People:
    """Makes people and rows; all chance of a rehearsal comes from here."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311  # a rehearsal must repeat itself
        self.fake = Faker("zh_CN")
        self.fake.seed_instance(seed)
        self.rows = 0

    def name(self) -> str:
        """A person's name that belongs to nobody in particular."""
        return str(self.fake.name())

    def phone(self) -> str:
        """A number of the placeholder range 138001380xx, then of 13800138xxx; shared from the 1000th person on."""
        self.rows += 1
        return f"13800138{(self.rows - 1) % 1000:03d}"

    def some(self, share: float) -> bool:
        """True for this share of all times."""
        return self.chance.random() < share

    def row(self, naming: NamingRule, categories: Mapping[str, str]) -> Typed:
        """A right row: three of five are teams."""
        school = self.chance.choice(PLACES) + self.chance.choice(KINDS)
        chosen = tuple(
            sorted(self.chance.sample(sorted(categories), self.chance.choice((1, 1, 2, 3)) % (len(categories) + 1)))
        )
        typed = Typed(self.name(), "", school, self.phone(), chosen or tuple(categories)[:1])
        if self.some(0.6):
            option = self.chance.randrange(len(naming.templates))
            slots = dict.fromkeys(typed_slots(naming, option), school)
            return replace(typed, team_name=compose(naming, option, slots), organisation="")
        return typed

    def spoil(self, right: Typed) -> Typed:
        """The same row with one mistake that clerks make."""
        match self.chance.choice(WRONG):
            case "phone":
                return replace(right, phone=right.phone[:-2])
            case "categories":
                return replace(right, categories=())
            case "team":
                return replace(right, team_name="志愿服务队")
            case "name":
                return replace(right, name="")
            case _:
                return replace(right, team_name="", organisation="")
