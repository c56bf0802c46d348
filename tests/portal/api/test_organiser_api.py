"""The organiser's part of the API: by token alone, what its maker sees in the admin, without names."""

import csv
import io
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import User
from core.api import services
from core.api.models import ApiToken
from judging.models import Round
from registrations.services import entering
from tests.awards import build as awards
from tests.judging import build as judging
from tests.portal.api.asking import asked, get, token, walk
from tests.registrations import staff
from tests.registrations.entries import build as entries
from tests.registrations.works import build as works

ENTRIES, WORKS = "/editions/{edition}/entries", "/editions/{edition}/works"
SCORES, ROUNDS = "/rounds/{round}/scores", "/editions/{edition}/rounds"
AWARDS, AWARD = "/editions/{edition}/awards", "/awards/{award_list}"


@pytest.fixture
def secret(db: None) -> str:
    """A token for everything."""
    return token(judging.organiser())


def cost(address: str, secret: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert get(address, secret).status_code == 200
    return len(made)


# --- The door ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["", "aikp_wrong", "x" * 5000])
def test_without_a_live_token_nothing_is_told(db: None, wrong: str) -> None:
    staff.contest()
    answer = get("/editions/current/entries", wrong)
    assert (answer.status_code, answer["WWW-Authenticate"], answer.json()["code"]) == (401, "Bearer", "no_token")


def test_a_token_opens_its_scopes_alone(db: None) -> None:
    judging.organiser()
    awards.edition()
    works = token(judging.organiser(), "works")
    asked("/editions/current/works", WORKS, works)
    assert asked("/editions/current/entries", ENTRIES, works, status=403)["code"] == "forbidden"


@pytest.mark.parametrize("how", ["revoked", "expired", "demoted", "dismissed"])
def test_a_token_ends(secret: str, how: str) -> None:
    awards.edition()
    boss, found = judging.organiser(), ApiToken.objects.get()
    if how == "revoked":
        services.revoke(found, reason="不再使用", by=boss)
    if how == "expired":
        past = timezone.now() - timedelta(days=1)
        ApiToken.objects.update(created_at=past, expires_at=past + timedelta(hours=1))
    if how == "demoted":
        type(boss).objects.filter(pk=boss.pk).update(is_superuser=False)
    if how == "dismissed":
        type(boss).objects.filter(pk=boss.pk).update(is_active=False)
    assert get("/editions/current/entries", secret).status_code == 401


def test_a_program_is_limited(secret: str, settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "api_token": "1/m/key"}
    awards.edition()
    assert [get("/editions/current/entries", secret).status_code for _ in range(2)] == [200, 429]


def test_guesses_are_limited_by_address(db: None, settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "api": "1/m/ip"}
    assert [get("/editions/current/entries", "aikp_x").status_code for _ in range(2)] == [401, 429]


def test_what_is_private_is_kept_by_nobody(secret: str) -> None:
    awards.edition()
    assert {"private", "no-store"} <= set(get("/editions/current/entries", secret)["Cache-Control"].split(", "))


# --- What it tells -------------------------------------------------------------------------------------------


def test_entries_page_by_page_without_a_name(secret: str) -> None:
    edition = staff.contest()
    made = [judging.entry(edition, number) for number in range(5)]
    found = walk("/editions/current/entries", ENTRIES, secret, limit=2)
    assert [one["number"] for one in found] == [one.number for one in made]
    text = get("/editions/current/entries", secret).content.decode()
    assert [name for one in made for name in one.people.values_list("name", flat=True) if name in text] == []
    assert "@example.test" not in text


def test_entries_cost_the_same_for_one_and_for_three(secret: str) -> None:
    edition = staff.contest()
    judging.entry(edition, 1)
    one = cost("/editions/current/entries", secret)
    for number in (2, 3):
        judging.entry(edition, number)
    assert (cost("/editions/current/entries", secret) <= one, one <= 9) == (True, True)


def test_recommended_entries_name_their_unit(secret: str) -> None:
    edition = staff.contest()
    row = staff.submitted(edition, 1)[0]
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    person = entries.person("路人", "13800138090")
    entering.make_entry(edition, values, representative=person, row=row)
    (told,) = walk("/editions/current/entries", ENTRIES, secret)
    assert (told["channel"], told["unit"]) == ("recommended", staff.SHIXING)


@pytest.fixture
def judged(db: None) -> Round:
    """A round of three works before two judges, published."""
    edition = awards.edition()
    review = judging.round_of(edition)
    judging.candidates(review, 3)
    return awards.judged(review, [90, 80, 70])


def test_scores_are_those_of_the_exported_table(judged: Round, secret: str) -> None:
    client = staff.signed_in(judging.organiser())
    text = client.get(reverse("admin:judging_round_scores", args=[judged.pk]), {"as": "csv"}).content
    table = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))[1:]
    keys = ("work", "title", "judge", "panel", "state", "total", "marks")
    found = walk(f"/rounds/{judged.pk}/scores", SCORES, secret, limit=4)
    assert [[one[key] for key in keys] for one in found] == [row[: len(keys)] for row in table]
    names = [seat.user.real_name for seat in judged.judges.select_related("user")]
    assert [name for name in names if name in str(found)] == []


def test_taking_all_scores_is_recorded_once(judged: Round, secret: str) -> None:
    walk(f"/rounds/{judged.pk}/scores", SCORES, secret, limit=4)
    deeds = Round.pgh_event_model.objects.filter(pgh_context__verb="scores.exported")
    assert deeds.count() == 1


def test_scores_cost_the_same_for_one_and_for_three(judged: Round, secret: str) -> None:
    costs = [cost(f"/rounds/{judged.pk}/scores?limit={limit}&after=1", secret) for limit in (1, 3)]
    assert (costs[0] >= costs[1], costs[0] <= 11) == (True, True)


def test_who_judges_reads_neither_scores_nor_drafts_until_they_are_public(db: None) -> None:
    found = awards.decided(awards.category(awards.edition()))
    seat = judging.judge(judging.round_of(found.edition, "review", "B"), 1)
    User.objects.filter(pk=seat.user_id).update(is_staff=True, is_superuser=True)
    secret = token(seat.user)
    assert asked("/editions/current/awards", AWARDS, secret)["items"] == []
    assert asked(f"/awards/{found.pk}", AWARD, secret, status=404)["code"] == "not_found"
    assert asked(f"/rounds/{seat.round_id}/scores", SCORES, secret, status=404)["code"] == "not_found"
    assert seat.round_id not in [one["id"] for one in asked("/editions/current/rounds", ROUNDS, secret)["items"]]


def test_award_lists_before_they_are_public(secret: str) -> None:
    found = awards.decided(awards.category(awards.edition()))
    listed = {one["id"]: one for one in asked("/editions/current/awards", AWARDS, secret)["items"]}
    assert (listed[found.pk]["state"], listed[found.pk]["version"]) == ("locked", None)
    lines = walk(f"/awards/{found.pk}", AWARD, secret, limit=3)
    assert [f"{one['level']} {one['title']}" for one in lines] == awards.names(found)


def test_works_tell_their_standing(secret: str) -> None:
    work = works.submitted(works.accepted(staff.contest()))
    (told,) = walk("/editions/current/works", WORKS, secret)
    assert (told["number"], told["state"], told["version"]) == (work.number, "submitted", 1)
