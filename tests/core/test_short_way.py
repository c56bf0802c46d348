"""The short way past accounts and sessions: who goes it, and that every guard stands above the fork."""

from django.conf import settings
from django.test import Client, RequestFactory
from django.utils.crypto import salted_hmac

from core.marks import mark_of, still
from core.short_way import Fork, join

JSON = {"Accept": "application/json"}
GUARDS = [
    "django.middleware.security.SecurityMiddleware",
    "core.request_log.RequestLog",
    "core.csp.ContentPolicy",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def test_every_guard_stands_above_the_fork():
    fork = settings.MIDDLEWARE.index("core.short_way.Fork")
    assert set(GUARDS) <= set(settings.MIDDLEWARE[:fork])
    assert settings.MIDDLEWARE[-1] == "core.short_way.join"


def test_who_goes_which_way():
    join(lambda request: "short")  # type: ignore[arg-type, return-value]
    fork, make = Fork(lambda request: "long"), RequestFactory()  # type: ignore[arg-type, return-value]
    ballot = make.post("/vote/ABCD/", headers=JSON)
    assert (fork(ballot), ballot.user.is_authenticated) == ("short", False)
    others = [
        make.post("/vote/ABCD/"),
        make.get("/vote/ABCD/", headers=JSON),
        make.post("/vote/ABCD/code/", headers=JSON),
        make.post("/entries/1/vote/ABCD/", headers=JSON),
    ]
    assert {fork(one) for one in others} == {"long"}


def test_a_forged_ballot_and_an_unknown_hall_get_their_pages(db: None) -> None:
    forged = Client(enforce_csrf_checks=True).post("/vote/ZZZZ/", headers=JSON)
    unknown = Client().post("/vote/ZZZZ/", headers=JSON)
    assert (forged.status_code, unknown.status_code) == (403, 404)
    for answer in (forged, unknown):
        assert (answer["X-Frame-Options"], "Content-Security-Policy" in answer) == ("DENY", True)


def test_marks_are_those_of_salted_hmac():
    expected = salted_hmac("a.kind", "说的话", secret="secret", algorithm="sha256").hexdigest()
    assert mark_of("a.kind", "说的话", "secret") == expected
    assert still("a.kind", "说的话", mark_of("a.kind", "说的话"))
