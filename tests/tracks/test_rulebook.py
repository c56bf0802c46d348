"""The three editions say what their notices say (rules.md A1–A3)."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from tracks.rulebook import Rulebook, parse

ROOT = Path(__file__).parents[2]
EDITIONS = ROOT / "tracks" / "editions"
MOMENT = timedelta(microseconds=1)


def load(slug: str) -> Rulebook:
    parsed = parse((EDITIONS / f"{slug}.toml").read_text(encoding="utf-8"))
    assert parsed.errors == []
    assert parsed.rulebook is not None
    return parsed.rulebook


def rows(name: str) -> Iterator[dict[str, str]]:
    with (ROOT / "tests" / "data" / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def guangdong() -> Rulebook:
    return load("guangdong-2024")


@pytest.mark.parametrize("slug", sorted(path.stem for path in EDITIONS.glob("*.toml")))
def test_edition_loads_under_its_own_slug(slug: str) -> None:
    assert load(slug).edition.slug == slug


def test_g1_organisers_keep_their_order(guangdong: Rulebook) -> None:
    assert guangdong.organisers_as("guide") == ("广东省科学技术协会",)
    assert guangdong.organisers_as("host") == ("广东省钟南山医学基金会", "广东省吴小兰慈善基金会")
    assert guangdong.organisers_as("undertaker") == ("广东省科学技术普及志愿者协会",)
    assert [len(guangdong.organisers_as(r)) for r in ("co_organiser", "technical", "supporter")] == [4, 1, 7]


def test_g7_to_g13_units_as_the_quota_table(guangdong: Rulebook) -> None:
    listed = [
        (row["code"], row["quota"], row["min_force_annex4"], row["leader_annex4"], row["canonical_template"])
        for row in rows("notice_000_unit_categories.csv")
    ]
    ours = [
        (
            u.code,
            str(u.quota or ""),
            str(u.force.minimum if u.force else ""),
            u.force.leader if u.force else "",
            " | ".join(u.team_names),
        )
        for u in guangdong.unit_categories
    ]
    assert ours == listed


def test_g7_wording_is_the_notices_own(guangdong: Rulebook) -> None:
    for row in list(rows("notice_000_unit_categories.csv"))[:5]:
        unit = guangdong.unit_category(row["code"])
        assert (unit.listed_name, unit.quota_wording) == (row["unit_category"], row["quota_wording"])


def test_q3_city_is_closed_until_the_organiser_opens_it(guangdong: Rulebook) -> None:
    assert guangdong.unit_category("city").closed
    assert not guangdong.is_decided("Q3")


def test_g13a_who_supplies_each_slot(guangdong: Rulebook) -> None:
    assert guangdong.naming is not None
    assert {s.code for s in guangdong.naming.slots if s.supplied_by == "clerk"} == {"entrant", "team", "committee"}


def test_g19_seven_columns_in_order(guangdong: Rulebook) -> None:
    official = next(row["columns"] for row in rows("form_columns.csv") if row["form"].startswith("000"))
    assert "|".join(c.label for c in guangdong.form("recommendation").columns) == official


def test_g24_to_g26_conditions(guangdong: Rulebook) -> None:
    assert [(t.code, len(t.conditions), t.minors) for t in guangdong.tracks] == [
        ("worker", 7, False),
        ("university", 3, False),
        ("youth", 1, True),
    ]
    assert guangdong.track("worker").conditions[6].within_years == 3


def test_g28_milestones_as_transcribed(guangdong: Rulebook) -> None:
    listed = [
        (row["code"], row["kind"], row["start"], row["end"][:10], row["precision"], row["channel"])
        for row in rows("notice_000_milestones.csv")
    ]
    ours = [
        (
            m.code,
            m.kind,
            m.starts_at.date().isoformat() if m.starts_at else "",
            (m.ends_at - MOMENT).date().isoformat() if m.ends_at and m.kind != "open_ended" else "",
            m.precision,
            m.channel or "",
        )
        for m in guangdong.milestones
    ]
    assert ours == listed


def test_g27_directions_match_by_code(guangdong: Rulebook) -> None:
    listed = {row["category"]: (row["award_name"], row["theme"]) for row in rows("notice_000_awards.csv")}
    assert {c.code: (c.name, c.direction) for c in guangdong.categories} == listed
    assert {s.category: s.milestone for s in guangdong.seasons} == {"A": "theme1", "B": "theme2", "C": "theme3"}


def test_g36_195_prizes(guangdong: Rulebook) -> None:
    listed = [(row["level"], int(row["count"])) for row in rows("notice_000_awards.csv") if row["category"] == "A"]
    leader = guangdong.award("leader")
    assert [(level.name, level.count) for level in leader.levels] == listed
    assert guangdong.prizes("leader") == 195
    assert (guangdong.prizes("top100"), guangdong.prizes("outstanding")) == (100, 50)


def test_g37_excellent_prizes_do_not_enter_the_pool(guangdong: Rulebook) -> None:
    assert [g.level for g in guangdong.entitlement("organiser_pool").grants] == ["first", "second", "third"]


def test_g39_licences_are_worth_72915(guangdong: Rulebook) -> None:
    listed = [
        (int(row["licence_months"]), int(row["licence_value_yuan"]))
        for row in rows("notice_000_awards.csv")
        if row["licence_months"]
    ]
    assert [(g.months, g.value_yuan) for g in guangdong.entitlement("study_tour_licence").grants] == listed
    assert guangdong.entitlement_value("study_tour_licence") == 72915


def test_q12_thirds_of_halves_sum_to_exactly_100(guangdong: Rulebook) -> None:
    weights = [weight for _, weight in guangdong.rubric("main").weights()]
    assert weights == [Fraction(50, 3)] * 6
    assert sum(weights) == 100


def test_q13_final_is_mixed_70_30(guangdong: Rulebook) -> None:
    final = guangdong.round("final")
    assert [(p.code, p.weight, p.ballots_min) for p in final.panels] == [("expert", 70, None), ("public", 30, 100)]


def test_q14_no_point_rules_while_undecided(guangdong: Rulebook) -> None:
    assert guangdong.point_rules == ()
    assert guangdong.points is not None
    assert all(rule.example for rule in guangdong.points.rules)


def test_g46_seven_kinds_of_service(guangdong: Rulebook) -> None:
    assert len(guangdong.activity_types) == 7


def test_n5_n7_provincial_quotas_exceed_the_cap() -> None:
    province = load("national-2020").unit_category("province")
    assert province.quotas == {row["province"]: int(row["quota"]) for row in rows("notice_001_province_quota.csv")}
    assert (sum(province.quotas.values()), province.global_cap) == (1320, 1000)
    assert (province.hard, province.rank_required, province.quota_for("广东")) == (False, True, 30)


def test_n20_topics_and_groups() -> None:
    national = load("national-2024")
    listed = [
        (r["code"], r["topic"], r["theme"], r["group"], r["team_max"], r["per_student_max"])
        for r in rows("notice_002_topics.csv")
    ]
    ours = [
        (
            c.code,
            c.name,
            c.direction,
            national.group(g).name,
            str(national.team_rule(c.code).max),
            str(c.works_per_person or ""),
        )
        for c in national.categories
        for g in c.groups
    ]
    assert ours == listed


def test_n26_percent_cap_and_leaderboard() -> None:
    advance = load("national-2024").round("provincial").advance
    assert [(a.kind, a.percent, a.count) for a in advance] == [
        ("percent", 20, None),
        ("top", None, 10),
        ("leaderboard", None, None),
    ]


def test_n28_n29_nominations() -> None:
    assert {n.code: n.quota for n in load("national-2024").nominations} == {
        "organisations": 3,
        "schools": 20,
        "roster": None,
    }
