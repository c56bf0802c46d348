"""The register the portal starts with: real names, from public lists."""

from collections import Counter

import pytest

from registrations.models import Region, RegionFlag, Unit
from registrations.services.register import load_register

pytestmark = pytest.mark.django_db


def test_the_register_is_whole_and_loads_once():
    added = load_register()
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert levels == {"province": 1, "prefecture": 21, "county": 122}
    kinds = Counter(Unit.objects.values_list("kind", flat=True))
    assert kinds == {"city": 21, "county": 122, "university": 166, "base": 12, "society": 7, "affiliate": 2}
    assert (added, load_register(), Unit.objects.count()) == (330, 0, 330)


def test_only_verified_titles_are_set():
    load_register()
    assert (RegionFlag.objects.count(), RegionFlag.objects.filter(source="").count()) == (4, 0)


def test_what_is_unverified_says_so():
    load_register()
    affiliates = Unit.objects.filter(kind="affiliate").values_list("note", flat=True)
    assert [note.startswith("待核实") for note in affiliates] == [True, True]


def test_a_university_has_two_names():
    load_register()
    unit = Unit.objects.get(full_name="广州大学科学技术协会")
    assert (unit.team_name, unit.pinyin.split()[1]) == ("广州大学", "gzdxkxjsxh")


def test_dongguan_and_zhongshan_have_no_counties():
    load_register()
    assert list(Region.objects.filter(parent__name__in=["东莞市", "中山市"])) == []
    assert Unit.objects.filter(kind="city", region__name__in=["东莞市", "中山市"]).count() == 2


def test_loading_again_keeps_what_an_organiser_changed():
    load_register()
    RegionFlag.objects.first().delete()
    Region.objects.filter(code="440222").update(name="始兴县（改）")
    load_register()
    assert (RegionFlag.objects.count(), Region.objects.get(code="440222").name) == (3, "始兴县（改）")
