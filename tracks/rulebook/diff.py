"""What changed between two editions, row by row: rows are matched by their code, not by their place."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .dates import When
from .faults import Undecided
from .kinds import percent
from .labels import field_label, path_label
from .schema import Rulebook

LONGEST = 120  # characters of a value that a difference shows


@dataclass(frozen=True)
class Difference:
    """One changed value; `before` is None for what was added, `after` for what was removed."""

    path: str  # unit_categories[society].quota
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """The path in Chinese: 推荐单位与名额 [society] 名额."""
        return path_label(self.path)

    @property
    def told(self) -> tuple[str, str]:
        """Before and after in words; whole tables are cut short."""
        return _cut(_shown(self.before)), _cut(_shown(self.after))

    def __str__(self) -> str:
        before, after = self.told
        return f"{self.label}：{before} → {after}"


def diff(old: Rulebook | Mapping[str, Any], new: Rulebook | Mapping[str, Any]) -> list[Difference]:
    """Every difference, in the order of the sections. Either side may be the plain data of a rulebook."""
    return list(_compare("", as_data(old), as_data(new)))


def as_data(rulebook: Rulebook | Mapping[str, Any]) -> dict[str, Any]:
    """A rulebook as plain values fit for JSON: coded rows by code, undecided values as `待定（…）`."""
    if not isinstance(rulebook, Rulebook):
        return dict(rulebook)
    data: dict[str, Any] = _plain(rulebook, "", {u.path: u for u in rulebook.undecided})
    data.pop("undecided")
    return data


def _plain(value: Any, path: str, undecided: dict[str, Undecided]) -> Any:
    if path in undecided:
        point = undecided[path]
        default = "无" if point.default is None else _shown(point.default)
        return f"待定（{point.question}，暂按 {default}）"
    if isinstance(value, When | date | Decimal):
        return str(value)
    if isinstance(value, Fraction):
        return percent(value)
    if dataclasses.is_dataclass(value):
        names = [f.name for f in dataclasses.fields(value)]
        return {n: _plain(getattr(value, n), f"{path}.{n}" if path else n, undecided) for n in names}
    if isinstance(value, dict):
        return {k: _plain(v, f"{path}.{k}", undecided) for k, v in value.items()}
    if isinstance(value, tuple):
        rows = [_plain(item, f"{path}[{i}]", undecided) for i, item in enumerate(value)]
        if value and hasattr(value[0], "code"):
            return {f"[{row.code}]": plain for row, plain in zip(value, rows, strict=True)}
        return rows
    return value


def _compare(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(k for k in after if k not in before)]:
            inner = f"{path}{key}" if key.startswith("[") or not path else f"{path}.{key}"
            yield from _compare(inner, before.get(key), after.get(key))
    elif _rows(before) and _rows(after) and len(before) == len(after):  # rows without a code keep their place
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _compare(f"{path}[{i}]", old, new)
    elif before != after:
        yield Difference(path, before, after)


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _shown(value: Any) -> str:
    match value:
        case None:
            return "（无）"
        case True | False:
            return "是" if value else "否"
        case dict():
            shown = (
                f"{field_label(k.strip('[]'))} {_shown(v)}" for k, v in value.items() if v not in (None, "", [], {})
            )
            return f"（{'，'.join(shown)}）"
        case list() | tuple():
            return "、".join(_shown(v) for v in value) or "（空）"
        case _:
            return str(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
