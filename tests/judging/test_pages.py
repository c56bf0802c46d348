"""The judges' and the public's pages, the organiser's in the admin; what they cost."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.tokens import token_of
from judging.models import Assignment, Round
from judging.ranking_page import Page
from judging.services import adoption, closing, judges, monitoring, opening, scoring
from tests.judging import build
from tests.registrations.staff import signed_in
from tracks.wording import instant


@pytest.fixture
def staff(review: Round) -> Client:
    """The organiser's browser."""
    return signed_in(build.organiser())


def published(review: Round) -> Round:
    """A round with three works and judges, its result public."""
    adoption.amend(review, {}, reason="沿用", by=build.organiser())
    build.signed(build.opened(review))
    closing.lock_round(review, by=build.organiser())
    closing.publish(review, by=build.organiser())
    return build.round_of(review.edition)


def cost(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# --- Coming in ----------------------------------------------------------------------------------------------


def test_from_the_link_to_the_first_work(review: Round) -> None:
    """Signed in by code, one page: the promise and a button; then the works are there."""
    work = build.candidates(review, 1)
    invitation = judges.invite(review, by=None, email="judge1@example.test")
    user = User.objects.create_user("专家", email="judge1@example.test")
    client, path = signed_in(user), reverse("judge_invitation", args=[token_of(invitation)])
    assert "评审保密与回避承诺" in client.get(path).content.decode()
    refused = client.post(path, {"consent_privacy": "on"})
    assert (refused.status_code, "请阅读并勾选《评审保密与回避承诺》" in refused.content.decode()) == (422, True)
    entered = client.post(path, {"consent_privacy": "on", "consent_confidentiality": "on"}, follow=True)
    assert entered.redirect_chain == [(reverse("judge"), 302)]
    seat = review.judges.get()
    assert seat.promise
    build.given(review, [seat], work)
    assert seat.assignments.get().code in client.get(reverse("judge")).content.decode()


def test_who_passes_works_does_not_judge_them(review: Round) -> None:
    invitation = judges.invite(review, by=None, email="x@example.test")
    path = reverse("judge_invitation", args=[token_of(invitation)])
    answer = signed_in(build.organiser()).post(path, {"consent_privacy": "on", "consent_confidentiality": "on"})
    assert (answer.status_code, review.judges.count()) == (410, 0)


def test_a_judges_page_names_nobody(review: Round, assignments: list[Assignment]) -> None:
    judge = assignments[0].judge
    page = signed_in(judge.user).get(reverse("judge")).content.decode()
    for candidate in review.candidates.select_related("entry"):
        assert candidate.title not in page
        assert candidate.entry.organisation not in page
        assert candidate.entry.number not in page


def test_a_judges_page_costs_the_same_for_one_and_three(review: Round) -> None:
    seat = build.judge(review)
    client, costs = signed_in(seat.user), []
    client.get(reverse("judge"))  # a process reads the edition once
    for count, first in ((1, 1), (2, 2)):
        build.given(review, [seat], build.candidates(review, count, first=first))
        costs.append(cost(client, reverse("judge")))
    assert costs[0] == costs[1] <= 10


def test_signing_asks_once_more(assignments: list[Assignment]) -> None:
    judge = assignments[0].judge
    for one in judge.assignments.select_related("judge__user"):
        build.score(one)
    client, path = signed_in(judge.user), reverse("judge_sign", args=[judge.pk])
    assert client.post(path).status_code == 422
    assert client.post(path, {"agree": "on"}).status_code == 302
    assert set(judge.round.sheets.values_list("state", flat=True)) == {"signed"}


# --- Results -------------------------------------------------------------------------------------------------


def test_nothing_shows_before_publication(review: Round, assignments: list[Assignment], client: Client) -> None:
    build.signed(assignments)
    closing.lock_round(review, by=build.organiser())
    for name in ("ranking", "ranking_bundle", "ranking_scores", "ranking_sheet"):
        assert client.get(reverse(name, args=[review.pk])).status_code == 404
    assert str(review) not in client.get(reverse("rankings")).content.decode()


def test_a_published_ranking_shows_its_maths(review: Round, client: Client) -> None:
    round_ = published(review)
    page = client.get(reverse("ranking", args=[round_.pk])).content.decode()
    snapshot = round_.snapshots.get()
    for told in ("校正分怎么算", "用手验算一件", "同分怎么定", snapshot.sha256[:8]):
        assert told in page
    for row in snapshot.rows.select_related("candidate"):
        assert row.candidate.title in page
    assert "评委001" not in page


def test_every_dot_lies_on_the_axis(review: Round) -> None:
    """Whole tens around the scores, 75 to 96: 70 to 100."""
    build.signed(build.opened(review, works=1, seats=2), [75, 96])
    snapshot = closing.lock_round(review, by=build.organiser())
    page = Page(review, snapshot)
    assert page.axis == (70, 100)
    assert [dot.at for dot in page.lines()[0].dots] == ["16.7%", "86.7%"]


def test_works_are_found_by_title_number_and_pinyin(review: Round, client: Client) -> None:
    path = reverse("ranking", args=[published(review).pk])
    for wanted in ("作品 1", "A-0001", "zuopin 1"):
        assert client.get(path, {"q": wanted}).content.decode().count('<td class="rk">') >= 1
    assert "没有找到" in client.get(path, {"q": "没有这件"}).content.decode()


def test_the_bundle_holds_what_the_page_shows(review: Round, client: Client) -> None:
    round_ = published(review)
    answer = client.get(reverse("ranking_bundle", args=[round_.pk]))
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    table = list(csv.reader(io.StringIO(bundle.read("ranking.csv").decode("utf-8-sig"))))
    rows = round_.snapshots.get().rows.select_related("candidate__round__category")
    assert [line[1] for line in table[1:]] == [row.candidate.label for row in rows]


def test_a_ranking_costs_the_same_for_one_and_three(review: Round, client: Client) -> None:
    adoption.amend(review, {}, reason="沿用", by=build.organiser())
    costs = []
    made = build.opened(review, works=1, seats=1)
    build.signed(made)
    closing.lock_round(review, by=build.organiser())
    closing.publish(review, by=build.organiser())
    costs.append(cost(client, reverse("ranking", args=[review.pk])))
    other = build.round_of(review.edition, category="B")
    adoption.amend(other, {}, reason="沿用", by=build.organiser())
    build.signed(build.opened(other, works=3, seats=3))
    closing.lock_round(other, by=build.organiser())
    closing.publish(other, by=build.organiser())
    costs.append(cost(client, reverse("ranking", args=[other.pk])))
    assert costs[0] == costs[1] <= 12


# --- The organiser ---------------------------------------------------------------------------------------------


def test_the_rounds_page_offers_the_next_step(review: Round, staff: Client) -> None:
    path = reverse("admin:judging_round_change", args=[review.pk])
    assert "列入参评作品" in staff.get(path).content.decode()
    build.opened(review)
    assert "封存评分" in staff.get(path).content.decode()


def test_a_judge_reads_when_scores_will_be_taken(review: Round, assignments: list[Assignment]) -> None:
    begins = clock.now() + timedelta(days=3)
    opening.set_window(review, opens_at=begins, closes_at=None, reason="改期", by=build.organiser())
    desk = signed_in(assignments[0].judge.user).get(reverse("judge")).content.decode()
    assert ("还没有开始" in desk, f"{instant(begins)}</b> 开始" in desk) == (True, True)


def test_the_monitor_names_the_late_and_the_wide(review: Round, assignments: list[Assignment], staff: Client) -> None:
    work = assignments[0].candidate
    for points, one in zip((60, 85), (a for a in assignments if a.candidate == work), strict=False):
        build.score(one, points)
    page = staff.get(reverse("admin:judging_round_monitor", args=[review.pk])).content.decode()
    assert (work.label in page, "极差 25.00" in page, "一键催评（3 位）" in page) == (True, True, True)


def test_a_wide_sheet_leads_to_being_sent_back(review: Round, assignments: list[Assignment], staff: Client) -> None:
    build.signed(assignments, [60, *[85] * 8])
    path = reverse("admin:judging_round_monitor", args=[review.pk])
    links = re.findall(r'href="(\.\./again/\d+/)"', staff.get(path).content.decode())
    assert (len(links), {staff.get(urljoin(path, link)).status_code for link in links}) == (3, {200})


@pytest.mark.parametrize(("page", "most"), [("round_monitor", 9), ("candidate_changelist", 7), ("judge_changelist", 7)])
def test_the_organiser_s_pages_cost_a_handful_of_queries(
    review: Round, assignments: list[Assignment], staff: Client, page: str, most: int
) -> None:
    """However many sheets, and rounds to choose from."""
    build.signed(assignments, [60, *[85] * 8])
    assert cost(staff, reverse(f"admin:judging_{page}", args=[review.pk] if page == "round_monitor" else [])) <= most


def test_a_judge_s_signed_sheets_are_found_by_the_judge_s_own_codes(
    review: Round, assignments: list[Assignment], staff: Client
) -> None:
    """Whatever the spread: who wants to correct a signed sheet tells the organiser the code on the screen."""
    build.signed(assignments)
    one = assignments[0]
    path = reverse("admin:judging_round_monitor", args=[review.pk])
    again = reverse("admin:judging_round_again", args=[review.pk, one.sheet.pk])
    page = staff.get(path, {"judge": one.judge_id}).content.decode()
    assert (one.code in page, again in page) == (True, True)
    assert again not in staff.get(path).content.decode()


def test_one_click_reminds_each_late_judge_once(review: Round, assignments: list[Assignment], staff: Client) -> None:
    path = reverse("admin:judging_round_urge", args=[review.pk])
    staff.post(path)
    assert review.judges.exclude(urged_at=None).count() == 3
    assert monitoring.urge(review.judges.all(), by=build.organiser()) == 0


def test_a_sheet_looked_at_again_keeps_its_old_value(review: Round, assignments: list[Assignment]) -> None:
    build.signed(assignments)
    one = assignments[0]
    look = monitoring.ask_again(one.sheet, reason="极差大", by=build.organiser())
    before = look.before
    build.score(one, 60)
    scoring.sign(one.judge, by=one.judge.user)
    look.refresh_from_db()
    history = one.sheet.pgh_event_model.objects.filter(pgh_obj_id=one.sheet.pk)
    assert (look.before, look.after, look.answered_at is not None) == (before, 60, True)
    assert before in set(history.values_list("total", flat=True))


def test_all_scores_are_exported_in_a_handful_of_queries(review: Round, staff: Client) -> None:
    build.signed(build.opened(review))
    path = reverse("admin:judging_round_scores", args=[review.pk])
    with CaptureQueriesContext(connection) as queries:
        rows = list(monitoring.score_rows(review))
    assert (len(rows), len(queries) <= 10) == (9, True)
    answer = staff.get(path, {"as": "csv"})
    assert len(answer.content.decode("utf-8-sig").strip().splitlines()) == 10
    assert staff.get(path, {"as": "xlsx"}).status_code == 200


def test_contacts_see_rounds_and_never_scores(review: Round, assignments: list[Assignment]) -> None:
    build.signed(assignments)
    contact = signed_in(build.contact(review.edition))
    assert contact.get(reverse("admin:judging_round_change", args=[review.pk])).status_code == 200
    for page in ("monitor", "scores", "plan", "lock"):
        assert contact.get(reverse(f"admin:judging_round_{page}", args=[review.pk])).status_code == 403
