"""Inviting, joining, leaving, handing over; and the limits that hold whoever writes."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.accounts import invitations
from core.problems import Refused
from registrations.entry_models import Entry, Member, MemberInvitation
from registrations.services import entering, teams

from .build import REGISTERING, draft, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(edition):
    clock.set_now(REGISTERING)
    return draft(edition, person(), team_name="智绘科普队", organisation="")


def refused(codes, act, *args, **more):
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.codes == codes


def ask(team, name="胡燕", role="member", **more):
    return teams.invite(team, role, by=team.people.get(role="representative").user, name=name, **more)


def test_a_member_confirms_by_themselves(team):
    invitation = ask(team, phone="13800138003")
    teams.join(invitation, by=person("胡燕", "13800138003"))
    team.refresh_from_db()
    assert (team.members, sorted(team.people.values_list("name", flat=True))) == (2, ["祝宇", "胡燕"])


def test_a_link_works_once(team):
    invitation = ask(team)
    teams.join(invitation, by=person("胡燕", "13800138003"))
    refused(["invitation.used"], teams.join, invitation, by=person("杨彬", "13800138004"))


def test_declined_frees_the_place_and_tells(team):
    invitation = ask(team)
    teams.decline(invitation)
    refused(["invitation.declined"], teams.join, invitation, by=person("胡燕", "13800138003"))
    assert team.invitations.open().count() == 0


def test_a_third_instructor_is_refused(team):
    ask(team, "杨彬", "instructor")
    ask(team, "何燕", "instructor")
    refused(["team.instructors"], ask, team, "高宁", "instructor")


def test_an_individual_has_no_members(edition):
    clock.set_now(REGISTERING)
    refused(["team.individual"], ask, draft(edition, person()))


def test_in_two_teams_is_refused(team, edition):
    other = draft(edition, person("李明", "13800138002"), "university", team_name="另一队", organisation="")
    both = person("胡燕", "13800138003")
    teams.join(ask(team), by=both)
    refused(["entry.twice"], teams.join, ask(other), by=both)


def test_a_team_that_has_closed_takes_nobody(team):
    invitation = ask(team)
    clock.set_now(REGISTERING.replace(day=26))
    refused(["team.closed"], teams.join, invitation, by=person("胡燕", "13800138003"))


def test_after_the_close_a_contact_may_open_it(team):
    invitation = ask(team)
    clock.set_now(REGISTERING.replace(day=26))
    entering.unlock_entry(team, REGISTERING.replace(day=28), by=person("联系人", "13800138009"), reason="来电说明")
    assert teams.join(invitation, by=person("胡燕", "13800138003")).role == "member"


def test_the_representative_hands_over_before_leaving(team):
    first = team.people.get()
    refused(["member.representative"], teams.remove, first, by=first.user)
    second = teams.join(ask(team), by=person("胡燕", "13800138003"))
    teams.hand_over(team, second, by=first.user)
    teams.remove(first, by=first.user)
    assert team.people.get(left_at=None).role == "representative"


def test_whoever_left_may_join_elsewhere(team, edition):
    moving = person("胡燕", "13800138003")
    member = teams.join(ask(team), by=moving)
    teams.remove(member, by=moving)
    other = draft(edition, person("李明", "13800138002"), team_name="另一队", organisation="")
    assert teams.join(ask(other), by=moving).entry == other


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "name.empty"), ("{{ x }}", "name.form"), ("http://x.test", "name.form"), ("1", "name.form")],
)
def test_a_wrong_name_is_refused(team, name, code):
    refused([code], ask, team, name)


def test_a_line_break_in_a_name_is_dropped(team):
    assert ask(team, "王\r\n芳").name == "王芳"


@pytest.mark.parametrize("name", ["䶮䶮", "李㛃", "买买提·艾力"])
def test_rare_characters_and_dots(team, name):
    assert ask(team, name).name == name


def test_the_database_holds_the_limit_against_any_writer(team):
    Entry.objects.filter(pk=team.pk).update(members_limit=1)
    second = Member(entry=team, edition=team.edition, user=person("胡燕", "13800138003"), role="member", name="胡燕")
    second.scope, second.joined_at = "edition", REGISTERING
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.bulk_create([second])


def test_a_fourth_member_of_a_team_of_three(team):
    Entry.objects.filter(pk=team.pk).update(members_limit=3)  # as 002's edition has it
    ask(team, "甲乙")
    ask(team, "丙丁")
    refused(["team.full"], ask, team, "戊己")


@pytest.mark.django_db(transaction=True)
def test_two_accept_the_last_place_at_once(edition):
    clock.set_now(REGISTERING)
    team = draft(edition, person(), team_name="智绘科普队", organisation="")
    Entry.objects.filter(pk=team.pk).update(members_limit=2)
    entry = Entry.objects.get(pk=team.pk)
    sent = [MemberInvitation(entry=entry, role="member", name=name) for name in ("胡燕", "杨彬")]
    for one in sent:
        invitations.issue(one, by=None)
    users = [person("胡燕", "13800138003"), person("杨彬", "13800138004")]
    answers = []

    def accept(invitation, user):
        try:
            teams.join(invitation, by=user)
            answers.append("in")
        except Refused as found:
            answers.append(found.codes[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=pair) for pair in zip(sent, users, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["in", "team.full"]
