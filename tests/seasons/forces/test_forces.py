"""A unit's volunteer forces: named by the table, counted by month, never in the way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aisc_portal import personal
from core import clock
from core.problems import Refused
from registrations.entry_models import Entry
from registrations.services import personal_requests
from seasons import force_invariants, force_personal
from seasons.models import Force
from seasons.services import forces
from seasons.services.force_facts import Counts, Standing, people_of, records_of, tabled
from tests.registrations.staff import organiser
from tests.seasons.forces import build
from tests.seasons.points import build as points

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "unit", "name", "minimum"),
    [
        ("county", "韶关市始兴县科学技术协会", "{}科技志愿服务分队", 500),
        ("society", build.SOCIETY, "{}科技志愿服务支队", 100),
        ("university", "示例大学科协", "{}科技志愿服务支队", 100),
        ("base", "示例科普基地", "{}科技志愿服务支队", 100),
        ("affiliate", "示例直属单位", "{}科技志愿服务支队", 50),
        ("city", "示例市科协", "{}科技志愿服务支队", 1000),
    ],
)
def test_named_and_measured_by_annex_4(edition, kind, unit, name, minimum):
    of = build.unit(kind, unit)
    force = build.force(of, edition, people=minimum - 1)
    assert force.name == name.format(of.team_name)
    assert [p.code for p in Standing(force, tabled(of, edition), []).advice] == ["force.small"]


def test_a_committee_has_its_own_force_and_only_a_society_has_committees(edition):
    society, base = build.unit(), build.unit("base", "示例科普基地")
    assert build.force(society, edition, committee="人工智能专委会").name == (
        f"{society.team_name}科技志愿服务支队人工智能专委会分队"
    )
    for of, committee, code in [
        (base, "专委会", "force.committee"),
        (society, "人工智能专委会", "force.twice"),
        (society, "科技志愿服务专委会", "name.slot_contains"),
    ]:
        with pytest.raises(Refused) as refused:
            build.force(of, edition, committee=committee)
        assert refused.value.codes == [code]


def test_a_wrong_number_writes_nothing(edition):
    with pytest.raises(Refused):
        build.force(build.unit(), edition, number="编号一")
    assert not Force.objects.exists()


def test_saving_again_changes_it(edition):
    force = build.force(build.unit(), edition)
    saved = forces.save(force.unit, edition, build.VALUES | {"people": 7, "committee": "不算"}, by=None, force=force)
    assert (saved.pk, saved.people, saved.committee) == (force.pk, 7, "")


def test_approved_records_and_written_activities_count_by_month(edition):
    unit = build.unit()
    entry = build.recommended(unit, edition)
    points.passed(entry, by=points.contact(edition))
    points.submitted(entry, points.MARCH.replace(day=10))  # not approved
    force = build.force(unit, edition)
    build.activity(force, "2025-02-28")
    build.activity(force, "2025-03-01")
    months = Counts(edition, [force], clock.now()).of(force)
    assert [(month.key, month.done) for month in months][-3:] == [("2025-01", 0), ("2025-02", 1), ("2025-03", 2)]


def test_a_record_counts_for_the_committee_whose_name_the_team_bears(edition):
    unit = build.unit()
    own, committee = build.force(unit, edition), build.force(unit, edition, committee="人工智能专委会")
    for team, phone in [(committee.name, "13800138072"), ("", "13800138073")]:
        entry = build.recommended(unit, edition, team, phone)
        points.passed(entry, by=points.contact(edition) if not team else organiser())
    counts = Counts(edition, [own, committee], clock.now())
    assert [counts.of(force)[-1].done for force in (own, committee)] == [1, 1]
    assert [records_of(force).count() for force in (own, committee)] == [1, 1]


def test_counting_takes_two_queries_for_one_force_and_for_three(edition):
    made = [build.force(build.unit(name=f"{build.SOCIETY}{n}"), edition) for n in range(3)]
    for force in made:
        build.activity(force, "2024-12-01")
    now = clock.now()
    for some in (made[:1], made):
        with CaptureQueriesContext(connection) as asked:
            counts = Counts(edition, some, now)
            assert all(counts.of(force)[-1].met for force in some)
        assert len(asked) == 2


def test_the_same_activity_is_not_written_down_twice(edition):
    force = build.force(build.unit(), edition)
    build.activity(force, "2024-12-01")
    with pytest.raises(Refused) as refused:
        build.activity(force, "2024-12-01")
    assert refused.value.codes == ["activity.twice"]


def test_only_people_of_the_units_entries_are_linked_and_no_pupils(edition):
    unit, other = build.unit(), build.unit("base", "示例科普基地")
    mine, theirs = build.recommended(unit, edition), build.recommended(other, edition, phone="13800138074")
    pupil = build.recommended(unit, edition, phone="13800138075")
    Entry.objects.filter(pk=pupil.pk).update(track=edition.tracks.get(code="youth"))
    assert list(people_of(unit, edition)) == list(mine.people.all())
    for stranger in (theirs, pupil):
        with pytest.raises(Refused):
            build.force(unit, edition, members=list(stranger.people.all()))
    force = build.force(unit, edition, members=list(mine.people.all()))
    assert [one.member for one in force.linked.all()] == list(mine.people.all())
    assert not [finding for finding in force_invariants.invariants() if finding[1]]


def test_whoever_is_deleted_leaves_the_force(edition):
    unit = build.unit()
    entry = build.recommended(unit, edition)
    user = points.lead(entry)
    force = build.force(unit, edition, members=list(entry.people.all()), leader=user.real_name)
    assert [section.rows[0][0] for section in force_personal.gather(user)[:1]] == [force.name]
    asked = personal_requests.ask(user, by=user)
    report = personal.carry_out(asked, reason="依本人申请", by=organiser())
    force.refresh_from_db()
    assert (force.leader, force.linked.count()) == ("", 0)
    assert not [kind for kind in report.left if "队伍" in kind]


def test_leaders_go_with_the_contacts(edition):
    force = build.force(build.unit(), edition)
    assert (force_personal.expire_leaders(edition), force_personal.expire_leaders(edition)) == (1, 0)
    force.refresh_from_db()
    assert (force.leader, force.people) == ("", 500)
