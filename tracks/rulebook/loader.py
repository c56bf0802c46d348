"""Reading an edition file: all errors in one run, each with its path; then what is doubtful."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from . import checks, doubts
from .faults import Fault
from .reader import Reader
from .schema import Rulebook


@dataclass(frozen=True)
class Parsed:
    """The outcome of reading a file: a rulebook, or the errors that prevent one. Warnings never prevent it."""

    rulebook: Rulebook | None
    errors: list[Fault]
    warnings: list[Fault]


def parse(text: str) -> Parsed:
    """Read the text of an edition file. Never raises on bad input."""
    known = _parsed(text)  # an upload is looked at, confirmed and loaded: the same text three times
    return Parsed(known.rulebook, [*known.errors], [*known.warnings])


@lru_cache(maxsize=8)
def _parsed(text: str) -> Parsed:
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)  # never a binary float
    except (ValueError, ArithmeticError) as wrong:  # TOMLDecodeError, an impossible date, a number beyond measure
        return Parsed(None, [Fault("", _not_toml(str(wrong)))], [])
    except RecursionError:
        return Parsed(None, [Fault("", "括号嵌套过深，不像是一份届次文件，请检查")], [])
    reader = Reader(_adopted(data))
    sections = reader.read_fields(data, Rulebook)
    reader.settle()
    faults = {*reader.errors, *checks.run(checks.ERRORS, sections)}
    errors = sorted((_with_row(fault, data) for fault in faults), key=lambda fault: (fault.path, fault.message))
    warnings = checks.run(doubts.WARNINGS, sections)
    rulebook = None if errors else Rulebook(**sections, undecided=tuple(reader.undecided))
    return Parsed(rulebook, errors, warnings)


def _adopted(data: dict[str, Any]) -> frozenset[str]:
    listed = data.get("adopted")
    return frozenset(q for q in listed if isinstance(q, str)) if isinstance(listed, list) else frozenset()


def _with_row(fault: Fault, data: Any) -> Fault:
    """The fault with the name of the innermost row that it lies in, for people who do not count from 0."""
    row = None
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", fault.path):
        try:
            data = data[key] if key else data[int(index)]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(data, dict):
            row = data.get("name") or data.get("code") or row
    return Fault(fault.path, f"{fault.message}（见“{row}”）") if isinstance(row, str) else fault


def _not_toml(message: str) -> str:
    where = re.search(r"at line (\d+), column (\d+)", message)
    place = f"第 {where[1]} 行第 {where[2]} 列附近" if where else "文件中"
    return f"{place}不合 TOML 语法，请检查引号、括号、日期和重复的键"
