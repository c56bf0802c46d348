"""Every account page opens in our frame, without inline script or style."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from core.accounts.models import User

pytestmark = pytest.mark.django_db

ANONYMOUS = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_inactive",
]
SIGNED_IN = ["account", "account_name", "account_change_phone", "account_email", "account_change_password"]
SIGNED_IN += ["account_logout", "account_reauthenticate", "mfa_index", "mfa_reauthenticate"]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:")


@pytest.fixture
def user() -> User:
    return User.objects.create_user("李明", phone="13800138001", password="long-enough-1")


@pytest.mark.parametrize("name", ANONYMOUS)
def test_pages_before_signing_in(client: Client, name: str):
    response = client.get(reverse(name))
    assert (response.status_code, INLINE.findall(response.text)) == (200, [])
    assert "Sign" not in response.text


@pytest.mark.parametrize("name", SIGNED_IN)
def test_pages_after_signing_in(client: Client, user: User, name: str):
    client.force_login(user)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    response = client.get(reverse(name))
    assert (response.status_code, INLINE.findall(response.text)) == (200, [])
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("name", ["mfa_activate_totp", "account_set_password"])
def test_pages_for_an_account_without_password(client: Client, name: str):
    client.force_login(User.objects.create_user("李明", email="li@example.com"))
    response = client.get(reverse(name))
    assert (response.status_code, INLINE.findall(response.text)) == (200, [])


SECOND_FACTOR = ["deactivate_totp", "view_recovery_codes", "generate_recovery_codes", "download_recovery_codes"]


@pytest.mark.parametrize("name", [f"mfa_{name}" for name in SECOND_FACTOR])
def test_second_factor_pages_ask_for_the_password_first(client: Client, user: User, name: str):
    client.force_login(user)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    client.post(reverse("account_reauthenticate"), {"password": "long-enough-1"})
    response = client.get(reverse(name))
    assert (response.status_code, INLINE.findall(response.text)) == (200, [])


def test_the_account_page_masks_contacts(client: Client):
    client.force_login(User.objects.create_user("李明", phone="13800138001", email="li@example.com"))
    page = client.get(reverse("account")).text
    assert ("138****8001" in page, "13800138001" in page, "li@example.com" in page) == (True, False, False)


def test_a_wrong_form_says_what_to_do_at_the_top(client: Client):
    page = client.post(reverse("account_signup"), {"real_name": "李明", "contact": "12345"}).text
    assert 'href="#id_contact"' in page
    assert "请填 11 位手机号" in page
