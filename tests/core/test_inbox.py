"""站内消息: one's own alone, opened is read, links lead only to ourselves."""

import pytest
from django.urls import reverse

from core.accounts.models import User
from core.links import absolute
from core.notices.inbox import lines_of
from core.notices.models import Notice
from core.notices.services import notify
from tests.registrations.staff import signed_in

pytestmark = pytest.mark.django_db


def person(name: str = "王芳") -> User:
    return User.objects.create_user(name, email=f"{name}@example.test")


def told(user: User, occasion: str = "1") -> Notice:
    return notify(user, "trial", about=user, occasion=occasion, link=absolute("/desk/"))


def test_opening_marks_it_read_and_writes_no_history():
    me = person()
    notice, versions = told(me), Notice.pgh_event_model.objects.count()
    page = signed_in(me).get(reverse("message", args=[notice.pk])).content.decode()
    assert ('href="/desk/"' in page, Notice.objects.of(me).unread().count()) == (True, 0)
    assert Notice.pgh_event_model.objects.count() == versions


def test_the_list_counts_what_is_unread():
    me = person()
    for occasion in "12":
        told(me, occasion)
    client = signed_in(me)
    assert "2 条未读" in client.get(reverse("messages")).content.decode()


def test_nobody_reads_anothers():
    notice = told(person())
    client = signed_in(person("李芳"))
    assert client.get(reverse("message", args=[notice.pk])).status_code == 404
    assert "还没有消息" in client.get(reverse("messages")).content.decode()


@pytest.mark.parametrize(("line", "href"), [
    ("https://elsewhere.example/x", ""), ("看 https://elsewhere.example/", ""),
    (absolute("/desk/"), "/desk/"), ("", ""),
])  # fmt: skip
def test_only_our_own_addresses_are_links(line, href):
    assert [one.href for one in lines_of(line or "\n")] == [href]


def test_the_second_page_keeps_what_was_asked():
    """More than a page: the component of the pages knows the address it stands on."""
    me = person()
    for occasion in range(21):
        told(me, str(occasion))
    client = signed_in(me)
    assert 'href="?kind=x&amp;page=2"' in client.get(reverse("messages"), {"kind": "x"}).content.decode()
    assert "第 2 页，共 2 页" in client.get(reverse("messages"), {"page": 2}).content.decode()
