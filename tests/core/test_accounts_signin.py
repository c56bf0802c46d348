"""Signing up and in: by phone, by mailbox, with a password, with a code."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from tests.core.account_helpers import PASSWORD, Phone, mail_code, post, signed_in, sms_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def texts(settings):
    settings.SMS_BACKEND = "tests.core.account_helpers.Phone"
    Phone.texts.clear()


@pytest.fixture
def user() -> User:
    return User.objects.create_user("李明", phone="138 0013 8001", email="Li@Example.com", password=PASSWORD)


def test_contacts_are_kept_in_one_form(user: User):
    assert (user.phone, user.email) == ("+8613800138001", "li@example.com")
    assert (user.masked_phone, user.masked_email) == ("138****8001", "l***@example.com")


def test_an_account_without_phone_and_mailbox_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("无名")


def test_many_accounts_may_have_no_mailbox():
    first = User.objects.create_user("甲", phone="13800138001")
    User.objects.create_user("乙", phone="13800138002", email="")
    first.email = ""
    first.save()
    assert User.objects.filter(email=None).count() == 2


def test_a_superuser_is_made_by_mailbox_and_name():
    assert User.objects.create_superuser(email="a@example.com", real_name="甲", password=PASSWORD).is_superuser


@pytest.mark.parametrize("login", ["13800138001", "+86 138-0013-8001", "li@example.com", "LI@example.com"])
def test_password_with_either_contact(client: Client, user: User, login: str):
    response = post(client, "account_login", login=login, password=PASSWORD)
    assert (response.status_code, response.url, signed_in(client)) == (302, reverse("desk"), user.pk)


def test_sign_in_by_text_message(client: Client, user: User):
    post(client, "account_request_login_code", login="13800138001")
    response = post(client, "account_confirm_login_code", code=sms_code())
    assert (response.url, signed_in(client)) == (reverse("desk"), user.pk)


def test_sign_in_by_mailed_code(client: Client, user: User, mailoutbox):
    post(client, "account_request_login_code", login="li@example.com")
    post(client, "account_confirm_login_code", code=mail_code(mailoutbox))
    assert signed_in(client) == user.pk


def test_three_wrong_codes_and_the_right_one_is_void(client: Client, user: User):
    post(client, "account_request_login_code", login="13800138001")
    right = sms_code()
    for _ in range(3):
        post(client, "account_confirm_login_code", code="000000" if right != "000000" else "000001")
    post(client, "account_confirm_login_code", code=right)
    assert signed_in(client) is None


def test_sign_up_by_phone(client: Client):
    post(client, "account_signup", real_name="王芳", contact="13800138002", password1=PASSWORD)
    assert not User.objects.get().verified
    post(client, "account_verify_phone", code=sms_code())
    user = User.objects.get()
    assert (user.real_name, user.phone, user.verified, signed_in(client)) == ("王芳", "+8613800138002", True, user.pk)


def test_sign_up_by_mailbox_without_a_password(client: Client, mailoutbox):
    post(client, "account_signup", real_name="王芳", contact="Wang@example.com")
    post(client, "account_email_verification_sent", code=mail_code(mailoutbox))
    user = User.objects.get()
    assert (user.email, user.verified, user.has_usable_password()) == ("wang@example.com", True, False)
    assert signed_in(client) == user.pk


def test_sign_up_gives_no_rights(client: Client):
    fields = {"is_staff": "on", "is_superuser": "on", "verified": "on", "is_active": "on"}
    post(client, "account_signup", real_name="王芳", contact="13800138002", **fields)
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.verified) == (False, False, False)


def test_a_second_code_within_half_a_minute_is_refused_in_words(client: Client):
    post(client, "account_signup", real_name="王芳", contact="13800138002")
    page = post(Client(), "account_signup", real_name="王芳", contact="13800138002").text
    assert "请稍等再试" in page


def test_whoever_signed_up_with_anothers_phone_gains_nothing(client: Client):
    """The owner comes in by code; the stranger's password is gone."""
    post(Client(), "account_signup", real_name="冒名", contact="13800138002", password1=PASSWORD)
    post(client, "account_request_login_code", login="13800138002")
    post(client, "account_confirm_login_code", code=sms_code())
    user = User.objects.get()
    assert (signed_in(client), user.verified, user.has_usable_password()) == (user.pk, True, False)


@pytest.mark.parametrize("password", ["short-1", "1234567890123", "password123", "wangfang@example.com"])
def test_weak_passwords_are_refused(client: Client, password: str):
    response = post(client, "account_signup", real_name="王芳", contact="wangfang@example.com", password1=password)
    assert (response.status_code, User.objects.count()) == (200, 0)


def test_forgotten_password_by_mail(client: Client, user: User, mailoutbox):
    post(client, "account_reset_password", email="li@example.com")
    post(client, "account_confirm_password_reset_code", code=mail_code(mailoutbox))
    post(client, "account_complete_password_reset", password1="another-long-1", password2="another-long-1")
    user.refresh_from_db()
    assert (user.check_password("another-long-1"), signed_in(client)) == (True, user.pk)


def test_forgotten_password_by_text_message(client: Client, user: User):
    post(client, "account_request_login_code", login="13800138001")
    post(client, "account_confirm_login_code", code=sms_code())
    post(client, "account_change_password", password1="another-long-1", password2="another-long-1")
    user.refresh_from_db()
    assert user.check_password("another-long-1")


def test_after_a_password_the_old_one_is_asked_for(client: Client, user: User):
    post(client, "account_login", login="13800138001", password=PASSWORD)
    response = post(client, "account_change_password", password1="another-long-1", password2="another-long-1")
    user.refresh_from_db()
    assert (response.status_code, user.check_password(PASSWORD)) == (200, True)


def test_a_new_phone_counts_after_its_code(client: Client, user: User):
    post(client, "account_login", login="13800138001", password=PASSWORD)
    post(client, "account_reauthenticate", password=PASSWORD)
    post(client, "account_change_phone", phone="13800138003")
    user.refresh_from_db()
    assert user.phone == "+8613800138001"
    post(client, "account_verify_phone", code=sms_code())
    user.refresh_from_db()
    assert user.phone == "+8613800138003"


def test_a_new_mailbox_counts_after_its_code(client: Client, user: User, mailoutbox):
    post(client, "account_login", login="13800138001", password=PASSWORD)
    post(client, "account_reauthenticate", password=PASSWORD)
    post(client, "account_email", email="new@example.com", action_add="1")
    post(client, "account_email_verification_sent", code=mail_code(mailoutbox))
    user.refresh_from_db()
    assert user.email == "new@example.com"


def test_a_corrected_name_leaves_a_trace(client: Client, user: User):
    client.force_login(user)
    post(client, "account_name", real_name="李明华")
    event = user.events.order_by("pgh_id").last()
    assert (event.real_name, event.pgh_context["verb"]) == ("李明华", "account.changed")


def test_phones_never_enter_history():
    assert {"phone", "email", "password"} & {field.name for field in User.pgh_event_model._meta.fields} == set()


def test_mail_server_down_costs_the_mail_not_the_page(client: Client, user: User, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    response = post(client, "account_request_login_code", login="li@example.com")
    assert response.url == reverse("account_confirm_login_code")
    assert "邮件暂时发不出去" in client.get(response.url).text


@pytest.mark.parametrize("name", ["{{ user }}", "http://x.test", "点我 x.com", "<b>王芳</b>", "王", "1"])
def test_what_is_no_name_gets_no_account(client: Client, mailoutbox, name: str):
    """Mails to others would say it."""
    page = post(client, "account_signup", real_name=name, contact="new@example.com")
    assert ("姓名只能有" in page.text or "姓名里不能有网址" in page.text, User.objects.count(), len(mailoutbox)) == (
        True,
        0,
        0,
    )


def test_a_name_is_kept_plain(client: Client):
    post(client, "account_signup", real_name=" 买买提•艾力\r\n", contact="new@example.com")
    assert User.objects.get().real_name == "买买提·艾力"


def test_a_wrong_name_is_not_taken_over(client: Client, user: User):
    client.force_login(user)
    page = post(client, "account_name", real_name="见 www.x.test")
    user.refresh_from_db()
    assert ("姓名里不能有网址" in page.text, user.real_name) == (True, "李明")
