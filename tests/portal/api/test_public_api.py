"""The public part of the API: what the pages say, as its own document has it, cheap, limited."""

import csv
import io
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from awards.certificates.keys import keys
from awards.models import AwardList
from tests.awards import build as awards
from tests.awards.certificates import build as certificates
from tests.contest import load_guangdong
from tests.portal.api.asking import ROOT, asked, get, walk
from tests.registrations import staff
from tests.seasons.points import build as points
from tracks.models import Edition

RESULT = "/results/{award_list}"


def cost(address: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert get(address).status_code == 200
    return len(made)


@pytest.fixture
def published(db: None) -> AwardList:
    """A list over eight works, announced."""
    found = awards.category(awards.edition())
    awards.published(found)
    return awards.again(found)


def test_results_are_the_same_in_the_api_the_csv_the_workbook_and_on_the_page(published: AwardList) -> None:
    """Every prize, in order, word by word."""
    keys = ("place", "award", "level", "name", "organisation", "title", "reason")
    api = [[str(row[key]) for key in keys] for row in walk(f"/results/{published.pk}", RESULT, limit=3)]
    address = {
        name: reverse(name, args=[published.pk]) for name in ("publicity_list", "publicity_csv", "publicity_sheet")
    }
    text = Client().get(address["publicity_csv"]).content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))[1:]
    book = load_workbook(io.BytesIO(Client().get(address["publicity_sheet"]).content)).active
    sheet = [[str(cell or "") for cell in row] for row in book.iter_rows(min_row=3, values_only=True)]
    assert (len(api), api == table, api == sheet) == (7, True, True)
    page = Client().get(address["publicity_list"]).content.decode()
    places = [page.index(row["title"]) for row in walk(f"/results/{published.pk}", RESULT)]
    assert places == sorted(places)


def test_lists_appear_when_they_are_announced(db: None) -> None:
    found = awards.decided(awards.category(awards.edition()))
    assert asked("/editions/current/results", "/editions/{edition}/results")["items"] == []
    assert asked(f"/results/{found.pk}", RESULT, status=404)["code"] == "not_found"
    release = awards.publishing.publish_list(found, by=awards.organiser())
    (listed,) = asked("/editions/current/results", "/editions/{edition}/results")["items"]
    assert (listed["id"], listed["version"], listed["sha256"]) == (found.pk, 1, release.version.sha256)


def test_results_cost_the_same_for_one_prize_and_for_three(published: AwardList) -> None:
    one, three = (cost(f"/results/{published.pk}?limit={limit}") for limit in (1, 3))
    assert (one == three, one <= 8) == (True, True)


def test_the_contest_is_told_as_on_its_pages(db: None) -> None:
    edition = load_guangdong()
    (told,) = asked("/editions", "/editions")["items"]
    assert (told["slug"], told["current"], told["name"]) == (edition.slug, True, edition.name)
    dates = asked(f"/editions/{edition.slug}/schedule", "/editions/{edition}/schedule")["items"]
    page = Client().get(reverse("schedule")).content.decode()
    assert {one["code"] for one in dates} == {one.code for one in edition.calendar}
    assert [one["name"] for one in dates if one["name"] not in page] == []
    kinds = asked("/editions/current/tracks", "/editions/{edition}/tracks")
    assert [one["code"] for one in kinds["categories"]] == ["A", "B", "C"]
    assert asked("/editions/none/tracks", "/editions/{edition}/tracks", status=404)["code"] == "not_found"


def test_a_deadline_is_exclusive_and_local(db: None) -> None:
    load_guangdong()
    dates = asked("/editions/current/schedule", "/editions/{edition}/schedule")["items"]
    (ends,) = {one["ends_at"] for one in dates if "recommend" in one["closes"]}
    assert ends == "2024-12-15T17:00:01+08:00"


BOARD = "/editions/{edition}/leaderboard"


def test_the_leaderboard_is_the_pages(db: None) -> None:
    edition = points.edition()
    for number, day in ((1, 0), (2, 1)):
        earn(edition, number, day)
    board = asked("/editions/current/leaderboard", BOARD, month="2025-03", track="worker")
    page = Client().get(reverse("leaderboard")).content.decode()
    assert [row["rank"] for row in board["items"]] == [1, 2]
    assert all(row["name"] in page and "*" in row["name"] for row in board["items"])
    assert asked("/editions/current/leaderboard", BOARD, status=404, track="none")["code"] == "not_found"
    assert asked("/editions/current/leaderboard", BOARD, status=404, month="2025-3")["code"] == "not_found"


def earn(edition: Edition, number: int, day: int) -> None:
    points.fact(points.entry(edition, number), points.MARCH + timedelta(days=day), by=points.organiser())
    points.post(edition)


def test_the_leaderboard_costs_the_same_for_one_and_for_three(db: None) -> None:
    edition = points.edition()
    earn(edition, 1, 0)
    one = cost("/editions/current/leaderboard")
    for number in (2, 3):
        earn(edition, number, number)
    assert (cost("/editions/current/leaderboard") == one, one <= 12) == (True, True)


VERIFY = "/verify/{payload}"


def test_a_certificate_is_verified_as_on_its_page(db: None) -> None:
    certificate = certificates.printed(certificates.certificate(staff.contest(), "王小芳", key=keys().private))
    told = asked(f"/verify/{certificate.payload}", VERIFY)
    assert (told["state"], told["number"], told["name"]) == ("valid", certificate.number, "王**")
    assert asked(f"/verify/{certificate.payload[:-3]}AAA", VERIFY, status=422)["detail"]


# --- Caches and limits ---------------------------------------------------------------------------------------


def test_an_answer_may_be_kept_and_asked_again_cheaply(db: None) -> None:
    load_guangdong()
    first = get("/editions/current/schedule")
    assert (first["Cache-Control"], bool(first["ETag"])) == ("public, max-age=60", True)
    again = Client().get(f"{ROOT}/editions/current/schedule", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Access-Control-Allow-Origin" not in first


def test_one_address_is_limited(db: None, settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "api": "2/m/ip"}
    load_guangdong()
    assert [get("/editions").status_code for _ in range(3)] == [200, 200, 429]
    refused = get("/editions")
    assert (refused.json()["code"], int(refused["Retry-After"]) > 0) == ("too_often", True)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"after": -1}, {"after": 2**63}, {"limit": "x"}])
def test_pages_have_bounds(published: AwardList, query: dict[str, object]) -> None:
    refused = asked(f"/results/{published.pk}", RESULT, status=422, **query)
    assert next(iter(query)) in refused["detail"]


def test_the_page_lists_every_operation(client: Client, db: None) -> None:
    load_guangdong()
    page = client.get(reverse("api")).content.decode()
    schema = client.get(reverse("api_schema")).json()
    assert [address for address in schema["paths"] if address not in page] == []
    assert schema["openapi"].startswith("3.")


def test_before_any_edition_is_loaded_nothing_is_there(db: None) -> None:
    assert asked("/editions", "/editions")["items"] == []
    assert asked("/editions/current/results", "/editions/{edition}/results", status=404)["code"] == "not_found"
