"""Rows of an uploaded 推荐申报表 against those that are kept: which one each is, and what it would do."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.problems import Problem, errors

from .naming import fold

Verdict = Literal["new", "changed", "unchanged", "wrong"]


@dataclass(frozen=True)
class Brought:
    """A row of a file; texts are normal, "" where the file has no such column."""

    number: int  # as the sheet shows it
    position: int | None  # 序号
    name: str
    phone: str


@dataclass(frozen=True)
class Kept:
    """A row of the unit's form."""

    key: int
    position: int
    name: str
    phone: str
    editable: bool  # a draft, or returned for correction
    withdrawn: bool = False


@dataclass(frozen=True)
class Match:
    """What a brought row is."""

    key: int | None = None  # of the kept row
    by: Literal["", "person", "position"] = ""
    twin: int = 0  # number of an earlier row of the file with the same person; 0: none


def match_rows(brought: Sequence[Brought], kept: Iterable[Kept]) -> list[Match]:
    """A row is the kept one of the same phone and name, else the one of the same 序号; nobody is matched twice.

    By 序号 alone a row that can no longer be edited is matched only when name or phone speak for it too:
    somebody else's number 3 in a second file is not the submitted number 3.
    """
    kept = list(kept)
    people: dict[tuple[str, str], deque[Kept]] = defaultdict(deque)
    for known in sorted(kept, key=lambda row: row.withdrawn):
        people[known.name, known.phone].append(known)
    matches = [Match()] * len(brought)
    used: set[int] = set()
    first: dict[tuple[str, str], int] = {}
    for index, row in enumerate(brought):
        if not (row.name and row.phone):
            continue
        person = (row.name, row.phone)
        twin = 0 if (earlier := first.setdefault(person, row.number)) == row.number else earlier
        found = people[person].popleft() if people.get(person) else None
        if found:
            used.add(found.key)
        matches[index] = Match(found.key, "person", twin) if found else Match(twin=twin)
    free = {old.position: old for old in reversed(kept) if old.key not in used and not old.withdrawn}
    for index, row in enumerate(brought):
        same = free.get(row.position) if row.position else None
        if same and matches[index] == Match() and _may_be(row, same):
            del free[same.position]
            matches[index] = Match(same.key, "position")
    return matches


def _may_be(row: Brought, kept: Kept) -> bool:
    return kept.editable or (bool(row.name) and row.name == kept.name) or (bool(row.phone) and row.phone == kept.phone)


def verdict_of(match: Match, changed: bool, problems: Iterable[Problem], given: Iterable[str]) -> Verdict:
    """given: the columns the file has. A kept row's faults in other columns are not this file's."""
    if match.key is not None and not changed:
        return "unchanged"
    columns = {*given, ""}
    if {"team", "organisation"} & columns:  # one of the two is needed, so either may be at fault for both
        columns |= {"team", "organisation"}
    if any(match.key is None or problem.field in columns for problem in errors(problems)):
        return "wrong"
    return "new" if match.key is None else "changed"


def position_of(typed: str) -> int | None:
    """The 序号 of a cell: `3`, `３.`, `3、`; None where it is no number."""
    digits = fold(typed).strip(".、，,()（）")
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None
