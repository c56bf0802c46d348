"""A batch before it starts: who would get which certificate, what stands against it, the fingerprint of the list."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.problems import Problem, Refused

from .certificates import Words, check_issuers, words_of

NAMED = 5  # recipients whom a sentence names; it counts the others
NAME_MAX = 1000  # characters of everybody on one certificate


@dataclass(frozen=True)
class Recipient:
    """Who is to get one (获证者), as the tables tell; line, entry, user and unit are keys."""

    source: str  # which thing it certifies, the same for ever
    group: str  # the middle of its number
    name: str  # everybody in order, as printed
    values: Mapping[str, str]  # for the wording
    line: int | None = None
    entry: int | None = None
    user: int | None = None
    unit: int | None = None


@dataclass(frozen=True)
class Printed:
    """What a certificate says beside its number and signature."""

    title: str
    words: Words
    award: str  # with its level; the title where the wording names no prize
    issuers: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Wording:
    """What the edition says of a kind."""

    title: str
    text: str
    issuers: tuple[str, ...]
    notes: tuple[str, ...]


def printed_for(wording: Wording, one: Recipient) -> Printed:
    """Raises Refused (`certificate.field`) for what the recipient does not have."""
    words = words_of(wording.text, one.values)
    return Printed(wording.title, words, f"{words.award}{words.level}" or wording.title, wording.issuers, wording.notes)


def check_recipients(wording: Wording, recipients: Sequence[Recipient]) -> list[Problem]:
    """Everything that stands against printing this list, each kind of fault once with whom it is about."""
    problems = check_issuers(wording.issuers)
    if not recipients:
        said = "名单上没有还要制作证书的人：或者还没有人符合，或者都已经有了。已有的请在证书页面重印"
        return [*problems, Problem("certificate.nobody", said)]
    found: dict[str, list[str]] = {}
    first: dict[str, Problem] = {}
    for one in recipients:
        for problem in _faults(wording, one):
            first.setdefault(problem.message, problem)
            found.setdefault(problem.message, []).append(one.name)
    for message, names in found.items():
        more = f"等 {len(names)} 位" if len(names) > NAMED else ""
        problems.append(
            Problem(first[message].code, f"{'、'.join(names[:NAMED])}{more}：{message}", first[message].field)
        )
    return problems


def _faults(wording: Wording, one: Recipient) -> list[Problem]:
    if not one.name.strip():
        return [Problem("certificate.no_name", "没有姓名，可能已按本人申请删除个人信息", "name")]
    if len(one.name) > NAME_MAX:
        return [Problem("certificate.names", f"姓名合起来超过 {NAME_MAX} 个字，一张证书印不下", "name")]
    try:
        printed_for(wording, one)
    except Refused as refused:
        return refused.problems
    return []


def fingerprint(wording: Wording, recipients: Iterable[Recipient], *extra: str) -> str:
    """SHA-256 of all that would be printed, in order: another list, another wording or another day is another one."""
    lines = [[one.source, one.group, one.name, *sorted(one.values.items())] for one in recipients]
    said = [wording.title, wording.text, wording.issuers, wording.notes, *extra]
    return hashlib.sha256(json.dumps([said, lines], ensure_ascii=False).encode()).hexdigest()
