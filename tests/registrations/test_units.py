"""Officers come by invitation; a unit's names and places follow its facts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.accounts import invitations
from core.accounts.models import User
from core.notices.models import Notice
from core.problems import Refused
from registrations.models import FormerName, Officer, OfficerInvitation, RegionFlag, Unit
from registrations.services import adoption, units
from registrations.services.facts import unit_names
from tests.registrations import build

MAIL = "clerk@example.test"


def codes(act, *args, **more) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act(*args, **more)
    return refusal.value.codes


@pytest.fixture
def unit(edition) -> Unit:
    return build.unit()


@pytest.fixture
def invited(unit) -> OfficerInvitation:
    return units.invite_officer(unit, by=None, email=" Clerk@Example.test ", name="王小芳")


@pytest.fixture
def clerk(db) -> User:
    return User.objects.create_user("王小芳", email=MAIL)


def test_an_invitation_goes_out_with_its_link(invited):
    letter = Notice.objects.get(template="officer-invited")
    assert (letter.address, letter.private, invitations.link(invited) in letter.text) == (MAIL, True, True)


def test_who_accepts_becomes_an_officer(invited, clerk):
    units.join(invited, by=clerk)
    assert [officer.user for officer in invited.unit.officers.all()] == [clerk]
    assert (list(Unit.objects.visible_to(clerk)), invited.status) == ([invited.unit], "accepted")


def test_a_link_works_once(invited, clerk):
    units.join(invited, by=clerk)
    other = User.objects.create_user("李四", email="other@example.test")
    assert codes(units.join, invited, by=other) == ["invitation.used"]
    assert Officer.objects.count() == 1


def test_a_revoked_or_expired_link_does_not(invited, clerk):
    late = units.invite_officer(invited.unit, by=None, email="late@example.test")
    OfficerInvitation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    units.revoke_invitation(invited, by=clerk, reason="发错人")
    late.refresh_from_db()
    found = [codes(units.join, one, by=clerk) for one in (invited, late)]
    assert found == [["invitation.revoked"], ["invitation.expired"]]
    assert Officer.objects.count() == 0


def test_an_officer_is_not_invited_again(invited, clerk):
    second = units.invite_officer(invited.unit, by=None, email=MAIL)  # before the first was accepted
    units.join(invited, by=clerk)
    assert codes(units.invite_officer, invited.unit, by=clerk, email=MAIL) == ["invite.already"]
    units.join(second, by=clerk)
    assert Officer.objects.count() == 1


@pytest.mark.parametrize(("address", "problem"), [({}, "invite.no_address"), ({"phone": "12"}, "phone.form")])
def test_an_address_is_needed(unit, address, problem):
    assert codes(units.invite_officer, unit, by=None, **address) == [problem]


def test_an_officer_is_removed_with_a_reason(invited, clerk):
    officer = units.join(invited, by=clerk)
    assert codes(units.remove_officer, officer, by=clerk, reason=" ") == ["reason.missing"]
    units.remove_officer(officer, by=clerk, reason="调离")
    assert list(Unit.objects.visible_to(clerk)) == []


def test_many_are_invited_where_nobody_is_yet(edition, invited):
    fresh = build.unit("university")
    asked = [(invited.unit, MAIL, ""), (fresh, "13800138000", "李四")]
    assert (units.invite_many(asked, by=None), units.invite_many(asked, by=None)) == (1, 0)


def test_one_wrong_address_sends_none(edition, unit):
    asked = [(unit, MAIL, ""), (build.unit("university"), "12", "")]
    assert codes(units.invite_many, asked, by=None) == ["phone.form"]
    assert OfficerInvitation.objects.count() == 0


def test_an_old_name_is_kept_and_still_read(unit, clerk):
    unit.full_name = "始兴县科学技术协会"
    units.save_unit(unit, by=clerk, reason="更名")
    assert list(FormerName.objects.values_list("name", flat=True)) == ["韶关市始兴县科学技术协会"]
    assert "韶关市始兴县科学技术协会" in unit_names(unit)
    assert units.find_unit("韶关市 始兴县科学技术协会") == unit


def test_places_follow_the_countys_title(edition, unit):
    RegionFlag.objects.create(region=unit.region, kind="pilot", source="示例")
    adoption.adopt_now(Unit.objects.filter(pk=unit.pk))
    quota = unit.quotas.get()
    assert (quota.category, quota.limit) == ("county_pilot", 50)
