"""Invitations through their one concrete kind so far: expired, revoked, used up, wrong, forged, raced for."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.core.context import request_context
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from core.accounts import invitations
from core.accounts.models import User
from core.notices.models import Notice
from core.problems import Refused
from core.tokens import token_of
from registrations.models import Officer, OfficerInvitation, Region, Unit
from registrations.services import units
from tests.core.account_helpers import PASSWORD, mail_code, post, signed_in


@pytest.fixture
def host() -> User:
    return User.objects.create_user("王芳", phone="13800138002")


@pytest.fixture
def invitation(host: User) -> OfficerInvitation:
    region = Region.objects.create(code="440222", name="始兴县", version="test")
    unit = Unit.objects.create(full_name="始兴县科学技术协会", team_name="始兴县", kind="county", region=region)
    return units.invite_officer(unit, by=host, email="clerk@example.com", name="李明")


@pytest.fixture
def clerk(client: Client) -> User:
    user = User.objects.create_user("李明", phone="13800138001", password=PASSWORD)
    client.force_login(user)
    return user


def path(invitation: OfficerInvitation, token: str = "") -> str:
    return reverse("officer_invitation", args=[token or token_of(invitation)])


def change(invitation: OfficerInvitation, **fields: object) -> None:
    OfficerInvitation.objects.filter(pk=invitation.pk).update(**fields)


@pytest.mark.django_db
def test_the_link_can_be_worked_out_again_and_ends_with_its_nonce(invitation: OfficerInvitation):
    first = invitations.link(invitation)
    assert invitations.link(OfficerInvitation.objects.get()) == first
    change(invitation, nonce="0" * 32)
    assert invitations.link(OfficerInvitation.objects.get()) != first


@pytest.mark.django_db
def test_the_link_survives_a_rotated_secret_key(invitation: OfficerInvitation, settings):
    token = token_of(invitation)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" + "y" * 40
    assert invitations.find(OfficerInvitation, token) == invitation


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "9" + t, lambda t: t.replace(".", ""), lambda t: "x", str.swapcase]
)
def test_a_wrong_token_is_unknown(client: Client, invitation: OfficerInvitation, spoil):
    response = client.get(path(invitation, spoil(token_of(invitation))))
    assert (response.status_code, "邀请链接不完整或不正确" in response.text) == (404, True)


@pytest.mark.django_db
def test_a_token_of_another_row_is_unknown(invitation: OfficerInvitation):
    other = units.invite_officer(invitation.unit, by=None, email="other@example.com")
    _, _, mac = token_of(invitation).partition(".")
    with pytest.raises(Refused) as refusal:
        invitations.find(OfficerInvitation, f"{other.pk}.{mac}")
    assert refusal.value.codes == ["invitation.unknown"]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize(("how", "words"), [("expired", "已过期"), ("revoked", "已被撤销"), ("used", "已经用过了")])
def test_a_dead_invitation_says_why(client, clerk, host, invitation, how: str, words: str, verb: str):
    if how == "expired":
        change(invitation, expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "revoked":
        invitations.revoke(invitation, by=host, reason="发错了人")
    else:
        units.join(invitation, by=host)
    response = getattr(client, verb)(path(invitation))
    assert (response.status_code, words in response.text) == (410, True)
    assert not Officer.objects.filter(user=clerk).exists()


@pytest.mark.django_db
def test_it_lasts_a_fortnight_of_real_time(invitation: OfficerInvitation):
    assert abs(invitation.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)


@pytest.mark.django_db
def test_accepting_needs_a_click_and_a_signed_in_user(client: Client, invitation: OfficerInvitation):
    assert client.get(path(invitation)).status_code == 200
    assert client.post(path(invitation)).url == path(invitation)
    assert Officer.objects.count() == 0


@pytest.mark.django_db
def test_whoever_accepted_it_is_sent_on(client: Client, clerk: User, invitation: OfficerInvitation):
    targets = [client.post(path(invitation)).url for _ in range(2)]
    assert targets == [reverse("recommendation", args=[invitation.unit_id])] * 2
    assert Officer.objects.get().user == clerk


@pytest.mark.django_db
def test_from_the_link_through_sign_up_to_the_unit(client: Client, invitation: OfficerInvitation, mailoutbox):
    page = client.get(path(invitation)).text
    signup = re.search(r'href="(/accounts/signup/[^"]+)"', page)[1]
    client.post(signup, {"real_name": "李明", "contact": "clerk@example.com", "next": path(invitation)})
    response = post(client, "account_email_verification_sent", code=mail_code(mailoutbox))
    assert response.url == path(invitation)
    client.post(path(invitation))
    assert Officer.objects.get().user_id == signed_in(client)


@pytest.mark.django_db
def test_the_link_is_found_again_when_next_got_lost(client: Client, invitation: OfficerInvitation):
    User.objects.create_user("李明", phone="13800138001", password=PASSWORD)
    client.get(path(invitation))
    assert post(client, "account_login", login="13800138001", password=PASSWORD).url == path(invitation)


@pytest.mark.django_db
def test_the_page_masks_whom_it_is_for(client: Client, invitation: OfficerInvitation):
    page = client.get(path(invitation)).text
    assert ("c***@example.com" in page, "clerk@example.com" in page) == (True, False)


@pytest.mark.django_db
def test_a_forged_host_does_not_reach_the_message(invitation: OfficerInvitation, host: User, settings):
    """While a request with a forged Host is being answered, the mail still names our own site."""
    settings.ALLOWED_HOSTS = ["*"]
    with request_context(RequestFactory(headers={"host": "evil.example"}).post("/")):
        units.invite_officer(invitation.unit, by=host, email="zhao@example.com")
    message = Notice.objects.get(address="zhao@example.com")
    links = re.findall(r"https?://[^/\s\"]+", message.text + message.html)
    assert (set(links), "evil" in message.text + message.html) == ({settings.SITE_URL}, False)


@pytest.mark.django_db
def test_every_end_leaves_its_trace(invitation: OfficerInvitation, host: User):
    invitations.revoke(invitation, by=host, reason="发错了人")
    context = invitation.events.order_by("pgh_id").last().pgh_context
    assert (context["verb"], context["actor"], context["reason"]) == ("invitation.revoked", host.pk, "发错了人")


@pytest.mark.django_db
def test_contacts_and_nonce_never_enter_history():
    fields = {field.name for field in OfficerInvitation.pgh_event_model._meta.fields}
    assert fields & {"phone", "email", "nonce"} == set()


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_accept_at_once_one_gets_it(invitation: OfficerInvitation):
    people = [User.objects.create_user(f"人{i}", phone=f"1380013801{i}") for i in range(8)]
    start = Barrier(8)

    def accept(user: User) -> str:
        mine = OfficerInvitation.objects.get()  # read while it is still open
        start.wait()
        try:
            units.join(mine, by=user)
        except Refused as refusal:
            return refusal.codes[0]
        finally:
            connection.close()
        return "joined"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(accept, people))
    assert (outcomes, Officer.objects.count()) == (["invitation.used"] * 7 + ["joined"], 1)


@pytest.mark.django_db
def test_an_inner_verb_does_not_outlast_its_block(invitation: OfficerInvitation, host: User):
    units.join(invitation, by=host)
    verbs = [invitation.events.order_by("pgh_id").last().pgh_context["verb"]]
    verbs.append(Officer.objects.get().events.get().pgh_context["verb"])
    assert verbs == ["invitation.accepted", "officer.joined"]
