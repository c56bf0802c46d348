"""查找: by name, pinyin and number, in what the searcher may see, with the same few questions for any number."""

import pytest
from django.urls import reverse

from core.accounts.models import User
from registrations.services import teams
from tests.registrations import build
from tests.registrations.entries.build import entered, person
from tests.registrations.staff import contact, organiser, signed_in

pytestmark = pytest.mark.django_db


def found(user: User, words: str) -> str:
    return signed_in(user).get(reverse("staff_search"), {"q": words}).content.decode()


@pytest.mark.parametrize("words", ["始兴县科学", "shixingxian", "sgssxx"])
def test_a_unit_by_name_and_pinyin(edition, words):
    unit = build.unit()
    assert reverse("admin:registrations_unit_change", args=[unit.pk]) in found(organiser(), words)


def test_an_entry_and_its_people(edition):
    entry, me = entered(edition, person("祝宇"), team_name="智绘科普队"), organiser()
    at = reverse("admin:registrations_entry_change", args=[entry.pk])
    pages = [found(me, words) for words in (entry.number, f"{entry.pk:06d}", "智绘", "zhkpd", "祝宇", "zhuyu")]
    assert [at in page for page in pages] == [True] * 6


def test_who_was_named_anew_is_found_by_the_new_pinyin(edition):
    entry = entered(edition, person("祝宇"), team_name="智绘科普队")
    member = entry.people.get()
    teams.save_member(member, by=member.user, name="胡雁")
    assert reverse("admin:registrations_entry_change", args=[entry.pk]) in found(organiser(), "huyan")


def test_a_contact_finds_their_track_alone(edition):
    desk = build.desk(edition)
    row = desk.submitted(1, name="王小芳", track="worker")[0]
    at = reverse("admin:registrations_recommendationrow_change", args=[row.pk])
    mine, other = contact(edition, "worker"), contact(edition, "youth")
    for words in ("王小芳", "wangxiao", "wxf"):
        assert (at in found(mine, words), at in found(other, words)) == (True, False)


def test_what_is_typed_is_only_shown(edition):
    assert "&lt;b&gt;%\\" in found(organiser(), "<b>%\\")


def test_few_questions_however_much_there_is(edition, django_assert_max_num_queries):
    client, desk = signed_in(organiser()), build.desk(edition)
    client.get(reverse("staff_search"))  # a process keeps the edition
    for count in (1, 2):
        desk.submitted(count, organisation="城南中学")
        with django_assert_max_num_queries(10):
            client.get(reverse("staff_search"), {"q": "小"})
