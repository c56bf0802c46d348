"""Who votes: a phone that answered with a code, or a single-use printed token. Neither is stored, only its hash."""

import secrets
from dataclasses import asdict, dataclass

from django.core import signing
from django.core.cache import cache

from core.accounts.contacts import mask_phone
from core.marks import mark_of, still
from core.notices.sms import send_sms
from core.problems import Problem, Refused

from ..ballot_keys import hashed, token_number
from ..live_state import Hall
from ..models import Ballot, Session

CODE_SECONDS = 600
TRIES = 5
HOLDS = 12 * 3600  # seconds that a verified voter stays so
_SALT = "judging.voter"
_KIND = "judging.ballot_code"
WRONG_CODE = Problem("code.wrong", "验证码不对。请核对最近一条短信里的 6 位数字", "number")
USED_UP = Problem("code.used_up", "验证码输错太多次，请重新获取", "number")
NO_SMS = Problem("sms.failed", "短信暂时发不出去，请稍后再试，或请工作人员帮忙", "phone")
WRONG_TOKEN = Problem("token.wrong", "投票码不对。请照纸条上的样子填，例如 0012-7K3MQ2XA", "token")


@dataclass(frozen=True)
class Voter:
    """Somebody who was verified for one session; carried in a signed cookie."""

    session: int
    code: str
    identity: str  # hash
    shown: str  # 138****2046
    device: str  # hash; "" without a cookie


def send_code(hall: Hall, phone: str) -> None:
    """Text six digits to a phone (E.164). Raises Refused when the SMS provider does not take it."""
    number = f"{secrets.randbelow(10**6):06}"
    slot = _slot(hall, phone)
    cache.set(slot, mark_of(_KIND, f"{slot}:{number}"), CODE_SECONDS)
    cache.delete_many([f"{slot}:{n}" for n in range(TRIES)])
    try:
        send_sms(phone, f"您的现场投票验证码是 {number}，10 分钟内有效。请勿告诉他人。")
    except Exception as error:
        raise Refused(NO_SMS) from error


def check_code(hall: Hall, phone: str, number: str, device: str) -> Voter:
    """The voter behind a phone, once the code is right; it is used up then. Raises Refused."""
    slot = _slot(hall, phone)
    expected = cache.get(slot)
    # Each try takes a place in the database, so that a hundred sent at once are still five tries.
    if expected is None or not any(cache.add(f"{slot}:{n}", True, CODE_SECONDS) for n in range(TRIES)):
        raise Refused(USED_UP)
    if not still(_KIND, f"{slot}:{number.strip()}", expected):
        raise Refused(WRONG_CODE)
    cache.delete(slot)
    return voter_of(hall, "phone", phone, mask_phone(phone), device)


def check_token(hall: Hall, typed: str, device: str) -> Voter:
    """The voter who holds a printed token. Raises Refused."""
    issued = Session.objects.values_list("tokens", flat=True).get(pk=hall.pk)
    number = token_number(hall.pk, hall.code, issued, typed)
    if number is None:
        raise Refused(WRONG_TOKEN)
    return voter_of(hall, "token", str(number), f"投票码 {number:04}", device)


def seal(voter: Voter) -> str:
    """For the cookie."""
    return signing.dumps(asdict(voter), salt=_SALT)


def unseal(cookie: str, code: str) -> Voter | None:
    """The voter of this session in a cookie; None when it is nobody's, forged, too old or another session's."""
    try:
        voter = Voter(**signing.loads(cookie, salt=_SALT, max_age=HOLDS))
    except (signing.BadSignature, TypeError):
        return None
    return voter if voter.code == code else None


def ballots_of(voter: Voter) -> list[Ballot]:
    """What they have cast in this session, oldest first."""
    return list(Ballot.objects.filter(session_id=voter.session, identity=voter.identity).order_by("pk"))


def voter_of(hall: Hall, kind: str, said: str, shown: str, device: str) -> Voter:
    """Somebody who was verified. kind: phone, token, wechat; said: what they are known by, kept as a hash alone."""
    mark = hashed(hall.pk, hall.code, "device", device) if device else ""
    return Voter(hall.pk, hall.code, hashed(hall.pk, hall.code, kind, said), shown, mark)


def _slot(hall: Hall, phone: str) -> str:
    return f"ballot:{hashed(hall.pk, hall.code, 'code', phone)}"
