"""Dates and contacts in the admin."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import BEIJING
from tests.contest import GUANGDONG, load_guangdong
from tests.registrations.staff import contact, organiser, signed_in
from tracks.forms import bound_after, last_minute
from tracks.models import Edition, Milestone, TrackContact

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return load_guangdong()


@pytest.fixture
def desk(edition: Edition) -> Client:
    return signed_in(organiser())


def url(name: str, thing: object) -> str:
    return reverse(f"admin:tracks_{name}", args=[thing.pk])  # type: ignore[attr-defined]


def text(response: object) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("bound", "typed"),
    [((2024, 12, 15, 17, 0, 1), (2024, 12, 15, 17, 0)), ((2024, 12, 26), (2024, 12, 25, 23, 59))],
)
def test_bounds_as_people_type_them(bound: tuple[int, ...], typed: tuple[int, ...]) -> None:
    exclusive, last = (datetime(*parts, tzinfo=BEIJING) for parts in (bound, typed))  # type: ignore[arg-type]
    assert (last_minute(exclusive), bound_after(last)) == (last, exclusive)


def test_a_deadline_moves_after_its_effect_was_shown(desk: Client, edition: Edition) -> None:
    due = edition.milestones.get(code="recommend_due")
    page = url("milestone_reschedule", due)
    assert 'value="2024-12-15T17:00"' in desk.get(page).content.decode()
    typed = {"starts_at": "", "ends_at": "2024-12-18T17:00", "reason": "延长三天"}
    first = desk.post(page, typed)
    assert "2024 年 12 月 18 日（周三）17:00 止" in text(first)
    assert Milestone.objects.get(pk=due.pk).ends_at == due.ends_at
    seen = re.search(r'name="seen" value="(\w+)"', first.content.decode())
    assert seen is not None
    assert desk.post(page, typed | {"seen": seen[1]}).status_code == 302
    assert Milestone.objects.get(pk=due.pk).ends_at == datetime(2024, 12, 18, 17, 0, 1, tzinfo=BEIJING)
    shown = text(desk.get(url("milestone_change", due)))
    assert [word for word in ("调整日程", "延长三天", "17:00整仍受理") if word not in shown] == []


def test_a_date_without_effect_on_doors_needs_no_second_look(desk: Client, edition: Edition) -> None:
    ceremony = edition.milestones.get(code="ceremony")
    typed = {"starts_at": "2025-01-03T00:00", "ends_at": "", "reason": "场地"}
    assert desk.post(url("milestone_reschedule", ceremony), typed).status_code == 302
    assert Milestone.objects.get(pk=ceremony.pk).starts_at == datetime(2025, 1, 3, tzinfo=BEIJING)


def test_a_refused_date_says_why(desk: Client, edition: Edition) -> None:
    due = edition.milestones.get(code="recommend_due")
    answer = desk.post(url("milestone_reschedule", due), {"starts_at": "", "ends_at": "", "reason": ""})
    assert answer.status_code == 422
    assert "改期理由" in text(answer)


def test_a_contact_is_found_by_the_whole_mailbox(desk: Client, edition: Edition) -> None:
    worker, youth = edition.tracks.get(code="worker"), edition.tracks.get(code="youth")
    user = contact(edition, "worker")
    answer = desk.post(url("track_appoint", youth), {"contact": "nobody@example.test"})
    assert (answer.status_code, "没有这个账号" in text(answer)) == (422, True)
    desk.post(url("track_appoint", youth), {"contact": user.email})
    assert list(user.track_contacts.values_list("track", flat=True)) == [worker.pk, youth.pk]


def test_a_contact_is_removed_with_a_reason(desk: Client, edition: Edition) -> None:
    user = contact(edition, "worker")
    page = url("trackcontact_remove", user.track_contacts.get())
    assert "也不能再进入管理后台" in text(desk.get(page))
    assert desk.post(page, {"reason": ""}).status_code == 422
    assert desk.post(page, {"reason": "换人"}).status_code == 302
    assert (TrackContact.objects.count(), type(user).objects.get(pk=user.pk).is_staff) == (0, False)


def test_a_contact_sees_their_track_and_changes_nothing(edition: Edition) -> None:
    desk = signed_in(contact(edition, "worker"))
    worker, youth = edition.tracks.get(code="worker"), edition.tracks.get(code="youth")
    due = edition.milestones.get(code="recommend_due")
    assert desk.get(url("track_change", worker)).status_code == 200
    assert desk.get(url("track_change", youth)).status_code == 404
    pages = [url("track_appoint", worker), url("milestone_reschedule", due), url("edition_change", edition)]
    assert [desk.get(page).status_code for page in pages] == [403, 403, 403]


def test_the_text_is_downloaded_to_the_letter(desk: Client, edition: Edition) -> None:
    answer = desk.get(url("edition_download", edition))
    assert answer.content == GUANGDONG.read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="guangdong-2024.toml"'
