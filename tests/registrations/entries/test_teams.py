"""Inviting, joining, leaving, handing over; and the limits that hold whoever writes."""

import threading
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.accounts import invitations
from core.notices.models import Notice
from core.problems import Refused
from registrations.entry_models import SCOPE_CHECK, Entry, Member, MemberInvitation
from registrations.personal_models import Consent
from registrations.services import entering, teams
from tests.contest import load_guangdong
from tests.registrations import racing
from tests.registrations.owner import as_owner, stop_counting

from .build import REGISTERING, draft, join, person

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
    join(invitation, by=person("胡燕", "13800138003"))
    team.refresh_from_db()
    assert (team.members, sorted(team.people.values_list("name", flat=True))) == (2, ["祝宇", "胡燕"])


def test_the_representative_reads_that_somebody_joined_or_declined(team):
    """Neither names whoever is written to, nor anybody else: a subject goes into its reader's export."""
    join(ask(team, phone="13800138003"), by=person("胡燕", "13800138003"))
    teams.decline(ask(team, "薛芳"), by=person("薛芳", "13800138004"))
    told = Notice.objects.filter(template__in=["member-joined", "member-declined"]).order_by("pk")
    assert [one.subject for one in told] == ["队员已加入“智绘科普队”", "队员谢绝了“智绘科普队”的邀请"]


@pytest.mark.parametrize(
    ("role", "ticked", "missing"),
    [
        ("member", (), ["consent.missing", "consent.missing"]),
        ("member", ("privacy", "display"), ["consent.missing"]),
        ("instructor", (), ["consent.missing"]),
    ],
)
def test_nobody_joins_unread(team, role, ticked, missing):
    """The representative cannot accept a text for somebody else."""
    refused(missing, teams.join, ask(team, role=role), by=person("胡燕", "13800138003"), accepted=ticked)
    assert (Consent.objects.count(), team.invitations.open().count()) == (0, 1)


def test_what_was_read_is_kept_with_version_hash_and_time(team):
    joining = person("胡燕", "13800138003")
    join(ask(team), by=joining)
    kept = {consent.code: consent for consent in Consent.objects.filter(user=joining, entry=team)}
    assert kept.keys() == {"privacy", "originality"}
    assert {(c.version, len(c.sha256), c.given_at.date()) for c in kept.values()} == {("1", 64, REGISTERING.date())}


def test_the_page_behind_the_link_asks_for_them(team, client):
    page = f"/{str(invitations.link(ask(team))).split('/', 3)[3]}"
    client.force_login(person("胡燕", "13800138003"))
    assert "个人信息处理告知" in client.get(page).content.decode()
    answer = client.post(page, {"consent_privacy": "on"})
    assert (answer.status_code, "请阅读并勾选《原创与合规承诺书》" in answer.content.decode()) == (422, True)
    assert client.post(page, {"consent_privacy": "on", "consent_originality": "on"}).url == f"/entries/{team.pk}/"


def test_a_link_works_once(team):
    invitation = ask(team)
    join(invitation, by=person("胡燕", "13800138003"))
    refused(["invitation.used"], join, invitation, by=person("杨彬", "13800138004"))


def test_declined_frees_the_place_and_tells(team):
    invitation = ask(team)
    teams.decline(invitation)
    refused(["invitation.declined"], join, invitation, by=person("胡燕", "13800138003"))
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
    join(ask(team), by=both)
    refused(["entry.twice"], join, ask(other), by=both)


def test_a_team_that_has_closed_takes_nobody(team):
    invitation = ask(team)
    clock.set_now(REGISTERING.replace(day=26))
    refused(["team.closed"], join, invitation, by=person("胡燕", "13800138003"))


def test_after_the_close_a_contact_may_open_it(team):
    invitation = ask(team)
    clock.set_now(REGISTERING.replace(day=26))
    entering.unlock_entry(team, REGISTERING.replace(day=28), by=person("联系人", "13800138009"), reason="来电说明")
    assert join(invitation, by=person("胡燕", "13800138003")).role == "member"


def test_the_representative_hands_over_before_leaving(team):
    first = team.people.get()
    refused(["member.representative"], teams.remove, first, by=first.user)
    second = join(ask(team), by=person("胡燕", "13800138003"))
    teams.hand_over(team, second, by=first.user)
    teams.remove(first, by=first.user)
    assert team.people.get(left_at=None).role == "representative"


def test_whoever_left_may_join_elsewhere(team, edition):
    moving = person("胡燕", "13800138003")
    member = join(ask(team), by=moving)
    teams.remove(member, by=moving)
    other = draft(edition, person("李明", "13800138002"), team_name="另一队", organisation="")
    assert join(ask(other), by=moving).entry == other


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name.empty"),
        ("{{ x }}", "name.form"),
        ("http://x.test", "name.form"),
        ("1", "name.form"),
        ("看 x.com", "name.link"),
    ],
)
def test_a_wrong_name_is_refused(team, name, code):
    refused([code], ask, team, name)


def test_an_account_without_a_real_name_does_not_join(team):
    refused(["member.name"], join, ask(team), by=person("http://x.test", "13800138003"))


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
            join(invitation, by=user)
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_the_database_is_what_stops_the_race(guarded):
    """Everybody counts before anybody writes; without the trigger that counts, all get in."""
    edition = load_guangdong()
    clock.set_now(REGISTERING)
    team = draft(edition, person(), team_name="智绘科普队", organisation="")
    Entry.objects.filter(pk=team.pk).update(members_limit=2)
    users, counted = [person("胡燕", f"1380013801{n}") for n in range(6)], threading.Barrier(6)

    def count_then_write(user):
        free = team.people.here().count() < 2
        counted.wait(timeout=60)
        if free:
            entering.add_person(Entry.objects.get(pk=team.pk), user, "member", name=user.real_name)

    if not guarded:
        stop_counting(Member, "count_people")
    told = racing.told(racing.race(*[partial(count_then_write, user) for user in users]))
    assert told == ({"ok": 1, "team.full": 5} if guarded else {"ok": 6})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_nobody_joins_two_teams_at_once(guarded):
    """The unique scope is what stops it."""
    edition = load_guangdong()
    clock.set_now(REGISTERING)
    leaders = [person("李明", f"1380013802{n}") for n in range(4)]
    sent = [ask(draft(edition, by, team_name=f"第{'甲乙丙丁'[n]}队")) for n, by in enumerate(leaders)]
    joining = person("胡燕", "13800138003")
    if not guarded:
        as_owner(f"DROP INDEX {SCOPE_CHECK}")
    told = racing.told(racing.race(*[partial(join, invitation, by=joining) for invitation in sent]))
    assert told == ({"entry.twice": 3, "ok": 1} if guarded else {"ok": 4})
