"""The public's vote: who may, once, only while it is open; what nobody sees before the end."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core import clock
from core.caching import NEVER
from core.database import violated
from core.notices import sms
from core.problems import Refused
from judging import live_state
from judging.ballot_keys import hashed, token_of
from judging.guards import BALLOTS_OPEN
from judging.models import Ballot, BallotKey, Session
from judging.services import balloting, live, setting_aside, tokens, voters
from judging.services.facts import count_of
from tests.judging import build, live_build
from tests.registrations import staff
from tracks.models import Edition

SENT: list[tuple[str, str]] = []


class Phone(sms.ConsoleBackend):
    """Keeps what it is to send."""

    def send(self, phone: str, text: str) -> None:
        SENT.append((phone, text))


@pytest.fixture
def session(edition: Edition, settings: LazySettings) -> Session:
    settings.SMS_BACKEND = "tests.judging.test_voting.Phone"
    SENT.clear()
    return live_build.session(edition)


def codes(refused: "pytest.ExceptionInfo[Refused]") -> list[str]:
    return refused.value.codes


def vote(client: Client, code: str, **data: object) -> HttpResponse:
    return client.post(reverse("vote", args=[code]), data, headers={"Accept": "application/json"})


def verified(session: Session, phone: str = "13800138000", address: str = "203.0.113.9") -> Client:
    """A browser that answered with the code that its phone got."""
    client = Client(REMOTE_ADDR=address)
    client.get(reverse("vote", args=[session.code]))
    client.post(reverse("vote_code", args=[session.code]), {"phone": phone})
    number = re.findall(r"\d{6}", SENT[-1][1])[0]
    answer = client.post(reverse("vote_verify", args=[session.code]), {"phone": phone, "number": number})
    assert answer.status_code == 302, answer.content.decode()
    return client


# --- The ballot itself ------------------------------------------------------------------------------------


def test_one_ballot_an_identity_and_team(session: Session) -> None:
    hall = live_build.voting(session)
    voter = live_build.voter(hall)
    balloting.cast(hall, voter, [hall.current.pk], "203.0.113.9")
    with pytest.raises(Refused) as refused:
        balloting.cast(hall, voter, [hall.current.pk], "203.0.113.9")
    assert (codes(refused), session.ballots.count()) == (["ballot.twice"], 1)


def test_a_ballot_costs_one_query(session: Session, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    hall = live_build.voting(session)
    first, second = live_build.voter(hall, 1), live_build.voter(hall, 2)
    balloting.cast(hall, first, [hall.current.pk], "203.0.113.9")
    with django_assert_num_queries(3):  # the savepoint around it is the test's
        balloting.cast(hall, second, [hall.current.pk], "203.0.113.9")


def test_a_late_tap_counts_for_no_other_team(session: Session) -> None:
    before = live_build.voting(session, 1)
    live_build.voting(session, 2)
    with pytest.raises(Refused) as refused:
        balloting.cast(before, live_build.voter(before), [before.current.pk], "")
    assert codes(refused) == ["ballot.closed"]


def test_a_ballot_by_script_asks_neither_account_nor_session_nor_count(  # type: ignore[no-untyped-def]
    session: Session, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    client, hall = verified(session), live_build.voting(session)
    client.force_login(build.organiser())
    balloting.cast(hall, live_build.voter(hall, 7), [hall.current.pk], "")  # the statement is planned
    vote(client, session.code, team=0)  # the hall is in memory
    monkeypatch.setattr(live_state, "FRESH", 3600.0)  # and stays there
    with django_assert_num_queries(3):  # the savepoint around it is the test's
        answer = vote(client, session.code, team=hall.current.pk)
    assert (answer.status_code, answer["Cache-Control"], "Expires" in answer) == (200, NEVER, False)


def test_no_session_no_ballot(session: Session) -> None:
    """The guard refuses by itself what only a foreign key would."""
    values = {"identity": "x" * 64, "choices": [1], "cast_at": clock.now()}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Ballot.objects.create(session_id=session.pk + 1, **values)
    assert violated(refused.value) == BALLOTS_OPEN


def test_the_window_ends_by_contest_time(session: Session) -> None:
    hall = live_build.voting(session)
    clock.set_now(hall.ends - timedelta(seconds=1))
    balloting.cast(hall, live_build.voter(hall, 1), [hall.current.pk], "")
    clock.set_now(hall.ends)
    with pytest.raises(Refused) as refused:
        balloting.cast(hall, live_build.voter(hall, 2), [hall.current.pk], "")
    assert (codes(refused), live_build.hall(session).voting) == (["ballot.closed"], False)


@pytest.mark.parametrize(
    ("picks", "found"), [([0], "ballot.too_few"), ([0, 1, 2, 3], "ballot.too_many"), ([0, 0], "ballot.twice")]
)
def test_a_ballot_for_all_at_the_end(edition: Edition, picks: list[int], found: str) -> None:
    session = live_build.session(edition, 4, window="end", choices_min=2, choices_max=3)
    hall = live_build.voting(session)
    with pytest.raises(Refused) as refused:
        balloting.cast(hall, live_build.voter(hall), [hall.order[n].pk for n in picks], "")
    assert codes(refused) == [found]
    balloting.cast(hall, live_build.voter(hall), [hall.order[n].pk for n in (0, 2)], "")
    with pytest.raises(Refused) as refused:
        balloting.cast(hall, live_build.voter(hall), [hall.order[n].pk for n in (1, 3)], "")
    assert (codes(refused), session.ballots.count()) == (["ballot.twice"], 1)


# --- Who one is ---------------------------------------------------------------------------------------------


def test_the_whole_way_of_a_voter(session: Session) -> None:
    client = verified(session)
    hall = live_build.voting(session)
    page = client.get(reverse("vote", args=[session.code]))
    assert "138****8000 已验证" in page.content.decode()
    assert "投一票" in page.content.decode()
    answer = vote(client, session.code, team=hall.current.pk)
    assert re.fullmatch(r"([0-9a-f]{4}-){2}[0-9a-f]{4}", json.loads(answer.content)["receipt"])
    again = vote(client, session.code, team=hall.current.pk)
    assert (again.status_code, json.loads(again.content)["codes"]) == (409, ["ballot.twice"])
    assert "已投出" in client.get(reverse("vote", args=[session.code])).content.decode()


def test_a_plain_form_is_answered_by_a_page(session: Session) -> None:
    client, hall = verified(session), live_build.voting(session)
    assert client.post(reverse("vote", args=[session.code]), {"team": hall.current.pk}).status_code == 302
    refused = client.post(reverse("vote", args=[session.code]), {"team": hall.current.pk})
    assert refused.status_code == 422
    assert "已经投" in refused.content.decode()


def test_another_browser_is_the_same_voter(session: Session) -> None:
    first = verified(session)
    hall = live_build.voting(session)
    vote(first, session.code, team=hall.current.pk)
    clock_passes()
    second = verified(session)
    assert json.loads(vote(second, session.code, team=hall.current.pk).content)["codes"] == ["ballot.twice"]


def clock_passes() -> None:
    """The limit of one message a minute is over."""
    cache.clear()


def test_300_voters_behind_one_address(session: Session) -> None:
    """A hotel's network: nobody is blocked for it."""
    clients = [verified(session, f"13800138{number:03}") for number in range(300)]
    hall = live_build.voting(session)
    answers = [vote(client, session.code, team=hall.current.pk).status_code for client in clients]
    assert (answers, session.ballots.count()) == ([200] * 300, 300)


def test_nobody_votes_unverified_or_with_anothers_cookie(session: Session, edition: Edition) -> None:
    hall = live_build.voting(session)
    assert json.loads(vote(Client(), session.code, team=hall.current.pk).content)["codes"] == ["voter.unknown"]
    thief = Client()
    thief.cookies[f"voter-{session.code}"] = voters.seal(live_build.voter(hall)).replace("a", "b")
    assert json.loads(vote(thief, session.code, team=hall.current.pk).content)["codes"] == ["voter.unknown"]


def test_a_code_is_good_for_five_tries_and_once(session: Session) -> None:
    hall = live_build.hall(session)
    voters.send_code(hall, "+8613800138000")
    number = re.findall(r"\d{6}", SENT[-1][1])[0]
    wrong = f"{(int(number) + 1) % 10**6:06}"
    for _ in range(5):
        with pytest.raises(Refused):
            voters.check_code(hall, "+8613800138000", wrong, "")
    with pytest.raises(Refused) as refused:
        voters.check_code(hall, "+8613800138000", number, "")
    assert codes(refused) == ["code.used_up"]


def test_codes_are_limited_by_phone(session: Session) -> None:
    client = Client()
    path = reverse("vote_code", args=[session.code])
    assert client.post(path, {"phone": "13800138000"}).status_code == 200
    assert client.post(path, {"phone": "138 0013 8000"}).status_code == 422
    assert len(SENT) == 1


def test_a_script_is_slowed_down(session: Session) -> None:
    client, hall = verified(session), live_build.voting(session)
    answers = [json.loads(vote(client, session.code, team=hall.current.pk).content) for _ in range(25)]
    assert (answers[-1]["codes"], session.ballots.count()) == (["ballot.too_often"], 1)


def test_no_phone_is_kept(session: Session) -> None:
    client, hall = verified(session), live_build.voting(session)
    vote(client, session.code, team=hall.current.pk)
    ballot = Ballot.objects.get()
    assert ballot.identity == hashed(session.pk, session.code, "phone", "+8613800138000")
    assert not re.search(r"\+86|138001", str(Ballot.objects.values().get(pk=ballot.pk)))
    BallotKey.objects.filter(session=session).delete()  # retention
    assert count_of(session).ballots == 1


def test_a_printed_token_is_good_once(edition: Edition) -> None:
    session = live_build.session(edition, identity="token")
    tokens.issue(session, 2, by=build.organiser())
    hall, client = live_build.voting(session), Client()
    token = token_of(session.pk, session.code, 2)
    client.get(reverse("vote", args=[session.code]))
    path = reverse("vote_verify", args=[session.code])
    assert client.post(path, {"token": token[:-1] + ("2" if token[-1] != "2" else "3")}).status_code == 422
    assert client.post(path, {"token": token_of(session.pk, session.code, 3)}).status_code == 422  # not printed
    assert client.post(path, {"token": f" {token.lower()} "}).status_code == 302
    assert vote(client, session.code, team=hall.current.pk).status_code == 200
    other = Client()
    other.post(path, {"token": token})
    assert vote(other, session.code, team=hall.current.pk).status_code == 409


# --- What is shown -------------------------------------------------------------------------------------------


def test_no_page_tells_how_votes_stand_before_the_end(session: Session) -> None:
    """A team gets 1,234 votes; before closing neither that number nor the sum of both, whose growth would tell,
    is on any page of anybody."""
    hall = live_build.voting(session, 1)
    cast_many(hall, 1234)
    live_build.voting(session, 2)
    cast_many(live_build.hall(session), 4321, first=5000)
    boss = staff.signed_in(build.organiser())
    pages = {
        name: client.get(reverse(name, args=[session.code])).content.decode()
        for client in (verified(session), boss, Client())
        for name in ("vote", "stage", "live_order", "live_state")
    }
    pages |= {
        name: boss.get(reverse(name, args=[session.code])).content.decode() for name in ("live_run", "live_ballots")
    }
    assert [name for name, text in pages.items() if re.search(r"(?<!\d)(1,?234|4,?321|5,?555)(?!\d)", text)] == []
    assert boss.get(reverse("live_evidence", args=[session.code])).status_code == 404


def test_how_many_ballots_there_are_is_told_where_it_tells_nothing_else(edition: Edition) -> None:
    session = live_build.session(edition, window="end", choices_max=2)
    hall = live_build.voting(session)
    for number in range(3):
        balloting.cast(hall, live_build.voter(hall, number), [hall.order[0].pk], "203.0.113.9")
    page = Client().get(reverse("stage", args=[session.code])).content.decode()
    assert "已收到 <span data-ballots>3</span> 票" in page


def cast_many(hall: "live_build.Hall", count: int, first: int = 0) -> None:
    Ballot.objects.bulk_create(
        Ballot(
            session_id=hall.pk, turn_id=hall.current.pk, identity=f"{first + n:064}", choices=[hall.current.pk],
            cast_at=hall.now,
        )
        for n in range(count)
    )  # fmt: skip


def test_screens_poll_cheaply(session: Session) -> None:
    path = reverse("live_state", args=[session.code])
    first = Client().get(path)
    again = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first["Cache-Control"] == "public, max-age=1"
    live.go(session, "pitch", session.turns.get(position=1), by=build.organiser())
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_polling_asks_at_most_one_query(session: Session, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    client, path = Client(), reverse("live_state", args=[session.code])
    live_build.hall(session)
    with django_assert_max_num_queries(1):
        client.get(path)
        client.get(path)


@pytest.mark.parametrize("name", ["vote", "stage", "live_order", "live_state"])
def test_a_code_that_nobody_has(db: None, name: str) -> None:
    assert Client().get(reverse(name, args=["ZZZZ"])).status_code == 404


def test_the_code_leads_to_the_hall(session: Session) -> None:
    answer = Client().post(reverse("vote_enter"), {"code": session.code.lower()})
    assert (answer.status_code, answer["Location"]) == (302, reverse("vote", args=[session.code]))
    assert Client().post(reverse("vote_enter"), {"code": "0000"}).status_code == 422


# --- Set aside ------------------------------------------------------------------------------------------------


def test_one_browser_with_many_phones_is_shown_set_aside_and_taken_back(session: Session) -> None:
    hall, me = live_build.voting(session), build.organiser()
    for number in range(3):
        voter = live_build.voter(hall, number)
        balloting.cast(hall, voters.Voter(**{**vars(voter), "device": "d" * 64}), [hall.current.pk], "203.0.113.9")
    balloting.cast(hall, live_build.voter(hall, 9), [hall.current.pk], "203.0.113.9")
    (group,) = setting_aside.suspicious(session)
    assert (group.code, len(group.ballots)) == ("device", 3)
    with pytest.raises(Refused) as refused:
        setting_aside.quarantine(session, group.ballots, reason=" ", by=me)
    assert codes(refused) == ["reason.missing"]
    assert setting_aside.quarantine(session, group.ballots, reason="同一设备", by=me) == 3
    count = count_of(session)
    assert (count.ballots, count.quarantined, live_build.hall(session).aside) == (1, 3, 3)
    setting_aside.release(session, group.ballots[:1], reason="核实是三人共用", by=me)
    assert (count_of(session).ballots, live_build.hall(session).aside) == (2, 2)


def test_the_ballots_desk_and_its_evidence(session: Session) -> None:
    hall, boss = live_build.voting(session), staff.signed_in(build.organiser())
    for number in range(3):
        balloting.cast(
            hall, voters.Voter(**{**vars(live_build.voter(hall, number)), "device": ""}), [hall.current.pk], ""
        )
    path = reverse("live_ballots", args=[session.code])
    assert "没有设备标识" in boss.get(path).content.decode()
    assert boss.post(path, {"do": "quarantine", "ballots": "no_device"}).status_code == 422
    assert boss.post(path, {"do": "quarantine", "ballots": "no_device", "reason": "脚本"}).status_code == 302
    live.end(session, by=build.organiser())
    book = boss.get(reverse("live_evidence", args=[session.code]))
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    order = Client().get(reverse("live_order", args=[session.code])).content.decode()
    assert re.search(r"隔离 <b class=\"num\">3</b> 张", order)


def test_ballots_set_aside_are_named_by_the_reason_when_taken_back(session: Session) -> None:
    hall, boss = live_build.voting(session), staff.signed_in(build.organiser())
    for number in range(3):
        voter = voters.Voter(**{**vars(live_build.voter(hall, number)), "device": ""})
        balloting.cast(hall, voter, [hall.current.pk], "")
    path = reverse("live_ballots", args=[session.code])
    boss.post(path, {"do": "quarantine", "ballots": "no_device", "reason": "脚本"})
    assert boss.post(path, {"do": "release", "ballots": "脚本", "reason": "误判"}).status_code == 302
    assert count_of(session).ballots == 3


def test_asking_again_too_soon_still_asks_for_the_digits(session: Session) -> None:
    """Whoever taps “重发” within the minute keeps the page where the digits that did arrive are typed."""
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.get(reverse("vote", args=[session.code]))
    client.post(reverse("vote_code", args=[session.code]), {"phone": "13800138000"})
    again = client.post(reverse("vote_code", args=[session.code]), {"phone": "13800138000"})
    assert (again.status_code, len(SENT)) == (422, 1)
    assert "刚发过一条" in again.content.decode()
    assert 'name="number"' in again.content.decode()
