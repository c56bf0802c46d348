"""How a team is named (参赛队伍命名): composed from the category's templates, recognised however it was typed.

A template is text with slots, `{society}科技志愿服务支队{committee}分队`. The unit's own slots ({society},
{university}, {base}, {institution}) are its name and cannot be typed; the others are (G13a).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from core.problems import Problem

FORCE = "科技志愿服务"  # what every team is called; no typed slot may contain it (G13a)
TAIL = re.compile(rf"{FORCE}.*$")
SLOT = re.compile(r"\{(\w+)\}")
TO_FULL_WIDTH = str.maketrans("()", "（）")
BRACKETED = "（(?:[^（）]|（[^（）]*）)+）"  # with brackets inside: （香港中文大学（深圳））


@dataclass(frozen=True)
class NamingRule:
    """What one unit's teams may be called."""

    templates: tuple[str, ...]  # alternatives; the clerk chooses one (G9)
    own: Mapping[str, str]  # slot → the unit's own name, e.g. {"university": "广州大学"}
    labels: Mapping[str, str]  # slot → its Chinese label
    category: str = "本单位"  # the unit category's name, for messages
    keep_brackets: bool = False  # Q1: True if the notice's brackets are part of the name


@dataclass(frozen=True)
class NameVerdict:
    """What became of a typed name."""

    name: str  # as it would be stored; "" when it cannot be
    option: int = 0  # index of the template it follows
    slots: Mapping[str, str] = field(default_factory=dict)  # what was typed, by slot
    problems: tuple[Problem, ...] = ()
    suggestion: str = ""  # the right name, for 一键采用; "" when it cannot be guessed


@lru_cache(maxsize=4096)  # a file asks for the same names in every row
def fold(text: str) -> str:
    """One spelling of a name: NFKC, no white space, full-width brackets (G14)."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(TO_FULL_WIDTH)


def slots_of(template: str) -> list[str]:
    """The template's slots, in order."""
    return SLOT.findall(template)


def typed_slots(rule: NamingRule, option: int) -> list[str]:
    """The slots a clerk fills in; none where the name is wholly given (bases, affiliates)."""
    return [slot for slot in slots_of(rule.templates[option]) if slot not in rule.own]


def compose(rule: NamingRule, option: int, typed: Mapping[str, str]) -> str:
    """The team name of one template. Missing slots stay empty; `judge_name` says so."""
    values = {slot: fold(rule.own.get(slot, typed.get(slot, ""))) for slot in slots_of(rule.templates[option])}
    if rule.keep_brackets:
        values = {slot: f"（{value}）" for slot, value in values.items()}
    return rule.templates[option].format(**values)


def judge_name(rule: NamingRule, typed: str) -> NameVerdict:
    """Recognise a typed team name: with or without slot brackets, any width, any spaces (G14).

    A bare slot value (“始兴县城南中学”) is completed when the unit's first template has a single typed slot.
    """
    name = fold(typed)
    if FORCE not in name and len(typed_slots(rule, 0)) == 1:
        return _filled(rule, 0, {typed_slots(rule, 0)[0]: _without_own(rule, 0, _bare(name))})
    for option in range(len(rule.templates)):
        if found := _pattern(rule, option).fullmatch(name):
            return _filled(rule, option, {slot: _bare(value) for slot, value in found.groupdict().items()})
    for option in range(len(rule.templates)):
        found = _pattern(rule, option, own_is_open=True).fullmatch(name)
        if found and all(found.groupdict().values()):
            return _foreign(rule, option, found.groupdict())
    return _misnamed(rule, name)


def _filled(rule: NamingRule, option: int, slots: Mapping[str, str]) -> NameVerdict:
    """The name follows a template; each typed slot must be filled, and not with the template's own words."""
    problems = []
    for slot, value in slots.items():
        label = rule.labels.get(slot, slot)
        if not value:
            problems.append(Problem("name.slot_empty", f"参赛队伍名称缺少“{label}”，请填写后再提交", "team"))
        elif FORCE in value:
            problems.append(
                Problem("name.slot_contains", f"“{label}”里不要写“{FORCE}”，只填名称，后半截自动带出", "team")
            )
    name = compose(rule, option, slots)
    clean = {slot: TAIL.sub("", value) for slot, value in slots.items()}
    suggestion = compose(rule, option, clean) if problems and all(clean.values()) else ""
    return NameVerdict("" if problems else name, option, slots, tuple(problems), suggestion)


def _foreign(rule: NamingRule, option: int, slots: Mapping[str, str]) -> NameVerdict:
    """The name follows a template but carries another unit's name where the unit's own belongs."""
    own = next(slot for slot in slots_of(rule.templates[option]) if slot in rule.own)
    typed = {slot: _bare(slots[slot]) for slot in typed_slots(rule, option)}
    message = f"{rule.labels.get(own, own)}应是本单位“{rule.own[own]}”，不能写其他单位"
    suggestion = compose(rule, option, typed) if all(typed.values()) else ""
    return NameVerdict("", option, typed, (Problem("name.own", message, "team"),), suggestion)


def _misnamed(rule: NamingRule, name: str) -> NameVerdict:
    """The name follows no template: say the right ending and guess the right name."""
    found = TAIL.search(name)
    stem, tail = (name[: found.start()], found.group()) if found else (name, "")
    option = 0
    typed: dict[str, str] = {}
    if slots := typed_slots(rule, option):
        typed[slots[0]] = _without_own(rule, option, _bare(stem))
    right = rule.templates[option].rpartition("}")[2]
    if tail.endswith(("支队", "分队")) and right.endswith(("支队", "分队")) and tail[-2:] != right[-2:]:
        message = f"{rule.category}推荐的队伍叫“{right[-2:]}”，不叫“{tail[-2:]}”"
        code = "name.suffix"
    else:
        patterns = "或".join(f"“{shown(rule, i)}”" for i in range(len(rule.templates)))
        message = f"参赛队伍名称要写成{patterns}"
        code = "name.pattern"
    suggestion = compose(rule, option, typed) if all(typed.values()) else ""
    return NameVerdict("", option, typed, (Problem(code, message, "team"),), suggestion)


def shown(rule: NamingRule, option: int) -> str:
    """A template in Chinese: own slots filled in, typed ones in brackets, “（参赛单位名称）科技志愿服务分队”."""
    return SLOT.sub(
        lambda m: rule.own.get(m[1], f"（{rule.labels.get(m[1], m[1])}）"),
        rule.templates[option],
    )


def _pattern(rule: NamingRule, option: int, *, own_is_open: bool = False) -> re.Pattern[str]:
    """The template as a pattern: own slots literal (or any text), typed ones captured, brackets optional.

    An open own slot right before a typed one is told from it by its brackets alone.
    """
    pieces = []
    parts = SLOT.split(rule.templates[option])  # text, slot, text, slot, …, text
    for index, piece in enumerate(parts):
        if index % 2 == 0:
            pieces.append(re.escape(fold(piece)))
        elif piece not in rule.own:
            pieces.append(f"(?P<{piece}>.*)")
        elif own_is_open:
            pieces.append(".+?" if parts[index + 1] else BRACKETED)
        else:
            own = re.escape(fold(rule.own[piece]))
            pieces.append(f"(?:（{own}）|{own})")
    return re.compile("".join(pieces))


def _bare(value: str) -> str:
    """Drop brackets that wrap the whole value; keep those inside: 香港中文大学（深圳） (G14)."""
    while value.startswith("（") and value.endswith("）") and _closes_at_end(value):
        value = value[1:-1]
    return value


def _closes_at_end(value: str) -> bool:
    """True if the bracket opened first is closed last."""
    depth = 0
    for index, char in enumerate(value):
        depth += (char == "（") - (char == "）")
        if depth == 0:
            return index == len(value) - 1
    return False


def _without_own(rule: NamingRule, option: int, stem: str) -> str:
    """Take the unit's own name off the front of a stem, so that a guess does not double it."""
    for slot in slots_of(rule.templates[option]):
        if slot in rule.own:
            own = fold(rule.own[slot])
            stem = _bare(stem.removeprefix(f"（{own}）").removeprefix(own))
    return stem
