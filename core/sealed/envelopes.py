"""One sealed text: AES-256-GCM under a named key, bound to the place where it is kept; and blind indexes.

    s1:<key id>:<Base64 of nonce (12 bytes), ciphertext, tag (16)>

The version, the key id, table, column and row are authenticated with it: moved or altered, it does not open.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from .keys import keyring

VERSION = "s1"
PATTERN = rf"^(|{VERSION}:[a-z0-9]+:[A-Za-z0-9+/]+=*)$"  # what a sealed column may hold; understood by PostgreSQL too
INDEX_PATTERN = r"^(|[0-9a-f]{64})$"
NONCE_BYTES = 12


class SealError(Exception):
    """A text cannot be sealed or opened; says where and which key, never the text."""


@dataclass(frozen=True)
class Place:
    """Where a sealed text is kept; it opens nowhere else."""

    table: str
    column: str
    row: str  # the primary key

    def __str__(self) -> str:
        return f"{self.table}.{self.column}（行 {self.row}）"


@dataclass(frozen=True, repr=False)
class Envelope:
    """A sealed text as the database keeps it; empty for the empty text. Shows nothing of itself."""

    text: str

    def __repr__(self) -> str:
        return "<sealed>"

    @property
    def key(self) -> str:
        """The id of the key that sealed it; "" for the empty text, or for what is no envelope."""
        return self.text.split(":")[1] if self.text and re.fullmatch(PATTERN, self.text) else ""


def seal(text: str, place: Place) -> Envelope:
    """Seal a text with the current key; the empty text stays empty, so that it can be looked for."""
    if not text:
        return Envelope("")
    keys = keyring()
    nonce = os.urandom(NONCE_BYTES)
    box = nonce + keys.ciphers[keys.current].encrypt(nonce, text.encode(), _bound(keys.current, place))
    return Envelope(f"{VERSION}:{keys.current}:{base64.b64encode(box).decode()}")


def opened(envelope: Envelope, place: Place) -> str:
    """The text. Raises SealError when the key is missing, or the envelope was altered or belongs elsewhere."""
    if not envelope.text:
        return ""
    name = envelope.key
    if not name:
        raise SealError(f"{place}的内容没有密封，或格式不对")
    cipher = keyring().ciphers.get(name)
    if cipher is None:
        raise SealError(f"{place}由密钥 {name} 密封，DATA_KEYS 里没有它")
    try:
        box = base64.b64decode(envelope.text.rpartition(":")[2])
        return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _bound(name, place)).decode()
    except (InvalidTag, ValueError):
        raise SealError(f"{place}打不开：内容被改动过，不属于这一行这一列，或密钥 {name} 不是原来的那个") from None


def blind_index(value: str, purpose: str) -> str:
    """What an equal value can be found by without being read: HMAC-SHA256 in hex, "" for the empty text.

    value: already normalised (phones: E.164). purpose: part of the MAC, so that indexes of two purposes cannot be
    compared with each other.
    """
    if not value:
        return ""
    return hmac.digest(keyring().index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hex()


def _bound(name: str, place: Place) -> bytes:
    return json.dumps([VERSION, name, place.table, place.column, place.row]).encode()
