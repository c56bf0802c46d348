"""作品展: what won, once final, of people who agreed; and nothing more of them than the list says."""

import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from awards.models import AwardLine
from core import clock
from core.accounts.models import User
from registrations.personal_models import Consent, Guardian
from registrations.work_models import WorkVersion
from tests.awards import wall_build as build
from tests.contest import load_guangdong
from tests.registrations.staff import organiser
from tracks.models import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return load_guangdong()


@pytest.fixture
def boss(edition: Edition) -> User:
    return organiser()


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("wall") + query).content.decode()


def titles(client: Client, query: str = "") -> list[str]:
    return re.findall(r'<span class="wall__title">(.*?)</span>', page(client, query))


def withdrawn(line: AwardLine) -> None:
    Consent.objects.filter(entry=line.entry).update(withdrawn_at=clock.now())


def erased(line: AwardLine) -> None:
    WorkVersion.objects.filter(pk=line.candidate.version_id).update(erased_at=clock.now(), fields={}, ai={})


def test_a_work_is_shown_with_its_picture_prize_and_badge(client: Client, edition: Edition, boss: User) -> None:
    line = build.won(edition, boss, build.handed(edition))[0]
    said = page(client)
    assert titles(client) == ["识鸟小程序"]
    assert [word for word in ("获奖者1", "一等奖", "本作品含人工智能生成内容") if word not in said] == []
    shown = re.search(rf'<img src="(/gallery/{line.pk}/pictures/\d+/)"', said)
    assert shown is not None
    answer = client.get(shown[1])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "作品.png" not in answer["Content-Disposition"]


def test_no_badge_without_ai(client: Client, edition: Edition, boss: User) -> None:
    build.won(edition, boss, build.handed(edition, ai=False))
    assert "人工智能生成" not in page(client)


def test_during_the_publicity_nothing_is_shown(client: Client, edition: Edition, boss: User) -> None:
    found = build.announced(edition, boss, build.handed(edition))
    line = AwardLine.objects.get(version__award_list=found)
    assert (titles(client), client.get(reverse("wall_work", args=[line.pk])).status_code) == ([], 404)


@pytest.mark.parametrize("how", [withdrawn, erased], ids=["consent withdrawn", "content deleted"])
def test_it_goes_at_once(client: Client, edition: Edition, boss: User, how: Callable[[AwardLine], None]) -> None:
    line = build.won(edition, boss, build.handed(edition))[0]
    picture = re.findall(r'<img src="(/gallery/[^"]+)"', page(client))[0]
    how(line)
    there = [client.get(path).status_code for path in (picture, reverse("wall_work", args=[line.pk]))]
    assert (titles(client), there) == ([], [404, 404])


def test_a_pupil_needs_the_guardians_word_too(client: Client, edition: Edition, boss: User) -> None:
    line = build.won(edition, boss, build.handed(edition, track="youth"))[0]
    assert titles(client) == []
    member = line.entry.people.get()
    guardian = Guardian(member=member, name="李梅", phone="+8613800138001", relation="母亲", asked_at=clock.now())
    guardian.save(force_insert=True)
    Guardian.objects.filter(pk=guardian.pk).update(state="given", display=True)
    assert titles(client) == ["识鸟小程序"]


def test_the_page_says_what_the_list_says_and_no_more(
    client: Client, edition: Edition, boss: User, settings: LazySettings
) -> None:
    line = build.won(edition, boss, build.handed(edition))[0]
    said = client.get(reverse("wall_work", args=[line.pk])).content.decode()
    member = line.entry.people.get()
    assert [word for word in ("认识身边的鸟。", "获奖者1", "一等奖") if word not in said] == []
    assert [word for word in (member.name, member.organisation or "无", "wx0", "作品.png") if word in said] == []
    image = re.search(r'<meta property="og:image" content="([^"]+)">', said)
    assert image is not None
    assert image[1].startswith(f"{settings.SITE_URL}/gallery/{line.pk}/pictures/")


def test_filters_narrow(client: Client, edition: Edition, boss: User) -> None:
    build.won(edition, boss, build.handed(edition, "甲"), build.handed(edition, "乙", track="university"))
    found = [titles(client, query) for query in ("?track=university", "?category=A", "?level=一等奖&category=B")]
    assert found == [["乙"], [], ["甲", "乙"]]
    assert "没有符合条件的作品" in page(client, "?category=A")


def test_a_topic_is_looked_for_in_what_is_public(client: Client, edition: Edition, boss: User) -> None:
    build.won(edition, boss, build.handed(edition, "湿地小课堂"), build.handed(edition, "节气 100% 问答"))
    found = [
        titles(client, f"?topic={word}") for word in ("湿地", "身边的鸟", "100%25", "wx0", "湿地&track=university")
    ]
    assert found == [["湿地小课堂"], ["湿地小课堂", "节气 100% 问答"], ["节气 100% 问答"], [], []]


def test_filters_stay_in_the_addresses_of_pages(client: Client, edition: Edition, boss: User, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("awards.views.wall.A_PAGE", 1)
    build.won(edition, boss, *(build.handed(edition, f"湿地{n}") for n in "甲乙"))
    first = page(client, "?topic=湿地&track=worker")
    onward = re.search(r'href="([^"]*page=2[^"]*)"', first)
    assert onward is not None
    assert titles(client, onward[1].replace("&amp;", "&")) == ["湿地乙"]
    assert 'value="湿地"' in first
    assert "topic=" in onward[1]


def test_another_works_picture_is_not_there(client: Client, edition: Edition, boss: User) -> None:
    one, other = build.won(edition, boss, build.handed(edition, "甲"), build.handed(edition, "乙"))
    pictures = re.findall(r'<img src="/gallery/(\d+)/pictures/(\d+)/"', page(client))
    drawn = {int(line): int(derived) for line, derived in pictures}
    assert client.get(reverse("wall_picture", args=[one.pk, drawn[other.pk]])).status_code == 404


def test_the_wall_asks_as_much_for_three_as_for_one(
    client: Client, edition: Edition, boss: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    build.won(edition, boss, *(build.handed(edition, title) for title in "甲乙丙"))
    client.get("/")
    with django_assert_max_num_queries(7):
        assert len(titles(client)) == 3


def test_an_earlier_edition_keeps_its_address(client: Client, edition: Edition, boss: User) -> None:
    line = build.won(edition, boss, build.handed(edition))[0]
    Edition.objects.update(is_current=False)
    own = reverse("edition", args=[edition.slug])
    assert reverse("publicity_list", args=[line.version.award_list_id]) in client.get(own).content.decode()
    works = client.get(reverse("edition_works", args=[edition.slug])).content.decode()
    assert [word for word in ("识鸟小程序", "本届名单和公告") if word not in works] == []
    assert client.get(reverse("wall_work", args=[line.pk])).status_code == 200
    assert edition.name in client.get(reverse("editions")).content.decode()
    assert client.get(reverse("edition", args=["nowhere"])).status_code == 404
