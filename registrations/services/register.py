"""The register of regions and units that the portal starts with: real names, from public lists."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded

from ..models import Region, RegionFlag, Unit
from ..rules.pinyin import pinyin_of

DATA = Path(__file__).resolve().parent.parent / "data"
REGIONS_VERSION = "2023-06-30"  # the statistical bureau's list; 东莞 and 中山 have no counties (Q5)
PROVINCE = "440000"


def load_register(*, by: User | None = None) -> int:
    """Load regions, verified titles and units; run again, it adds what is missing and changes nothing an organiser
    edited. Returns the number of units added."""
    with transaction.atomic(), recorded("unit.loaded", by=by):
        Region.objects.bulk_create(_regions(), ignore_conflicts=True)
        if not RegionFlag.objects.exists():  # once: an organiser's deletion stays
            RegionFlag.objects.bulk_create(_flags())
        known = set(Unit.objects.values_list("full_name", flat=True))
        fresh = [unit for unit in _units() if unit.full_name not in known]
        Unit.objects.bulk_create(fresh)
    return len(fresh)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _regions() -> list[Region]:
    return [
        Region(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            parent_id=row["parent"] or None,
            pinyin=row["pinyin"],
            version=REGIONS_VERSION,
        )
        for row in _rows("regions.csv")
    ]


def _flags() -> list[RegionFlag]:
    return [
        RegionFlag(
            region_id=row["region"],
            kind=row["kind"],
            since=date.fromisoformat(row["since"]) if row["since"] else None,
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            source=row["source"],
        )
        for row in _rows("flags.csv")
    ]


def _units() -> Iterator[Unit]:
    """A 科协 for every county, city and university; bases, societies and affiliates from the verified sample."""
    names = {region.code: region.name for region in Region.objects.all()}
    for region in Region.objects.exclude(level="province"):
        kind = "county" if region.level == "county" else "city"
        city = names[region.parent_id or ""] if kind == "county" else ""
        yield _unit(f"{city}{region.name}科学技术协会", f"{region.name}科协", kind, region.code)
    for row in _rows("universities.csv"):
        yield _unit(f"{row['name']}科学技术协会", row["name"], "university", row["region"])
    for row in _rows("units.csv"):
        note = f"{row['note']}（{row['source']}）" if row["note"] else ""
        yield _unit(row["name"], row["name"], row["kind"], row["region"], note)


def _unit(full_name: str, team_name: str, kind: str, region: str, note: str = "") -> Unit:
    return Unit(
        full_name=full_name,
        team_name=team_name,
        kind=kind,
        region_id=region,
        note=note,
        pinyin=pinyin_of(full_name),
    )
