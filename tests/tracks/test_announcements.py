"""公告: written by staff, published by the clock, read by everybody."""

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from core import clock
from core.problems import Refused
from tests.contest import load_guangdong
from tests.registrations.staff import contact, signed_in
from tests.tracks import build
from tracks import announcement_services as services
from tracks.models import Announcement, Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return load_guangdong()


def page(client: Client, name: str, **arguments: Any) -> str:
    return client.get(reverse(name, kwargs=arguments or None)).content.decode()


def test_a_draft_is_seen_by_nobody(client: Client, edition: Edition) -> None:
    one = build.draft(edition)
    assert client.get(reverse("announcement", args=[one.pk])).status_code == 404
    assert "开始报名" not in page(client, "announcements")


def test_a_scheduled_one_is_published_by_the_clock(client: Client, edition: Edition) -> None:
    later = clock.now() + timedelta(days=2)
    one = build.published(edition, later)
    assert client.get(reverse("announcement", args=[one.pk])).status_code == 404
    clock.set_now(later)
    assert "报名<strong>今天</strong>开始" in page(client, "announcement", news=one.pk)
    assert "开始报名" in page(client, "home")


def test_a_moment_that_is_over_is_refused(edition: Edition) -> None:
    with pytest.raises(Refused, match="已经过去") as refused:
        build.published(edition, clock.now() - timedelta(minutes=5))
    assert [one.field for one in refused.value.problems] == ["at"]


def test_the_mark_new_ends_with_the_third_working_day(edition: Edition) -> None:
    one = build.published(edition)  # a Tuesday morning
    days = [one.published_at + timedelta(days=n) for n in range(5)]
    assert [one.is_new(day) for day in days] == [True, True, True, True, False]


def test_withdrawn_it_is_gone_with_its_files_and_may_come_back(client: Client, edition: Edition) -> None:
    one = build.published(edition)
    file = build.attached(one)
    taken = reverse("announcement_file", args=[one.pk, file.pk])
    assert client.get(taken).status_code == 200
    services.withdraw(one, reason="内容有误", by=build.boss())
    assert (client.get(taken).status_code, page(client, "announcements").count("开始报名")) == (404, 0)
    services.publish(one, None, by=build.boss())
    assert client.get(taken).status_code == 200


def test_a_picture_in_the_text_is_drawn_once_it_is_attached(client: Client, edition: Edition) -> None:
    one = build.draft(edition, body="![合影](现场.png)")
    with pytest.raises(Refused) as refused:
        services.publish(one, None, by=build.boss())
    assert refused.value.codes == ["announcement.picture"]
    file = build.attached(one)
    services.publish(one, None, by=build.boss())
    shown = re.search(r'<img src="([^"]+)" alt="合影">', page(client, "announcement", news=one.pk))
    assert shown is not None
    assert client.get(shown[1])["Content-Type"] == "image/webp"
    with pytest.raises(Refused):
        services.remove_file(file, by=build.boss())


def test_the_home_page_lists_the_newest_three(client: Client, edition: Edition) -> None:
    for number in range(4):
        clock.set_now(clock.now() + timedelta(hours=1))
        build.published(edition, title=f"第{number}条")
    assert re.findall(r">(第\d条)<", page(client, "home")) == ["第3条", "第2条", "第1条"]


def test_a_contact_writes_for_the_own_track_alone(edition: Edition) -> None:
    own, other = edition.tracks.get(code="worker"), edition.tracks.get(code="youth")
    who = contact(edition, "worker")
    one = build.draft(edition, by=who, track=own)
    for track in (None, other):
        with pytest.raises(Refused):
            build.draft(edition, by=who, track=track)
    assert list(Announcement.objects.visible_to(who)) == [one]


def test_the_admin_writes_publishes_and_withdraws(edition: Edition) -> None:
    desk = signed_in(contact(edition, "worker"))
    track = edition.tracks.get(code="worker").pk
    said = {"kind": "faq", "title": "怎么报名？", "body": "点**我要报名**。", "position": "1", "track": track}
    made = desk.post(reverse("admin:tracks_announcement_new_page"), said)
    one = Announcement.objects.get()
    assert (made.status_code, made["Location"]) == (302, reverse("admin:tracks_announcement_change", args=[one.pk]))
    assert desk.post(reverse("admin:tracks_announcement_publish", args=[one.pk]), {"at": ""}).status_code == 302
    assert "<strong>我要报名</strong>" in page(Client(), "questions")
    shown = desk.get(reverse("admin:tracks_announcement_change", args=[one.pk])).content.decode()
    assert [word for word in ("发布公告", "起草公告", "已发布") if word not in shown] == []
    desk.post(reverse("admin:tracks_announcement_withdraw", args=[one.pk]), {"reason": "改写"})
    assert "我要报名</strong>" not in page(Client(), "questions")


def test_the_feed_names_the_site_whatever_host_was_asked(edition: Edition, settings: LazySettings) -> None:
    one = build.published(edition, body="点**这里** & 报名")
    settings.ALLOWED_HOSTS = ["*"]
    answer = Client().get(reverse("announcement_feed"), headers={"host": "evil.test"})
    assert answer["Content-Type"].startswith("application/rss+xml")
    channel = ElementTree.fromstring(answer.content)[0]
    item = channel.find("item")
    assert item is not None
    told = [item.findtext(name) for name in ("title", "link", "description")]
    assert told == ["开始报名", f"{settings.SITE_URL}/news/{one.pk}/", "点这里 & 报名"]
    assert b"evil" not in answer.content


def test_lists_ask_as_much_for_many_as_for_one(
    client: Client, edition: Edition, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for kind in ("news", "faq"):
        for number in range(3):
            build.attached(build.published(edition, kind=kind, title=f"第{number}条"))
    client.get("/")
    for name, most in (("home", 3), ("announcements", 4), ("questions", 5), ("announcement_feed", 4)):
        with django_assert_max_num_queries(most):
            client.get(reverse(name))


# --- Customer groups --------------------------------------------------------------------------------------


def test_a_groups_code_is_shown_until_it_runs_out(client: Client, edition: Edition) -> None:
    code = build.group_code(edition.tracks.get(code="worker"))
    shown = re.search(r'<img src="(/questions/groups/[^"]+)"', page(client, "questions"))
    assert shown is not None
    assert client.get(shown[1]).status_code == 200
    clock.set_now(code.expires_at)
    assert ("/questions/groups/" in page(client, "questions"), client.get(shown[1]).status_code) == (False, 404)


@pytest.mark.parametrize(("days", "problem"), [(0, "group_code.over"), (8, "group_code.long")])
def test_a_code_lives_a_week_at_most(edition: Edition, days: int, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        build.group_code(edition.tracks.get(code="worker"), expires_at=clock.now() + timedelta(days=days))
    assert refused.value.codes == [problem]


def test_contacts_are_told_once_before_a_code_runs_out(edition: Edition) -> None:
    who = contact(edition, "worker")
    code = build.group_code(edition.tracks.get(code="worker"))
    near = code.expires_at - timedelta(hours=20)
    for moment, count in ((clock.now(), 0), (near, 1), (near, 1)):
        services.remind_of_codes(moment)
        assert who.notices.filter(template="group-code-near").count() == count
