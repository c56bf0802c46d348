"""Voters by WeChat (公众号网页授权, scope snsapi_base): the browser is sent to WeChat and comes back with a code, for
which WeChat names an openid. Offered only where app id and secret are configured; the openid is kept as a hash alone.

Not allauth's provider: that makes accounts, and whoever votes has none.
"""

import json
import logging
import secrets
import urllib.parse
import urllib.request

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

from core.links import link_to
from core.problems import Problem, Refused

from ..live_state import Hall
from .voters import Voter, voter_of

log = logging.getLogger(__name__)

PATIENCE = 5  # seconds for WeChat's answer
WAY_SECONDS = 600  # from leaving for WeChat to coming back
_SALT = "judging.wechat"
OFF = Problem("wechat.off", "没有开通微信验证，请找工作人员")
BACK = Problem("wechat.back", "微信验证没有完成，请再点一次“用微信验证”")
AWAY = Problem("wechat.away", "微信暂时没有应答，请过一会儿再试，或请工作人员帮忙")


def configured() -> bool:
    """Whether WeChat can say who somebody is."""
    return bool(settings.WECHAT_APP_ID and settings.WECHAT_APP_SECRET)


def way_out(hall: Hall) -> tuple[str, str]:
    """(where to send the browser, a nonce for its cookie). Raises Refused for a hall that does not vote by WeChat."""
    if hall.identity != "wechat" or not configured():
        raise Refused(OFF)
    nonce = secrets.token_urlsafe(16)
    asked = {
        "appid": settings.WECHAT_APP_ID,
        "redirect_uri": link_to("vote_wechat_back", hall.code),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": signing.dumps([hall.code, nonce], salt=_SALT),
    }
    return f"{settings.WECHAT_AUTHORIZE_URL}?{urllib.parse.urlencode(asked)}#wechat_redirect", nonce


def come_back(hall: Hall, code: str, state: str, nonce: str, device: str) -> Voter:
    """The voter whom WeChat names for a code. nonce: of the cookie. Raises Refused."""
    if hall.identity != "wechat" or not configured():
        raise Refused(OFF)
    try:
        where, sent = signing.loads(state, salt=_SALT, max_age=WAY_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused(BACK) from None
    # The nonce ties the way back to the browser that left: nobody can be made to vote as somebody else.
    if where != hall.code or not nonce or not constant_time_compare(sent, nonce) or not code:
        raise Refused(BACK)
    return voter_of(hall, "wechat", _openid(code), "微信用户", device)


def _openid(code: str) -> str:
    """Whom a code stands for; each code is good once. Raises Refused."""
    asked = {
        "appid": settings.WECHAT_APP_ID,
        "secret": settings.WECHAT_APP_SECRET,
        "code": code,
        "grant_type": "authorization_code",
    }
    try:
        with urllib.request.urlopen(  # noqa: S310 - the address is the operator's
            f"{settings.WECHAT_TOKEN_URL}?{urllib.parse.urlencode(asked)}", timeout=PATIENCE
        ) as answer:
            said = json.loads(answer.read(10_000))
    except (OSError, ValueError) as error:
        log.warning("wechat does not answer: %s", type(error).__name__)  # the address holds the secret
        raise Refused(AWAY) from None
    openid = said.get("openid") if isinstance(said, dict) else None
    if not isinstance(openid, str) or not openid:
        log.warning("wechat gave no openid: errcode %s", said.get("errcode") if isinstance(said, dict) else "?")
        raise Refused(BACK)
    return openid
