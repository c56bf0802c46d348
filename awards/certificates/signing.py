"""Ed25519 over a claim (number, name, award, date): whoever has the public key verifies without the site."""

import base64
import binascii
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.problems import Problem, Refused

from ..rules.certificates import Claim, message_of, payload_of, read_payload

# The signature is good for nothing else that the same key might ever sign.
DOMAIN = b"aisc-certificate-v1\n"
KEY = 32  # bytes of either key


def new_key() -> str:
    """A private key, 32 random bytes in base64, as the environment holds it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def check_key(text: str) -> bool:
    """Whether it is 32 bytes in base64: may be either key, and any 32 bytes are a private one."""
    try:
        return len(_raw(text)) == KEY
    except ValueError:
        return False


def public_of(private: str) -> str:
    """The public key of a private one, in base64: may be printed anywhere."""
    return base64.b64encode(_private(private).public_key().public_bytes_raw()).decode()


def sign(claim: Claim, private: str) -> bytes:
    """64 bytes. Raises ValueError for a key that is none."""
    return _private(private).sign(DOMAIN + message_of(claim))


def signed_payload(claim: Claim, private: str) -> str:
    """What the QR's link ends in."""
    return payload_of(claim, sign(claim, private))


def verified(text: str, publics: Iterable[str]) -> Claim:
    """The claim of a payload or link that one of these keys signed: the present one first, then the older ones.

    Raises Refused: `certificate.payload` for what is no payload, `certificate.forged` for one that no key signed.
    """
    claim, signature = read_payload(text)
    if not any(_signed(claim, signature, public) for public in publics):
        said = "签名不对：内容被改动过，或者不是大赛组委会签发的。请以组委会公布的获奖名单为准"
        raise Refused(Problem("certificate.forged", said))
    return claim


def _signed(claim: Claim, signature: bytes, public: str) -> bool:
    key = Ed25519PublicKey.from_public_bytes(_raw(public))
    try:
        key.verify(signature, DOMAIN + message_of(claim))
    except InvalidSignature:
        return False
    return True


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_raw(text))


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError("a certificate key is 32 bytes in base64") from wrong
    if len(raw) != KEY:
        raise ValueError("a certificate key is 32 bytes in base64")
    return raw
