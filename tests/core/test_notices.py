"""Notices are rendered and queued with their cause; placeholders are plain text."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import formataddr, parseaddr

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from core.accounts.models import User
from core.clock import BEIJING
from core.jobs.models import Job
from core.jobs.services import drain_all
from core.links import Link, absolute
from core.notices import mailbox
from core.notices.models import Notice
from core.notices.registry import Kind, kinds
from core.notices.rendering import cleaned, plain, preview
from core.notices.services import Address, attention, deliver, notify, resend, send_trial
from core.problems import Refused
from core.states import StaleState

HOSTILE = [
    "张三\r\nBcc: victim@example.org",
    "x\nSubject: 另一封\n\n正文",
    "<a href='https://evil.example.org'>点我</a>",
    "https://evil.example.org/a?b=c",
    "HTTP://EVIL.example.org javascript:alert(1) mailto:a@example.org",
    "www.evil.example.org",
    "evil.example.com/path",
    "{{ 7|add:7 }}{% load static %}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u2066 \x00\x0b\x1b[31m",
    '=HYPERLINK("https://evil.example.org")',
    "a\u2028b\u2029c\x85d",
]


@pytest.fixture
def clerk(db) -> User:
    return User.objects.create_user("张三", email="clerk@example.org", phone="13800138001")


@pytest.fixture
def phone_only(db) -> User:
    return User.objects.create_user("李四", phone="13800138002")


def trial(to, about, **more) -> Notice:
    return notify(to, "trial", about=about, link=absolute("/"), **more)


@pytest.mark.django_db
def test_a_notice_is_rendered_now_and_queued(clerk):
    notice = trial(clerk, clerk)
    assert (notice.channel, notice.address, notice.state) == ("email", "clerk@example.org", "queued")
    assert (notice.subject, notice.text[:3]) == ("这是一封试发的通知", "张三：")
    assert Job.objects.filter(kind="notice.deliver", payload={"notice": notice.pk}).count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_goes_with_its_transaction(clerk):
    with transaction.atomic():
        trial(clerk, clerk)
        transaction.set_rollback(True)
    assert (Notice.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_same_occasion_is_told_once(clerk):
    first, second, other = trial(clerk, clerk), trial(clerk, clerk), trial(clerk, clerk, occasion="2")
    assert (first.pk, Notice.objects.count(), other.pk != first.pk) == (second.pk, 2, True)


@pytest.mark.django_db
def test_strangers_are_told_once_by_address(clerk):
    one, two = Address(email="a@example.org"), Address(name="王五", email="b@example.org")
    assert (trial(one, clerk).pk, trial(two, clerk).pk) == (trial(one, clerk).pk, trial(two, clerk).pk)
    assert Notice.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_delivery_sends_text_and_html_to_one_recipient(clerk):
    notice = trial(clerk, clerk)
    drain_all()
    notice.refresh_from_db()
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert (notice.state, notice.attempts, sent.to) == ("sent", 1, [formataddr(("张三", "clerk@example.org"))])
    assert (sent.extra_headers["Message-ID"], sent.alternatives[0][1]) == (notice.message_id, "text/html")


@pytest.mark.django_db(transaction=True)
def test_delivering_twice_sends_once(clerk):
    notice = trial(clerk, clerk)
    drain_all()
    deliver(notice.pk)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_phone_only_gets_the_subject_and_the_link_by_sms(phone_only, settings):
    settings.DEMO = True
    notice = trial(phone_only, phone_only)
    drain_all()
    assert notice.text == "这是一封试发的通知 http://127.0.0.1:8000/"
    assert (mailbox.latest()[0].to, mailbox.latest()[0].text.strip()) == ("+8613800138002", notice.text)


@pytest.mark.django_db
def test_nobody_to_reach_is_a_failed_notice(clerk):
    notice = trial(Address(name="无联系方式"), clerk)
    assert (notice.state, notice.last_error[:10]) == ("failed", "收件人没有邮箱也没有")
    assert (Job.objects.count(), attention()) == (0, {"failed": 1, "unknown": 0})


@pytest.mark.django_db
def test_unregistered_kinds_are_refused(clerk):
    with pytest.raises(LookupError, match="no kind of notice named nonsense"):
        notify(clerk, "nonsense", about=clerk)


@pytest.mark.django_db
def test_models_are_refused_as_placeholders(clerk):
    with pytest.raises(TypeError, match="who must be plain data"):
        trial(clerk, clerk, who=clerk)


@pytest.mark.django_db
def test_sms_in_production_needs_a_provider(phone_only, settings):
    settings.PRODUCTION = True
    notice = trial(phone_only, phone_only)
    deliver(notice.pk)
    notice.refresh_from_db()
    assert (notice.state, notice.last_error[:10]) == ("failed", "还没有接入短信通道，")


@pytest.mark.django_db(transaction=True)
def test_resending_takes_the_present_address_and_a_new_message_id(clerk):
    notice = trial(clerk, clerk)
    drain_all()
    User.objects.filter(pk=clerk.pk).update(email="new@example.org")
    notice = Notice.objects.get()
    resend(notice, by=clerk)
    drain_all()
    assert [parseaddr(message.to[0])[1] for message in mail.outbox] == ["clerk@example.org", "new@example.org"]
    assert mail.outbox[0].extra_headers != mail.outbox[1].extra_headers


@pytest.mark.django_db
def test_what_is_on_its_way_is_not_sent_again(clerk):
    with pytest.raises(StaleState):
        resend(trial(clerk, clerk), by=clerk)


@pytest.mark.django_db
def test_resending_to_nowhere_is_refused(clerk):
    notice = trial(Address(name="无联系方式"), clerk)
    with pytest.raises(Refused, match="请先补上再重新发送"):
        resend(notice, by=clerk)


@pytest.mark.django_db
def test_trying_mail_works_more_than_once(clerk):
    assert send_trial(clerk).pk != send_trial(clerk).pk


def test_our_links_come_from_site_url(settings):
    settings.SITE_URL = "https://contest.example.org"
    assert absolute("/a/?b=c") == "https://contest.example.org/a/?b=c"
    for foreign in ("https://evil.example.org/", "//evil.example.org/", "evil"):
        with pytest.raises(ValueError, match="not a path of ours"):
            absolute(foreign)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("始兴县科协", "始兴县科协"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("𠮷田", "𠮷田"),
        ("a\r\nb", "a  b"),
        ("https://x.cn", "https：//x\uff0ecn"),
        ("a@b.org", "a\uff20b\uff0eorg"),
        ("见 3.5 节 v1.2", "见 3.5 节 v1.2"),
    ],
)
def test_plain(given, kept):
    assert plain(given) == kept


def test_links_and_dates_pass_and_lists_are_cleaned():
    moment = datetime(2024, 12, 15, tzinfo=BEIJING)
    assert cleaned([absolute("/"), moment, {"a": "x\ny"}]) == ["http://127.0.0.1:8000/", moment, {"a": "x y"}]


# --- Every kind, of every app ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds.values(), ids=lambda kind: kind.name)
def test_every_kind_renders_in_text_and_html(kind: Kind):
    letter = preview(kind)
    assert re.search(r"[\u4e00-\u9fff]", letter.subject)
    assert "\n" not in letter.subject
    assert "{{" not in letter.text + letter.html
    assert "&amp;" not in letter.text
    assert letter.html.startswith("<!DOCTYPE html>")


MAILED = [kind for kind in kinds.values() if not kind.reach]  # the others travel by text message, as plain text


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", MAILED, ids=lambda kind: kind.name)
def test_no_payload_becomes_a_link_or_header(kind: Kind, payload: str, db, clerk, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "core.notices.backends.FolderBackend", tmp_path
    said = {name: poisoned(value, payload) for name, value in kind.sample().items()}
    notice = notify(Address(name=payload, email="to@example.org"), kind.name, about=clerk, **said)
    deliver(notice.pk)
    (file,) = tmp_path.glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert set(message.keys()) <= {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"}
    assert [address.addr_spec for address in message["To"].addresses] == ["to@example.org"]
    html, text = (part.get_content() for kind_ in ("html", "plain") if (part := message.get_body((kind_,))))
    allowed = {settings.SITE_URL, *(value for value in kind.sample().values() if isinstance(value, Link))}
    assert {link.rstrip("/") for link in re.findall(r'(?:href|src)="([^"]*)"', html)} <= {
        link.rstrip("/") for link in allowed
    }
    assert not re.search(r"<script|onerror=alert\(1\)>|<a href='", html)
    assert not re.search(r"(?i)https?://(?!127\.0\.0\.1:8000)|www\.|\bevil\.|14", text)


def poisoned(value, payload: str):
    """The same shape with every text replaced; our own links stay."""
    if isinstance(value, Link):
        return value
    if isinstance(value, str):
        return payload
    if isinstance(value, dict):
        return {key: poisoned(item, payload) for key, item in value.items()}
    return [poisoned(item, payload) for item in value] if isinstance(value, list) else value


def test_no_words_take_the_recipients_place() -> None:
    """`name` in a template is whoever is written to: another person needs another word."""
    assert [kind.name for kind in kinds.values() if "name" in kind.sample()] == []
