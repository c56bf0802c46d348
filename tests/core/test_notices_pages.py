"""The demo's mailbox, and notices in the admin."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from core.accounts.models import User
from core.links import absolute
from core.notices import mailbox
from core.notices.models import Notice
from core.notices.services import notify


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "core.notices.backends.FolderBackend", tmp_path
    message = EmailMultiAlternatives("邀请", "请打开 http://127.0.0.1:8000/i/1.a", to=["张三 <clerk@example.org>"])
    message.attach_alternative("<html><head></head><body>您好</body></html>", "text/html")
    message.send()
    return tmp_path


@pytest.fixture
def chief(db, client) -> User:
    user = User.objects.create_superuser("管理员", email="admin@example.org")
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_the_mailbox_lists_and_its_links_can_be_clicked(client, folder):
    assert "clerk@example.org" in client.get(reverse("dev_mail")).content.decode()
    (mail,) = mailbox.latest()
    page = client.get(reverse("dev_mail_message", args=[mail.key])).content.decode()
    assert '<a href="http://127.0.0.1:8000/i/1.a"' in page


@pytest.mark.django_db
def test_a_mails_html_may_run_nothing(client, folder):
    response = client.get(reverse("dev_mail_html", args=[mailbox.latest()[0].key]))
    policy = response["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "script-src" in policy, "sandbox" in policy) == (True, False, True)
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["dev_mail", "dev_mail_message", "dev_mail_html"])
def test_outside_demo_and_test_there_is_no_mailbox(client, folder, settings, name):
    settings.TESTING = False
    args = [] if name == "dev_mail" else [mailbox.latest()[0].key]
    assert client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["nothing", "00000000000000000000-00000000"])
def test_no_such_mail(client, folder, key):
    assert client.get(reverse("dev_mail_message", args=[key])).status_code == 404


@pytest.mark.django_db
def test_the_admin_previews_every_kind(client, chief):
    assert "试发通知" in client.get(reverse("admin:notices_kinds")).content.decode()
    assert "您能看到这封信" in client.get(reverse("admin:notices_kind", args=["trial"])).content.decode()
    response = client.get(reverse("admin:notices_kind_html", args=["trial"]))
    assert (response.status_code, response["X-Frame-Options"]) == (200, "SAMEORIGIN")
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_previews_need_the_right_to_view(client):
    client.force_login(User.objects.create_user("联系人", email="contact@example.org", is_staff=True))
    assert client.get(reverse("admin:notices_kinds")).status_code == 404


@pytest.mark.django_db
def test_resending_from_the_admin_asks_first(client, chief):
    notice = notify(chief, "trial", about=chief, link=absolute("/"))
    Notice.objects.update(state="sending")
    Notice.objects.update(state="unknown")
    url = reverse("admin:notices_notice_changelist")
    data = {"action": "resend", "_selected_action": [notice.pk]}
    assert "结果不明：对方可能已经收到" in client.post(url, data).content.decode()
    assert Notice.objects.get().state == "unknown"
    client.post(url, data | {"confirmed": "yes"})
    assert (Notice.objects.get().state, Notice.objects.get().resends) == ("queued", 1)


@pytest.mark.django_db
def test_lists_and_details_open(client, chief):
    clerk = User.objects.create_user("张三", email="clerk@example.org")
    notice = notify(clerk, "trial", about=clerk, link=absolute("/"))
    for name, args in [("notice_changelist", []), ("notice_change", [notice.pk])]:
        page = client.get(reverse(f"admin:notices_{name}", args=args))
        assert (page.status_code, "clerk@example.org" in page.content.decode()) == (200, False)
    for name in ("job_changelist", "heartbeat_changelist"):
        assert client.get(reverse(f"admin:jobs_{name}")).status_code == 200


@pytest.mark.django_db
def test_trying_mail_asks_first(client, chief):
    url = reverse("admin:notices_notice_try_mail")
    assert (client.get(url).status_code, Notice.objects.count()) == (200, 0)
    assert (client.post(url).status_code, Notice.objects.count()) == (302, 1)
