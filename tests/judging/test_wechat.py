"""Voting by WeChat, against a WeChat of our own on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.problems import Refused
from judging.models import Ballot, Session
from tests.judging import build, live_build
from tracks.models import Edition


class WeChat(ThreadingHTTPServer):
    """Names an openid for a code, once each; whoever asks with another secret is refused, as by the real one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.people: dict[str, str] = {}  # code → openid
        self.broken = False


class Answer(BaseHTTPRequestHandler):
    """`sns/oauth2/access_token`; errors come with status 200, as WeChat's do."""

    server: WeChat

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        right = (asked.get("appid"), asked.get("secret"), asked.get("grant_type")) == (
            "wx0123456789abcdef", "hush", "authorization_code",
        )  # fmt: skip
        openid = self.server.people.pop(asked.get("code", ""), None) if right else None
        said = {"openid": openid, "access_token": "t", "expires_in": 7200} if openid else {"errcode": 40029}
        body = b"<html>" if self.server.broken else json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def wechat(settings: LazySettings) -> Iterator[WeChat]:
    """Configured, and answering."""
    with WeChat() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET = "wx0123456789abcdef", "hush"
        settings.WECHAT_TOKEN_URL = f"http://127.0.0.1:{server.server_port}/sns/oauth2/access_token"
        yield server
        server.shutdown()


@pytest.fixture
def session(edition: Edition, wechat: WeChat) -> Session:
    return live_build.session(edition, identity="wechat")


def leave(client: Client, session: Session) -> dict[str, str]:
    """To WeChat: what it is asked."""
    answer = client.get(reverse("vote_wechat", args=[session.code]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef&"
    )
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def back(client: Client, session: Session, code: str, state: str) -> HttpResponse:
    return client.get(reverse("vote_wechat_back", args=[session.code]), {"code": code, "state": state})


def verified(session: Session, wechat: WeChat, openid: str) -> Client:
    client = Client()
    asked = leave(client, session)
    wechat.people["code-1"] = openid
    assert back(client, session, "code-1", asked["state"]).status_code == 302
    return client


def vote(client: Client, session: Session, turn: int) -> int:
    path = reverse("vote", args=[session.code])
    return client.post(path, {"team": turn}, headers={"Accept": "application/json"}).status_code


def test_one_ballot_an_openid(session: Session, wechat: WeChat) -> None:
    """The same person from two browsers is one voter; another is another. The openid itself is nowhere."""
    hall = live_build.voting(session)
    assert "用微信验证" in Client().get(reverse("vote", args=[session.code])).content.decode()
    asked = leave(Client(), session)
    assert (asked["scope"], asked["redirect_uri"].endswith(f"/vote/{session.code}/wechat/back/")) == (
        "snsapi_base",
        True,
    )
    told = [vote(verified(session, wechat, who), session, hall.current.pk) for who in ("o-one", "o-one", "o-two")]
    assert told == [200, 409, 200]
    assert not any("o-one" in str(row) for row in Ballot.objects.values_list())


@pytest.mark.parametrize("wrong", ["another browser", "another hall's", "forged", "a used code", "no code", "nonsense"])
def test_a_way_back_that_nobody_went(session: Session, wechat: WeChat, wrong: str) -> None:
    client, other = Client(), Client()
    state, code = leave(client, session)["state"], "code-2"
    wechat.people[code] = "o-one"
    match wrong:
        case "another browser":
            client = other
        case "another hall's":
            other_round = build.round_of(session.round.edition, "final", "B")
            build.candidates(other_round, 1)
            state = leave(other, live_build.opened(other_round, identity="wechat"))["state"]
        case "forged":
            state = state[:-2] + "xx"
        case "a used code":
            wechat.people.clear()
        case "no code":
            code = ""
        case "nonsense":
            wechat.broken = True
    answer = back(client, session, code, state)
    assert (answer.status_code, f"voter-{session.code}" in client.cookies) == (422, False)


def test_it_is_offered_only_where_it_is_configured(edition: Edition) -> None:
    with pytest.raises(Refused) as refused:
        live_build.session(edition, identity="wechat")
    assert refused.value.codes == ["identity.wechat"]


def test_a_hall_that_votes_by_phone_sends_nobody_to_wechat(edition: Edition, wechat: WeChat) -> None:
    session = live_build.session(edition)
    assert Client().get(reverse("vote_wechat", args=[session.code])).status_code == 422
    assert back(Client(), session, "code-1", "x").status_code == 422


def test_no_other_proof_is_taken(session: Session) -> None:
    sent = {"phone": "13800138000", "number": "123456"}
    assert Client().post(reverse("vote_verify", args=[session.code]), sent).status_code == 422
    assert Client().post(reverse("vote_code", args=[session.code]), sent).status_code == 422
