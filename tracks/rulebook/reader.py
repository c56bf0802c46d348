"""From TOML values to frozen dataclasses, driven by the dataclasses' own annotations.

The reader knows nothing of the contest. It never stops at the first fault: a broken value is left out, its
neighbours are still read, and what needs the whole file (references between rows) is settled at the end.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from .dates import When, parse_when
from .faults import Fault, Undecided
from .kinds import Ref, Slots, duplicates, slots_of

BROKEN: Final = object()  # stands for a value that could not be read; its fault is already noted
TOML_NAMES = {bool: "true/false", int: "整数", Decimal: "小数", str: "文字", list: "列表", dict: "表",
              datetime: "日期时间", date: "日期"}  # fmt: skip


class Reader:
    """Reads one file; collects faults, undecided points, codes and references as it goes."""

    def __init__(self, adopted: frozenset[str] = frozenset()) -> None:
        self.adopted = adopted  # questions whose default the organiser has made the rule
        self.errors: list[Fault] = []
        self.undecided: list[Undecided] = []
        self.questions: set[str] = set()
        self._codes: defaultdict[str, set[str]] = defaultdict(set)  # "awards.levels" → {"first", "second", …}
        self._references: list[tuple[str, str, Ref | Slots]] = []

    def fault(self, path: str, message: str) -> Any:
        self.errors.append(Fault(path, message))
        return BROKEN

    def read(self, value: Any, kind: Any, path: str) -> Any:
        """One value of the given annotation, or BROKEN."""
        if isinstance(value, dict) and "undecided" in value:
            return self._read_undecided(value, kind, path)
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._read_marked(value, arguments[0], arguments[1:], path)
        if origin in (UnionType, Union):  # only ever `X | None`; TOML has no null, so the value is an X
            return self.read(value, next(a for a in arguments if a is not type(None)), path)
        if origin is Literal:
            if value in arguments:
                return value
            return self.fault(path, f"“{value}”不在可选值中，请改为 {'、'.join(map(str, arguments))} 之一")
        if origin is tuple:
            return self._read_list(value, arguments[0], path)
        if origin is dict:
            return self._read_mapping(value, arguments[0], arguments[1], path)
        if dataclasses.is_dataclass(kind) and kind is not When:
            return self._read_table(value, kind, path)
        try:
            return SCALARS[kind](value)
        except ValueError as wrong:
            return self.fault(path, str(wrong))

    def read_fields(self, table: dict[str, Any], cls: Any, path: str = "") -> dict[str, Any]:
        """The fields of a dataclass that could be read; faults for the missing, the unknown and the broken."""
        hints = _hints(cls)
        fields = {f.name: f for f in dataclasses.fields(cls) if not f.metadata.get("derived")}
        for key in table.keys() - fields.keys():
            close = get_close_matches(key, fields, n=1)
            hint = f"，是否想写 {close[0]}？" if close else f"，可用的键有 {'、'.join(fields)}"
            self.fault(_join(path, key), f"不认识的键 {key}{hint}")
        values = {}
        for name, field in fields.items():
            if name in table:
                values[name] = self.read(table[name], hints[name], _join(path, name))
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                self.fault(_join(path, name), f"缺少 {name}，请补上")
        return {name: value for name, value in values.items() if value is not BROKEN}

    def settle(self) -> None:
        """With everything read, refuse references to codes that no row has, and adopted questions nobody asks."""
        for path, word, mark in self._references:
            known = self._codes[mark.target] | set(mark.also)
            if word not in known:
                where = f" {mark.target} 中" if mark.target else ""
                self.fault(path, f"“{word}”在{where}找不到，可用的有 {'、'.join(sorted(known)) or '（无）'}")
        for question in sorted(self.adopted - self.questions):
            self.fault("adopted", f"{question} 没有对应的待定项，请从 adopted 中删去")

    def _read_undecided(self, value: dict[str, Any], kind: Any, path: str) -> Any:
        question = value.get("question")
        unknown = value.keys() - {"undecided", "default", "question"}
        if value["undecided"] is not True or not isinstance(question, str) or not question or unknown:
            return self.fault(path, '待定项应写成 { undecided = true, default = …, question = "Q…" }；已定的请直接写值')
        self.questions.add(question)
        if question not in self.adopted:
            self.undecided.append(Undecided(path, question, value.get("default")))
        if "default" in value:
            return self.read(value["default"], kind, path)
        if _optional(kind):
            return None
        return self.fault(path, "待定项缺少 default，请写上暂用的值")

    def _read_marked(self, value: Any, kind: Any, marks: tuple[Any, ...], path: str) -> Any:
        before = len(self.errors)
        result = self.read(value, kind, path)
        if result is BROKEN or len(self.errors) > before:
            return result  # a condition on a half-read value would only repeat the fault
        for mark in marks:
            if isinstance(mark, Ref):
                self._references.append((path, result, mark))
            elif isinstance(mark, Slots):
                self._references.extend((path, slot, mark) for slot in slots_of(result))
            elif problem := mark.problem(result):
                result = self.fault(path, problem)
                break
        return result

    def _read_list(self, value: Any, kind: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self.fault(path, f"应为列表，现为{_toml_name(value)}")
        if "code" in _hints(kind):
            codes = [row["code"] for row in value if isinstance(row, dict) and isinstance(row.get("code"), str)]
            self._codes[re.sub(r"\[\d+\]", "", path)].update(codes)
            for code in sorted(duplicates(codes)):
                self.fault(path, f"有两项的 code 都是 {code}，请改成不同的代码")
        items = [self.read(item, kind, f"{path}[{i}]") for i, item in enumerate(value)]
        return tuple(item for item in items if item is not BROKEN)

    def _read_mapping(self, value: Any, key_kind: Any, kind: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self.fault(path, f"应为表（名称 = 值），现为{_toml_name(value)}")
        keys = {key: self.read(key, key_kind, _join(path, key)) for key in value}
        items = {keys[key]: self.read(item, kind, _join(path, key)) for key, item in value.items()}
        return {key: item for key, item in items.items() if BROKEN not in (key, item)}

    def _read_table(self, value: Any, cls: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self.fault(path, f"应为表，现为{_toml_name(value)}")
        before = len(self.errors)
        fields = self.read_fields(value, cls, path)
        if len(self.errors) > before:
            return BROKEN
        table = cls(**fields)
        for name, message in getattr(table, "faults", tuple)():  # what only the table as a whole can tell
            self.fault(_join(path, name), message)
        return table


def _scalar(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:  # exact: true is not an integer, a date-time not a date
            raise ValueError(f"应为{TOML_NAMES[kind]}，现为{_toml_name(value)}")
        if kind is str and not str(value).strip():
            raise ValueError("不能为空，请填写或删去这一行")
        return value

    return read


def _decimal(value: Any) -> Decimal:
    if type(value) not in (int, Decimal):
        raise ValueError(f"应为数字，现为{_toml_name(value)}")
    number = Decimal(value)
    # bounds also keep 1e999999999 from being expanded
    if not number.is_finite() or number.adjusted() > 9 or int(number.as_tuple().exponent) < -9:
        raise ValueError(f"{value} 不是可用的数字，请写普通的十进制数")
    return number


def _fraction(value: Any) -> Fraction:
    if isinstance(value, str):
        match = re.fullmatch(r"(\d{1,6})/([1-9]\d{0,5})", value.replace(" ", ""))
        if match is None:
            raise ValueError(f'“{value}”不是权重，请写数字，或写成 "100/3" 这样的分数')
        return Fraction(int(match[1]), int(match[2]))
    return Fraction(_decimal(value))


SCALARS: dict[Any, Callable[[Any], Any]] = {
    **{kind: _scalar(kind) for kind in (str, int, bool, date)},
    Decimal: _decimal,
    Fraction: _fraction,
    When: parse_when,
}


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls, include_extras=True) if dataclasses.is_dataclass(cls) else {}


def _optional(kind: Any) -> bool:
    return get_origin(kind) in (UnionType, Union) and type(None) in get_args(kind)


def _toml_name(value: Any) -> str:
    shown = f"“{value}”" if isinstance(value, str | int | Decimal) else ""
    return TOML_NAMES.get(type(value), "其他") + shown[:40]


def _join(path: str, key: str) -> str:
    key = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"'
    return f"{path}.{key}" if path else key
