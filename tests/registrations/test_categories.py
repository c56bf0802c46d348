"""Which category a unit falls into, and with how many places (G7–G13, Q3, Q4)."""

from datetime import date

import pytest

from registrations.models import RegionFlag
from registrations.rules.categories import category_for
from registrations.services.adoption import flags_in_force
from tests.registrations import build


@pytest.mark.parametrize(
    ("kind", "flags", "code", "places"),
    [
        ("county", [], "county_other", 25),
        ("county", ["pilot"], "county_pilot", 50),
        ("county", ["demonstration"], "county_pilot", 50),
        ("county", ["pilot", "demonstration"], "county_pilot", 50),  # both titles: 50 once (Q4)
        ("society", ["pilot"], "society", 3),
        ("university", [], "university", 5),
        ("base", [], "base", 1),
        ("affiliate", [], "affiliate", 1),
        ("city", [], "city", None),  # closed until the organiser opens it (Q3)
    ],
)
def test_category(edition, kind, flags, code, places):
    category = category_for(kind, frozenset(flags), edition.rulebook.unit_categories)
    assert (category.code, category.quota) == (code, places)


def test_an_unlisted_unit_has_no_category(edition):
    assert category_for("other", frozenset(), edition.rulebook.unit_categories) is None


@pytest.mark.parametrize(
    ("on", "titles"), [("2020-12-31", []), ("2021-01-01", ["pilot"]), ("2025-12-31", ["pilot"]), ("2026-01-01", [])]
)
def test_a_title_holds_between_its_dates(edition, on, titles):
    county = build.unit("county").region
    RegionFlag.objects.create(
        region=county, kind="pilot", since=date(2021, 1, 1), until=date(2025, 12, 31), source="示例"
    )
    assert sorted(flags_in_force(date.fromisoformat(on))[county.pk]) == titles
