"""组别 and small teams, with the rules of the second notice (科协青发〔2024〕2号): at most three, of one group."""

from datetime import datetime

import pytest

from aisc_portal import editions
from core import clock
from core.clock import BEIJING
from core.problems import Refused
from registrations.rules.teams import People, check_team
from registrations.services import entering, teams
from registrations.services.dossier import Dossier
from tests.contest import GUANGDONG
from tracks.models import Edition
from tracks.rulebook.contest import TeamRule

from .build import draft, join, person

RULE = TeamRule(min=1, max=3, instructors_max=2, same_group=True, source="")


@pytest.fixture
def national(db):
    editions.load((GUANGDONG.parent / "national-2024.toml").read_text(encoding="utf-8"))
    clock.set_now(datetime(2024, 7, 1, 10, tzinfo=BEIJING))
    return Edition.objects.get(slug="national-2024")


@pytest.fixture
def team(national):
    values = {"team_name": "智绘科普队", "categories": ["engineering"]}
    return draft(national, person("李明", "13800138002"), "student", **values)


def codes(act, *args, **more):
    with pytest.raises(Refused) as found:
        act(*args, **more)
    return found.value.codes


def leader(entry):
    return entry.people.get(role="representative")


def with_member(entry, name, phone, group=""):
    """Somebody joins and says their group."""
    by = person(name, phone)
    member = join(teams.invite(entry, "member", by=leader(entry).user, name=name), by=by)
    return teams.save_member(member, by=by, name=name, group=group)


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        (("junior", "junior"), []),
        (("junior", "senior"), ["team.groups"]),
        (("junior", ""), ["team.group_missing"]),
        ((), []),
    ],
)
def test_a_team_is_of_one_group(groups, found):
    assert [p.code for p in check_team("team", People(2, 0, groups), [RULE])] == found


def test_a_fourth_is_refused_and_a_third_instructor(team):
    for name, phone in (("胡燕", "13800138003"), ("杨彬", "13800138004")):
        with_member(team, name, phone)
    assert codes(teams.invite, team, "member", by=leader(team).user, name="何燕") == ["team.full"]
    for name in ("高宁", "罗宁"):
        teams.invite(team, "instructor", by=leader(team).user, name=name)
    assert codes(teams.invite, team, "instructor", by=leader(team).user, name="林宁") == ["team.instructors"]


def test_two_groups_in_one_team_do_not_enter(team):
    teams.save_member(leader(team), by=leader(team).user, name="李明", group="junior")
    other = with_member(team, "胡燕", "13800138003", "primary_upper")
    team.refresh_from_db()
    assert "team.groups" in [p.code for p in Dossier(team).team_problems()]
    teams.save_member(other, by=other.user, name="胡燕", group="junior")
    assert "team.groups" not in [p.code for p in Dossier(team).team_problems()]


def test_everybody_says_their_group(team):
    assert "team.group_missing" in codes(entering.enter, team, by=leader(team).user)


def test_another_categorys_group_is_refused(team):
    assert codes(teams.save_member, leader(team), by=leader(team).user, name="李明", group="case_senior") == [
        "member.group"
    ]


def test_a_case_has_two_authors_and_nobody_instructs_them(national):
    case = draft(national, person(), "teacher", team_name="案例组", categories=["teacher_case"])
    with_member(case, "胡燕", "13800138003", "case_junior")
    assert codes(teams.invite, case, "member", by=leader(case).user, name="杨彬") == ["team.full"]
    assert codes(teams.invite, case, "instructor", by=leader(case).user, name="杨彬") == ["team.instructors"]


def test_the_page_shows_who_has_yet_to_say(team, client):
    client.force_login(leader(team).user)
    page = client.get(f"/entries/{team.pk}/people/").content.decode()
    assert ("未填组别" in page, "改姓名和组别" in page) == (True, True)
