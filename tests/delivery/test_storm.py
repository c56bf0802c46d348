"""Nothing is lost and nothing doubled, whatever breaks (R8, R9): real worker, beat, Postgres, Redis and SMTP."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from tests.contest import load_guangdong
from tests.core.account_helpers import PASSWORD
from tests.delivery.storm import Storm, storm
from tests.registrations import build


@pytest.fixture
def desk(own) -> build.Desk:
    """A unit at work, whose officer has a password, and the track's contact, who hears of what is submitted."""
    User.objects.create_user("经办人", email="officer@example.test", password=PASSWORD)
    edition = load_guangdong()
    build.contact(edition)
    return build.desk(edition)


def clerk_works(desk: build.Desk) -> None:
    """Sign in and submit a row, as if nothing had happened."""
    client, start = Client(), time.monotonic()
    row, page = desk.row(), reverse("recommendation", args=[desk.unit.pk])
    login = client.post(reverse("account_login"), {"login": desk.officer.email, "password": PASSWORD})
    answers = [login, client.get(page), client.post(page, {"do": "submit", "ready": row.pk})]
    row.refresh_from_db()
    assert ([answer.status_code for answer in answers], row.state) == ([302, 200, 302], "submitted")
    assert time.monotonic() - start < 60  # it did not wait for Redis; a starved machine is slow by itself


def blow(storm: Storm, desk: build.Desk, kills: int, redis_down: float) -> None:
    """Mails go out; the worker is killed many times; Redis goes twice and Postgres once, in the course of it."""
    share = storm.count // (kills + 3)

    def work() -> None:
        clerk_works(desk)
        storm.write(share)

    def die() -> None:
        storm.kill_worker(sending=False)
        storm.start_worker_in_vain()
        storm.write(share)

    for number in range(kills):
        storm.send(share)
        if number == kills // 3:
            storm.lose_redis(work, redis_down)
        if number == kills * 2 // 3:
            storm.restart_postgres()
        if number == kills // 2:
            storm.lose_redis(die)
        else:
            storm.kill_worker(sending=number % 2 == 0)
            storm.restart_worker()
    storm.write(storm.count)


@pytest.mark.soak
def test_nothing_is_lost_or_doubled_whatever_breaks(own, desk, soak, capsys):
    with storm(own, 5000 if soak else 160, patient=soak) as out:
        blow(out, desk, kills=50 if soak else 5, redis_down=600 if soak else 0)
        out.calm(1800 if soak else 120)
        if soak:
            with capsys.disabled():
                print(out.figures())
        assert out.account() == {"lost": [], "doubled": [], "unlisted": [], "broken": []}
        assert max(out.recoveries.values()) < 60


@pytest.mark.parametrize(("twin", "fault"), [("redis_is_the_record", "lost"), ("sent_then_written", "doubled")])
def test_without_its_guard_a_single_kill_does_harm(own, twin, fault):
    with storm(own, 30, twin=twin) as out:
        out.send(30)
        out.kill_worker(sending=True)
        out.restart_worker()
        out.calm(120)
        assert out.account()[fault]
