"""Units from a spreadsheet: judge every row, then let the good ones in."""

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, errors
from core.sheets import Line, Table
from core.sheets import Row as SheetRow

from ..models import FormerName, Region, Unit
from ..rules import fold, normal_text
from ..rules.pinyin import pinyin_of
from ..rules.units import UnitFacts, check_unit
from .adoption import adopt_now

KIND_LABELS = {code: label for code, label in Unit.KINDS if code != "other"}
FIELDS = {
    "full_name": "单位全称",
    "team_name": "用于队名的名称",
    "kind": "单位类型",
    "region": "所在地",
    "note": "备注",
}
KIND_WORDS = {
    "县科协": "county",
    "市科协": "city",
    "学会": "society",
    "高校": "university",
    "基地": "base",
    "直属单位": "affiliate",
}


@dataclass(frozen=True)
class UnitLine(Line):
    """A row of the list, with the unit as it would be stored."""

    unit: Unit = field(default_factory=Unit)
    former_names: tuple[str, ...] = ()  # those to be added


def judge_units(table: Table) -> list[UnitLine]:
    """What each row would do. A unit is recognised by its full name, else by a former name that the row gives."""
    return _Judge(Unit.objects.all()).lines(table.rows)


def import_units(table: Table, *, by: User) -> list[UnitLine]:
    """Let the rows without errors in, all in one transaction; new units get their places in the current edition.

    Judges anew, since units may have changed after the preview. Returns every line as judged. Raises Refused
    when a changed kind or place would give a unit fewer places than it has taken.
    """
    with transaction.atomic(), recorded("unit.imported", by=by):
        lines = _Judge(Unit.objects.select_for_update(of=("self",))).lines(table.rows)
        written = [line for line in lines if line.verdict in ("new", "changed")]
        for line in written:
            line.unit.pinyin = pinyin_of(line.unit.full_name)
        Unit.objects.bulk_create([line.unit for line in written if line.verdict == "new"])
        Unit.objects.bulk_update([line.unit for line in written if line.verdict == "changed"], [*FIELDS, "pinyin"])
        FormerName.objects.bulk_create(
            FormerName(unit=line.unit, name=name) for line in written for name in line.former_names
        )
        adopt_now(Unit.objects.filter(pk__in=[line.unit.pk for line in written]))
    return lines


class _Judge:
    """The known units and regions, read once for a whole file."""

    def __init__(self, units: QuerySet[Unit]) -> None:
        self.units = {unit.pk: unit for unit in units.select_related("region")}
        self.by_name = {fold(unit.full_name): unit for unit in self.units.values()}
        self.former: dict[str, Unit] = {}
        for former in FormerName.objects.all():
            self.former[fold(former.name)] = self.units[former.unit_id]
        self.regions: dict[str, list[Region]] = {}
        for region in Region.objects.select_related("parent"):
            above = f"{region.parent or ''}"
            for name in {region.code, region.name, f"{above}{region.name}", f"广东省{above}{region.name}"}:
                self.regions.setdefault(fold(name), []).append(region)
        self.seen: dict[str | int, int] = {}  # a known unit's id, or a folded name → row number

    def lines(self, rows: Iterable[SheetRow]) -> list[UnitLine]:
        return [self._line(row) for row in rows]

    def _line(self, row: SheetRow) -> UnitLine:
        values = {key: normal_text(value) for key, value in row.values.items() if key != "former_names"}
        listed = [
            normal_text(name) for name in re.split(r"[、，,；;\n]+", row.values.get("former_names", "")) if name.strip()
        ]
        name = values.get("full_name", "")
        known = self.by_name.get(fold(name)) or next(
            (self.by_name[fold(old)] for old in listed if fold(old) in self.by_name), None
        )
        unit = copy.copy(known) if known else Unit()
        problems = [
            *row.problems,
            *self._twice(known.pk if known else fold(name), row.number),
            *self._renamed(name, known),
        ]
        problems += self._fill(unit, values)
        level = unit.region.level if unit.region_id else ""
        problems += check_unit(UnitFacts(unit.full_name, unit.team_name, unit.kind, level))
        kept = {fold(unit.full_name), *(old for old, owner in self.former.items() if known and owner.pk == known.pk)}
        added = tuple(old for old in dict.fromkeys(listed) if fold(old) not in kept)
        changes = _changes(known, unit, added) if known else {}
        if errors(problems):
            verdict = "wrong"
        elif known is None:
            verdict = "new"
        else:
            verdict = "changed" if changes else "unchanged"
        return UnitLine(row.number, name, verdict, problems, changes, unit, added)  # type: ignore[arg-type]

    def _fill(self, unit: Unit, values: dict[str, str]) -> list[Problem]:
        """Write a row's cells into the unit; an empty cell changes nothing, but a new unit needs all four."""
        problems = []
        for key in ("full_name", "team_name", "note"):
            if values.get(key):
                setattr(unit, key, values[key])
        if typed := values.get("kind"):
            unit.kind = _kind_of(typed)
            if not unit.kind:
                known = "、".join(KIND_LABELS.values())
                problems.append(Problem("unit.kind", f"没有“{typed}”这种单位类型，请从这些里选：{known}", "kind"))
        elif not unit.kind:
            problems.append(Problem("unit.no_kind", "请填写单位类型", "kind"))
        if typed := values.get("region"):
            found = self.regions.get(fold(typed), [])
            if len(found) == 1:
                unit.region = found[0]
            elif found:
                told = "、".join(f"{region.parent}{region}（{region.code}）" for region in found)
                problems.append(Problem("unit.region_many", f"“{typed}”有几处：{told}，请改填代码", "region"))
            else:
                problems.append(
                    Problem("unit.region", f"没有找到“{typed}”，请填“韶关市始兴县”这样的名称或六位代码", "region")
                )
        elif not unit.region_id:
            problems.append(Problem("unit.no_region", "请填写所在地", "region"))
        return problems

    def _twice(self, key: str | int, number: int) -> list[Problem]:
        first = self.seen.setdefault(key, number)
        if not key or first == number:
            return []
        return [Problem("unit.twice", f"与第 {first} 行是同一单位，请删去一行", "full_name")]

    def _renamed(self, name: str, known: Unit | None) -> list[Problem]:
        """A name that its unit no longer bears."""
        owner = self.former.get(fold(name))
        if owner is None or known is not None:
            return []
        message = f"“{name}”是“{owner.full_name}”的曾用名，请改填现在的全称"
        return [Problem("unit.former_name", message, "full_name")]


def _kind_of(typed: str) -> str:
    """The code of a kind, by its label or a common short word; "" when unknown."""
    wanted = fold(typed)
    labels = {fold(label): code for code, label in KIND_LABELS.items()} | KIND_WORDS
    return labels.get(wanted, "")


def _changes(before: Unit, after: Unit, former: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    changes = {
        label: (_shown(before, name), _shown(after, name))
        for name, label in FIELDS.items()
        if _shown(before, name) != _shown(after, name)
    }
    return changes | ({"曾用名": ("", f"加上 {'、'.join(former)}")} if former else {})


def _shown(unit: Unit, name: str) -> str:
    if name == "kind":
        return unit.get_kind_display()
    return str(getattr(unit, name))
