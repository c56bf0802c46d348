"""What a ballot keeps in place of a phone, a token, a browser and an address: keyed hashes, one key a session.

When the session's key is deleted (retention `ballot_identity`), none of them leads to anybody any more.
"""

import hmac
from functools import lru_cache

from .models import BallotKey

TOKEN_MARK = 8  # characters of a printed token after its number


@lru_cache(maxsize=64)
def key_of(session: int, code: str) -> bytes:
    """The session's secret. code: its join code, so that no other session's key is mistaken for it.

    Raises BallotKey.DoesNotExist when it was deleted.
    """
    return bytes.fromhex(BallotKey.objects.get(session_id=session, session__code=code).key)


def hashed(session: int, code: str, kind: str, said: str) -> str:
    """64 hex digits. kind: phone, token, wechat; device, place."""
    return hmac.digest(key_of(session, code), f"{kind}:{said}".encode(), "sha256").hex()


def token_of(session: int, code: str, number: int) -> str:
    """The printed token with this serial number: `0012-7K3MQ2XA`; cannot be guessed without the session's key."""
    digest = int(hashed(session, code, "mark", str(number)), 16)
    mark = ""
    for _ in range(TOKEN_MARK):
        digest, rest = divmod(digest, len(ALPHABET))
        mark += ALPHABET[rest]
    return f"{number:04}-{mark}"


ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def token_number(session: int, code: str, issued: int, typed: str) -> int | None:
    """The serial number of a token as somebody typed it; None for a wrong one, or one that was never printed."""
    number, _, _ = (typed := "".join(typed.split()).upper()).partition("-")
    if not (number.isascii() and number.isdecimal()) or not 1 <= int(number[:9]) <= issued:
        return None
    right = token_of(session, code, int(number[:9]))
    return int(number[:9]) if hmac.compare_digest(right.encode(), typed.encode()) else None
