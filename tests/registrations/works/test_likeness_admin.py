"""The contact sees what is alike, lays both works side by side, and notes what came of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.problems import Refused
from registrations.likeness_models import Likeness
from registrations.services.comparing import compare
from registrations.services.fingerprints import fingerprint
from registrations.services.leaks import scan
from registrations.services.likeness import likenesses_of, note_likeness
from tests.registrations import build as desks
from tests.registrations import staff
from tests.registrations.works.handed_in import entry, hand_in, shot, text
from tests.registrations.works.pictures import picture
from tests.registrations.works.texts import essay

QUEUE = reverse("admin:registrations_likeness_changelist")


def examined(*versions):
    for version in versions:
        fingerprint(version)
        scan(version)
        compare(version)
    return versions


def page_of(likeness: Likeness) -> str:
    return reverse("admin:registrations_likeness_change", args=[likeness.pk])


@pytest.fixture
def pair(edition):
    """Two works on the contact's track with one text, and a copy of the picture on another track."""
    mine = hand_in(entry(edition, "祝宇"), text(essay(1)), shot(picture(1)), title="叶子的厨房")
    twin = hand_in(entry(edition, "胡燕"), text(essay(1) + essay(2)), title="绿色的厨房")
    far = hand_in(entry(edition, "王小芳", "university"), shot(picture(1)), title="别的赛道的题目")
    return examined(mine, twin, far)


def test_the_queue_holds_ones_own_track(edition, pair):
    client = staff.signed_in(desks.contact(edition, "worker"))
    page = client.get(QUEUE).content.decode()
    assert page.count("待比对") > 2
    assert "绿色的厨房" in page
    assert "别的赛道的题目" not in page


def test_a_work_on_another_track_is_told_by_number_and_track_only(edition, pair):
    mine, _, far = pair
    client = staff.signed_in(desks.contact(edition, "worker"))
    page = client.get(page_of(mine.likenesses.get(kind="exact"))).content.decode()
    assert far.work.number in page
    assert "别的赛道的题目" not in page
    assert "王小芳" not in page
    assert not far.work.looks.exists()


def test_both_works_lie_side_by_side_with_the_common_text_marked(edition, pair):
    mine, twin, _ = pair
    client = staff.signed_in(desks.contact(edition, "worker"))
    page = client.get(page_of(mine.likenesses.get(kind="text"))).content.decode()
    assert "叶子的厨房" in page
    assert "绿色的厨房" in page
    assert "<mark>" in page
    assert twin.work.looks.count() == mine.work.looks.count() == 1


def test_the_other_tracks_contact_and_the_people_find_no_such_page(edition, pair):
    likeness = pair[0].likenesses.get(kind="text")
    for user in (desks.contact(edition, "youth"), pair[0].submitted_by):
        user.is_staff = True
        user.save()
        assert staff.signed_in(user).get(page_of(likeness)).status_code in (403, 404)


def test_the_organiser_sees_both(edition, pair):
    page = staff.signed_in(staff.organiser()).get(page_of(pair[0].likenesses.get(kind="exact"))).content.decode()
    assert "别的赛道的题目" in page


def test_a_note_is_kept_for_ones_own_side(edition, pair):
    mine, twin, _ = pair
    contact = desks.contact(edition, "worker")
    likeness = mine.likenesses.get(kind="text")
    answer = staff.signed_in(contact).post(page_of(likeness), {"note": "同一份公开教案"})
    likeness.refresh_from_db()
    assert (answer.status_code, likeness.note, likeness.looked_by) == (302, "同一份公开教案", contact)
    assert twin.likenesses.get(kind="text").looked_at is None
    assert mine.work.state == "submitted"


def test_a_note_needs_words(pair):
    with pytest.raises(Refused) as refused:
        note_likeness(pair[0].likenesses.get(kind="text"), "  ", by=staff.organiser())
    assert refused.value.codes == ["likeness.no_note"]


def test_the_work_page_tells_likenesses_and_names(edition, pair):
    version = hand_in(pair[0].work.entry, text("作者：祝宇", "成片.txt"), title="叶子的厨房")
    examined(version)
    contact = desks.contact(edition, "worker")
    page = staff.signed_in(contact).get(reverse("admin:registrations_work_change", args=[version.work_id]))
    assert "没有发现相同或相近的文件" in page.content.decode()
    assert "作者:祝宇" in page.content.decode()


def test_three_likenesses_cost_as_many_queries_as_one(edition):
    examined(hand_in(entry(edition, "祝宇"), shot(picture(1))))
    contact, counts = desks.contact(edition, "worker"), []
    for name in ("胡燕", "王小芳", "李小明"):
        (version,) = examined(hand_in(entry(edition, name), shot(picture(1))))
        with CaptureQueriesContext(connection) as queries:
            alike = likenesses_of(version, contact)
        counts.append((len(alike), len(queries)))
    assert counts == [(1, 3), (2, 3), (3, 3)]


def test_the_queue_costs_the_same_however_long(edition, pair):
    client = staff.signed_in(desks.contact(edition, "worker"))
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as few:
        client.get(QUEUE)
    examined(*(hand_in(entry(edition, name), shot(picture(1))) for name in ("李小明", "赵一", "钱二")))
    with CaptureQueriesContext(connection) as many:
        client.get(QUEUE)
    assert len(many) == len(few)
