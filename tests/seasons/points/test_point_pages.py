"""Passbook, records and leaderboard over HTTP: what they say, and that more rows cost no more questions."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.accounts.models import User
from registrations.entry_models import Entry
from registrations.models import SummaryExport
from seasons.models import Dispute, PointEntry, Season, ServiceRecord
from seasons.services import disputing, recording, standings
from seasons.services.ladder import ladder_of
from tests.contest import load_guangdong
from tests.judging.build import contact
from tests.seasons.points import build
from tests.seasons.points.build import MARCH
from tracks.models import Edition


@pytest.fixture
def edition(db: None) -> Edition:
    """The edition with its example rules adopted."""
    return build.edition()


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def costs(client: Client, url: str, more: Callable[[], object]) -> tuple[int, int]:
    """Questions to the database with what is there, and with two more."""
    client.get(url)
    before = queries(client, url)
    more()
    more()
    return before, queries(client, url)


def earned(edition: Edition, number: int, day: int = 0) -> Entry:
    entry = build.entry(edition, number)
    build.fact(entry, MARCH + timedelta(days=day), by=build.organiser())
    build.post(edition)
    return entry


def test_the_passbook_costs_the_same_for_one_line_and_for_many(edition: Edition) -> None:
    entry, days = earned(edition, 1), iter(range(1, 9))

    def more() -> None:
        build.fact(entry, MARCH + timedelta(days=next(days)), by=build.organiser())
        build.post(edition)

    before, after = costs(as_user(build.lead(entry)), reverse("passbook", args=[entry.pk]), more)
    assert before == after


def test_the_leaderboard_costs_the_same_for_one_entry_and_for_three(edition: Edition) -> None:
    numbers = iter(range(2, 9))
    earned(edition, 1)
    before, after = costs(Client(), reverse("leaderboard"), lambda: earned(edition, next(numbers)))
    assert before == after


def test_the_list_of_records_costs_the_same_for_one_and_for_three(edition: Edition) -> None:
    entry, days = build.entry(edition), iter(range(9))
    build.record(entry)
    more = lambda: build.record(entry, MARCH + timedelta(days=next(days)))  # noqa: E731
    before, after = costs(as_user(build.lead(entry)), reverse("records", args=[entry.pk]), more)
    assert before == after


def test_the_contacts_queue_costs_the_same_for_one_and_for_three(edition: Edition) -> None:
    staff, entry, days = contact(edition), build.entry(edition), iter(range(1, 9))
    build.submitted(entry)
    more = lambda: build.submitted(entry, MARCH + timedelta(days=next(days)))  # noqa: E731
    before, after = costs(as_user(staff), reverse("admin:seasons_servicerecord_changelist"), more)
    assert before == after


def test_without_rules_the_season_says_so(db: None) -> None:
    edition = load_guangdong()
    entry = build.entry(edition)
    pages = [Client().get(reverse("leaderboard")), as_user(build.lead(entry)).get(reverse("passbook", args=[entry.pk]))]
    assert ["积分规则待公布" in page.content.decode() for page in pages] == [True, True]


def test_a_person_is_found_by_pinyin_and_named_by_the_surname_alone(edition: Edition) -> None:
    entry = earned(edition, 1)
    name = entry.people.get().name
    shown = Client().get(reverse("leaderboard"), {"q": "wang"}).content.decode()
    assert ("王*" in shown, name in shown) == (True, False)
    assert standings.find(edition, "没有这个人") == []


def test_the_board_of_a_month_and_track_holds_theirs_alone(edition: Edition) -> None:
    earned(edition, 1)
    earned(edition, 2, day=40)
    track = edition.tracks.get(code="youth")
    found = [len(standings.top(edition, period, of)) for period, of in (("", None), ("2025-04", None), ("", track))]
    assert found == [2, 1, 0]


def test_the_hundred_and_first_who_shares_the_rank_is_listed_too(edition: Edition) -> None:
    for number in range(1, 5):
        earned(edition, number)
    assert [place.rank for place in standings.top(edition, most=2)] == [1, 1, 1, 1]
    assert set(standings.ranks_of(list(standings.ladder(edition))).values()) == {1}


def test_a_record_is_typed_handed_in_and_refused_at_its_fields(edition: Edition) -> None:
    made = build.record(build.entry(edition))
    client, url = as_user(build.lead(made.entry)), reverse("record", args=[made.pk])
    member = str(made.entry.people.get().pk)
    typed = {
        "title": "社区课", "activity": "venues", "place": "科技馆", "starts_at": "2025-03-08T09:00",
        "ends_at": "2025-03-08T11:00", "audience": "-5", "basis": "签到表", "links": "javascript:alert(1)",
        "hashtags": "", "feedback": "", "served": [member],
    }  # fmt: skip
    refused = client.post(url, typed | {"submit": "1"})
    assert (refused.status_code, "受众人数不能是负数" in refused.content.decode()) == (422, True)
    refused = client.post(url, typed | {"audience": "5", "submit": "1"})
    assert (refused.status_code, "不是网页地址" in refused.content.decode()) == (422, True)
    done = client.post(url, typed | {"audience": "5", "links": "https://example.test/", "submit": "1"})
    made.refresh_from_db()
    assert (done.status_code, made.state) == (302, "submitted")


def test_a_line_is_disputed_on_its_page(edition: Edition) -> None:
    entry = earned(edition, 1)
    line = PointEntry.objects.get(rule="hour")
    url = reverse("dispute_new", args=[line.pk])
    answer = as_user(build.lead(entry)).post(url, {"words": "少计了一小时"})
    assert (answer.status_code, Dispute.objects.get().words) == (302, "少计了一小时")
    assert as_user(build.organiser()).get(url).status_code == 404
    asked = Dispute.objects.select_related("line__entry__edition", "line__fact__record").get()
    disputing.answer(asked, "签到表就是两小时", correct=False, by=build.organiser())
    page = as_user(build.lead(entry)).get(reverse("passbook", args=[entry.pk])).content.decode()
    assert "签到表就是两小时" in page


def test_a_contact_of_another_track_sees_no_record(edition: Edition) -> None:
    stranger, made = contact(edition, "youth"), build.submitted(build.entry(edition))
    page = reverse("admin:seasons_servicerecord_pass", args=[made.pk])
    assert as_user(stranger).post(page, {"seen": "x"}).status_code == 404
    assert ServiceRecord.objects.get().state == "submitted"


def test_the_contacts_history_names_the_kind_of_service_and_the_theme(edition: Edition) -> None:
    theme = Season.objects.filter(edition=edition, kind="points").first()
    made = build.submitted(build.entry(edition), season=theme)
    html = (
        as_user(build.organiser()).get(reverse("admin:seasons_servicerecord_change", args=[made.pk])).content.decode()
    )
    name = {one.code: one.name for one in edition.rulebook.activity_types}[made.activity]
    assert f"（空） → {name}" in html
    assert made.activity not in html
    assert theme is None or f"（空） → {theme}" in html


def test_a_colleague_reads_and_does_not_write(edition: Edition) -> None:
    entry = build.entry(edition)
    made = recording.begin(entry, by=build.lead(entry))
    assert (
        as_user(User.objects.create_user("旁人", phone="13800138999"))
        .get(reverse("record", args=[made.pk]))
        .status_code
        == 404
    )


def test_verified_hours_go_out_as_rows_and_that_is_noted(edition: Edition) -> None:
    entry = build.entry(edition)
    build.passed(entry, hours=2.5, title="=1+1", by=contact(edition))
    build.work()
    url = reverse("admin:seasons_ladder_hours", args=[ladder_of(edition).pk])
    answer = as_user(build.organiser()).post(url, {"month": "2025-03", "reason": "补录"})
    book = load_workbook(io.BytesIO(answer.content)).active
    cells = [str(cell.value) for row in book.iter_rows() for cell in row if cell.value is not None]
    assert {entry.people.get().name, "2.5", "2025-03-08"} <= set(cells)
    assert all(cell.data_type in "sn" for row in book.iter_rows() for cell in row)
    assert SummaryExport.objects.get().scope == "志愿服务时长 2025-03"
