"""Months of birth, and what a guardian says."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from core import clock
from core.jobs.services import drain_all
from core.notices.models import Notice
from core.problems import Refused
from registrations.entry_models import Member
from registrations.personal_models import BirthMonth, Guardian
from registrations.rules.minors import Minor, age_on, band_of, check_minors, check_month
from registrations.services import entering, guardians, teams, verdicts
from tracks.rulebook.contest import MinorRule

from .. import staff
from .build import REGISTERING, TEXTS, claim, draft, join, person

RULE = MinorRule(guardian_under=18, guardian_first_under=14, certificate_note="", source="")
CHILD = "13800138001"
PARENT = {"name": "祝母", "phone": "13800138099", "relation": "母亲"}


@pytest.mark.parametrize(
    ("month", "on", "age"),
    [
        ("2010-12", date(2024, 12, 31), 13),  # born on the 31st at the latest: fourteen that very day, in doubt younger
        ("2010-12", date(2025, 1, 1), 14),
        ("2010-11", date(2024, 12, 1), 14),
        ("2006-11", date(2024, 12, 1), 18),
    ],
)
def test_in_doubt_a_person_is_younger(month, on, age):
    assert age_on(month, on) == age


@pytest.mark.parametrize(("month", "band"), [("2012-01", "under_first"), ("2008-01", "minor"), ("2000-01", "adult")])
def test_bands(month, band):
    assert band_of(month, RULE, date(2024, 12, 23)) == band


@pytest.mark.parametrize(
    ("month", "codes"),
    [("2012-05", []), ("2025-01", ["birth.future"]), ("2012-13", ["birth.form"]), ("1900-01", ["birth.old"])],
)
def test_months(month, codes):
    assert [p.code for p in check_month(month, date(2024, 12, 23))] == codes


@pytest.mark.parametrize(
    ("minor", "deciding", "codes"),
    [
        (Minor("祝宇", None, None), False, ["birth.missing"]),
        (Minor("祝宇", "under_first", None), False, ["guardian.missing"]),
        (Minor("祝宇", "under_first", "given"), True, []),
        (Minor("祝宇", "minor", "asked"), False, []),
        (Minor("祝宇", "minor", "asked"), True, ["guardian.missing"]),
        (Minor("祝宇", "adult", None), True, []),
    ],
)
def test_when_the_guardian_comes_first(minor, deciding, codes):
    assert [p.code for p in check_minors([minor], deciding=deciding)] == codes


def refused(codes, act, *args, **more):
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.codes == codes


@pytest.fixture
def child(edition):
    """祝宇, twelve, alone on the youth track."""
    clock.set_now(REGISTERING)
    by = person("祝宇", CHILD)
    entry = draft(edition, by, "youth")
    claim(entry)
    guardians.save_birth(entry.people.get(), "2012-05", by=by)
    return entry.people.get()


@pytest.fixture
def asked(child):
    return guardians.ask(child, by=child.user, **PARENT)


def test_below_fourteen_nothing_goes_in_before_the_consent(child, asked):
    refused(["guardian.missing"], entering.enter, child.entry, by=child.user, accepted=TEXTS)
    guardians.give(asked, signed="祝母")
    assert entering.enter(child.entry, by=child.user, accepted=TEXTS).state == "entered"


def test_the_consent_keeps_version_hash_and_time(asked):
    guardians.give(asked, signed=" 祝母 ", display=True)
    asked.refresh_from_db()
    assert (asked.version, len(asked.sha256), asked.display, asked.answered_at is not None) == ("1", 64, True, True)


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"phone": CHILD}, ["guardian.own_phone"]),
        ({"name": "祝宇"}, ["guardian.self"]),
        ({"phone": "12345"}, ["phone.form"]),
        ({"relation": "同学"}, ["guardian.relation"]),
    ],
)
def test_whoever_cannot_be_the_guardian(child, wrong, codes):
    refused(codes, guardians.ask, child, by=child.user, **(PARENT | wrong))


def test_the_child_cannot_sign(child, asked):
    refused(["guardian.by_child"], guardians.give, asked, signed="祝母", reader=child.user)


def test_somebody_elses_name_is_no_signature(asked):
    refused(["guardian.signature"], guardians.give, asked, signed="祝父")


def test_the_link_is_dead_after_withdrawal(asked):
    token = str(guardians.link(asked)).rstrip("/").rpartition("/")[2]
    assert guardians.find(token) == asked
    guardians.give(asked, signed="祝母")
    guardians.withdraw(guardians.find(token))
    refused(["guardian.withdrawn"], guardians.find, token)


def test_display_is_taken_back_apart_from_the_rest(client, asked):
    guardians.give(asked, signed="祝母", display=True)
    page = "/" + str(guardians.link(asked)).split("/", 3)[3]
    assert "不同意再展示" in client.get(page).content.decode()
    client.post(page, {"hide": "1"})
    assert (Guardian.objects.get().state, Guardian.objects.get().display) == ("given", False)
    assert "不同意再展示" not in client.get(page).content.decode()


@pytest.mark.parametrize("token", ["", "x", "00000000-0000-0000-0000-000000000000.abc"])
def test_a_wrong_link(db, token):
    refused(["guardian.unknown"], guardians.find, token)


def test_withdrawal_removes_the_childs_data_and_tells_the_team(edition):
    clock.set_now(REGISTERING)
    team = draft(edition, person("李明", "13800138002"), "youth", team_name="智绘队", organisation="")
    first = team.people.get().user
    member = join(teams.invite(team, "member", by=first, name="祝宇"), by=person("祝宇", CHILD))
    guardians.save_birth(member, "2012-05", by=member.user)
    asked = guardians.ask(member, by=first, **PARENT)
    guardians.give(asked, signed="祝母")
    guardians.withdraw(asked)
    member, asked = Member.objects.get(pk=member.pk), Guardian.objects.get(pk=asked.pk)
    assert (member.left_at is not None, member.name, asked.name, asked.phone) == (True, "（已删除）", "", "")
    assert not BirthMonth.objects.exists()
    assert Notice.objects.filter(template="guardian-withdrawn", recipient=first).count() == 1


def test_the_number_stands_nowhere_but_sealed(asked, settings):
    drain_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(n::text, '') FROM notices_notice n")
        notices = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(g::text, '') FROM registrations_guardian g")
        sealed = cursor.fetchone()[0]
    assert ("13800138099" in notices + sealed, "祝母" in notices + sealed) == (False, False)
    assert Notice.objects.get(template="guardian-asked").state == "sent"


def test_the_guardians_page_from_link_to_signature(client, asked):
    page = "/" + str(guardians.link(asked)).split("/", 3)[3]
    assert "个人信息处理告知" in client.get(page).content.decode()  # what the consent says was read
    assert client.post(page, {"agree_now": "1", "signed": "祝母"}).status_code == 422
    client.post(page, {"agree_now": "1", "signed": "祝母", "agree": "on"})
    assert Guardian.objects.get().state == "given"


def test_the_page_is_closed_to_the_child(client, child, asked):
    client.force_login(child.user)
    assert client.get("/" + str(guardians.link(asked)).split("/", 3)[3]).status_code == 410


def test_a_minor_who_joins_an_accepted_team_brings_it_back_until_the_guardian_consents(edition):
    clock.set_now(REGISTERING)
    first = person("李明", "13800138002")
    team = draft(edition, first, "youth", team_name="智绘队", organisation="")
    guardians.save_birth(team.people.get(), "2000-05", by=first)
    found = claim(team)
    entering.enter(team, by=first, accepted=TEXTS)
    found.refresh_from_db()
    assert verdicts.accept_claim(found, seen=verdicts.mark(found), by=staff.organiser()).state == "accepted"
    member = join(teams.invite(team, "member", by=first, name="祝宇"), by=person("祝宇", CHILD))
    guardians.save_birth(member, "2009-05", by=first)
    team.refresh_from_db()
    assert team.state == "entered"
    guardians.give(guardians.ask(member, by=first, **PARENT), signed="祝母")
    team.refresh_from_db()
    assert team.state == "accepted"


@pytest.mark.django_db
def test_a_month_is_chosen_and_stays_when_the_year_is_corrected(client, edition):
    """Nothing stands for January unless somebody said so: the month decides whether a guardian is asked."""
    clock.set_now(REGISTERING)
    entry = draft(edition, person(), track="youth")
    member = entry.people.get()
    client.force_login(member.user)
    url = reverse("entry_birth", args=[entry.pk, member.pk])
    answer = client.post(url, {"step": "birth", "year": "2012"})
    assert (answer.status_code, "请选择出生月份" in answer.content.decode()) == (422, True)
    assert client.post(url, {"step": "birth", "year": "2012", "month": "05"}).status_code == 302
    page = client.get(url).content.decode()
    assert 'value="2012"' in page
    assert '<option value="05" selected>' in page
