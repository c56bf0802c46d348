"""What strangers can learn and do: nothing (T1, T2, T15, T16)."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import Session, User
from tests.core.account_helpers import PASSWORD, Phone, mail_code, post, signed_in, sms_code

pytestmark = pytest.mark.django_db

KNOWN = {"phone": "13800138001", "email": "known@example.com"}
UNKNOWN = {"phone": "13800138009", "email": "other@example.com"}


@pytest.fixture(autouse=True)
def texts(settings):
    settings.SMS_BACKEND = "tests.core.account_helpers.Phone"
    Phone.texts.clear()


@pytest.fixture
def user() -> User:
    return User.objects.create_user("李明", phone=KNOWN["phone"], email=KNOWN["email"], password=PASSWORD)


@pytest.fixture
def staff(user: User) -> User:
    User.objects.update(is_staff=True, is_superuser=True)
    user.refresh_from_db()
    return user


def what_one_sees(name: str, contact: str, data: dict[str, str]) -> list[object]:
    """Every status, address and body of a flow, without tokens and without the contact itself."""
    client, seen = Client(), []
    response = client.post(reverse(name), data, follow=True)
    again = client.post(response.request["PATH_INFO"], {"code": "000000", "action": "verify"}, follow=True)
    resent = client.post(response.request["PATH_INFO"], {"action": "resend"}, follow=True)
    for answer in (response, again, resent):
        body = re.sub(r'((csrfmiddlewaretoken|form_key)" value=|nonce=)"[^"]+"', "", answer.text).replace(contact, "")
        seen += [answer.status_code, answer.redirect_chain, body.replace(f"+86{contact}", "").replace("+86", "")]
    return seen


@pytest.mark.parametrize("kind", ["phone", "email"])
@pytest.mark.parametrize(
    ("page", "field", "more"),
    [
        ("account_login", "login", {"password": "wrong-password-1"}),
        ("account_request_login_code", "login", {}),
        ("account_signup", "contact", {"real_name": "王芳", "password1": "long-enough-2"}),
        ("account_reset_password", "email", {}),
    ],
)
def test_known_and_unknown_accounts_look_the_same(user: User, kind: str, page: str, field: str, more: dict[str, str]):
    cache.clear()
    known = what_one_sees(page, KNOWN[kind], {field: KNOWN[kind]} | more)
    cache.clear()
    assert what_one_sees(page, UNKNOWN[kind], {field: UNKNOWN[kind]} | more) == known


def test_the_owner_of_an_unknown_number_is_told(client: Client, settings):
    post(client, "account_request_login_code", login=UNKNOWN["phone"])
    assert f"还没有账号。如需注册，请打开 {settings.SITE_URL}/accounts/signup/" in Phone.texts[-1]


@pytest.mark.parametrize(
    ("page", "field"), [("account_reset_password", "email"), ("account_request_login_code", "login")]
)
def test_the_owner_of_a_closed_account_is_told(client: Client, user: User, mailoutbox, page: str, field: str):
    User.objects.update(is_active=False)
    post(client, page, **{field: KNOWN["email"]})
    assert [mail.subject for mail in mailoutbox] == ["这个邮箱的账号已停用"]


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("account_reset_password", {"email": KNOWN["email"]}),
        ("account_reset_password", {"email": UNKNOWN["email"]}),
        ("account_request_login_code", {"login": UNKNOWN["email"]}),
        ("account_signup", {"real_name": "王芳", "contact": KNOWN["email"]}),
        ("account_signup", {"real_name": "王芳", "contact": UNKNOWN["email"]}),
    ],
)
def test_a_forged_host_never_gets_into_a_mail(client: Client, user: User, mailoutbox, settings, page: str, data: dict):
    settings.ALLOWED_HOSTS = ["*"]  # as if the proxy and Django had both let it through
    client.post(reverse(page), data, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    [mail] = mailoutbox
    links = re.findall(r"https?://[^/\s]+", mail.body)
    assert ("evil" in mail.subject + mail.body, set(links) - {settings.SITE_URL}) == (False, set())


def test_a_forged_host_never_gets_into_a_text_message(client: Client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    data = {"login": UNKNOWN["phone"]}
    client.post(reverse("account_request_login_code"), data, headers={"host": "evil.example"})
    assert ("evil" in Phone.texts[-1], settings.SITE_URL in Phone.texts[-1]) == (False, True)


def test_a_forged_host_is_refused_at_the_door(client: Client):
    assert client.get(reverse("account_login"), headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_no_open_redirect_after_signing_in(client: Client, user: User, target: str):
    response = post(client, "account_login", login=KNOWN["phone"], password=PASSWORD, next=target)
    assert response.url == reverse("desk")


def test_the_session_key_changes_at_sign_in(client: Client, user: User):
    client.get(reverse("account_login"))
    client.session["planted"] = 1
    client.session.save()
    before = client.session.session_key
    post(client, "account_login", login=KNOWN["phone"], password=PASSWORD)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def lasts(client: Client) -> int:
    """How many minutes the session still has."""
    session = Session.objects.get(session_key=client.session.session_key)
    return round((session.expire_date - timezone.now()).total_seconds() / 60)


def test_sessions_last_a_fortnight_and_those_of_staff_half_an_hour(client: Client, user: User):
    post(client, "account_login", login=KNOWN["phone"], password=PASSWORD)
    assert lasts(client) == 14 * 24 * 60
    User.objects.update(is_staff=True)
    client.get(reverse("account"))
    assert lasts(client) == 30


def test_a_changed_password_ends_the_other_sessions(client: Client, user: User):
    other = Client()
    for each in (client, other):
        post(each, "account_login", login=KNOWN["phone"], password=PASSWORD)
    data = {"oldpassword": PASSWORD, "password1": "another-long-1", "password2": "another-long-1"}
    post(client, "account_change_password", **data)
    pages = [each.get(reverse("account")).status_code for each in (client, other)]
    assert pages == [200, 302]


def test_signing_out_is_a_post(client: Client, user: User):
    client.force_login(user)
    client.get(reverse("account_logout"))
    assert signed_in(client) == user.pk
    client.post(reverse("account_logout"))
    assert signed_in(client) is None


# --- staff and the admin ---------------------------------------------------------------------------------


def test_the_admin_signs_in_through_our_own_page(client: Client, staff: User):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_others_may_not_enter_the_admin(client: Client, user: User):
    client.force_login(user)
    assert client.get(reverse("admin:login")).status_code == 403


@pytest.mark.parametrize("path", ["/admin/", "/desk/", "/"])
def test_in_production_staff_without_a_second_factor_must_set_one_up(client: Client, staff: User, settings, path: str):
    settings.PRODUCTION = True
    client.force_login(staff)
    response = client.get(path)
    assert (response.status_code, response.url) == (302, reverse("mfa_activate_totp"))
    assert client.get("/accounts/2fa/", follow=True).status_code == 200


def test_with_a_second_factor_staff_get_in_and_cannot_take_it_off(client: Client, staff: User, settings):
    settings.PRODUCTION = True
    TOTP.activate(staff, generate_totp_secret())
    client.force_login(staff)
    assert client.get("/admin/").status_code == 200
    post(client, "account_reauthenticate", password=PASSWORD)
    post(client, "mfa_deactivate_totp")
    assert staff.authenticator_set.count() == 1


@pytest.mark.parametrize("way", ["password", "text", "mail"])
def test_no_way_in_leaves_the_second_factor_out(client: Client, user: User, mailoutbox, way: str):
    TOTP.activate(user, generate_totp_secret())
    if way == "password":
        post(client, "account_login", login=KNOWN["phone"], password=PASSWORD)
    else:
        post(client, "account_request_login_code", login=KNOWN["phone" if way == "text" else "email"])
        code = sms_code() if way == "text" else mail_code(mailoutbox)
        post(client, "account_confirm_login_code", code=code)
    assert (signed_in(client), client.get(reverse("mfa_authenticate")).status_code) == (None, 200)


def test_the_admin_shows_masked_contacts_and_finds_whole_ones(client: Client, staff: User):
    client.force_login(staff)
    other = User.objects.create_user("王芳", phone=UNKNOWN["phone"], email=UNKNOWN["email"])
    searches = (UNKNOWN["phone"], UNKNOWN["email"], "王", "138001", "other")
    pages = [client.get("/admin/accounts/user/", {"q": text}).text for text in searches]
    assert ["138****8009" in page for page in pages] == [True, True, True, False, False]
    detail = client.get(f"/admin/accounts/user/{other.pk}/change/").text
    assert ("138****8009" in detail, UNKNOWN["phone"] in detail, UNKNOWN["email"] in detail) == (True, False, False)


def test_an_account_opened_in_the_admin_has_no_password(client: Client, staff: User):
    client.force_login(staff)
    client.post("/admin/accounts/user/add/", {"real_name": "王芳", "phone": "138 0013 8002", "email": ""})
    user = User.objects.get(real_name="王芳")
    assert (user.phone, user.email, user.has_usable_password()) == ("+8613800138002", None, False)
    assert user.events.get().pgh_context["verb"] == "account.created"
