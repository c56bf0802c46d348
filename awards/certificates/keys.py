"""The keys that certificates are signed and verified with, from the environment.

CERTIFICATE_KEY is `id:private`: it signs. CERTIFICATE_OLD_KEYS is `id:public,id:public`: former keys, of which nothing
but the public half is left; what they signed stays valid for as long as they are listed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from ..rules.certificates import Claim, payload_of
from .signing import check_key, public_of, sign, verified

_ID = re.compile(r"[a-z0-9]{1,16}")


@dataclass(frozen=True)
class Keys:
    """The one that signs, and every public key by its id, the present one first."""

    id: str
    private: str
    publics: dict[str, str]

    def signed(self, claim: Claim) -> bytes:
        """64 bytes by the present key; keep `id` beside them."""
        return sign(claim, self.private)

    def payload(self, claim: Claim) -> str:
        """What the QR's link ends in."""
        return payload_of(claim, self.signed(claim))

    def verified(self, text: str) -> Claim:
        """The claim of a payload that one of the keys signed. Raises Refused; asks no database."""
        return verified(text, self.publics.values())


def keys() -> Keys:
    """The keys of the settings. Raises ImproperlyConfigured, with every fault found."""
    return _keys(settings.CERTIFICATE_KEY, settings.CERTIFICATE_OLD_KEYS)


def check_keys(**_: Any) -> list[CheckMessage]:
    """Every key has an id of its own and 32 bytes; runs with every command, `check --deploy` included."""
    _, faults = _read(settings.CERTIFICATE_KEY, settings.CERTIFICATE_OLD_KEYS)
    return [Error(fault, id="certificates.E001") for fault in faults]


@lru_cache(maxsize=8)
def _keys(present: str, former: str) -> Keys:
    found, faults = _read(present, former)
    if faults:
        raise ImproperlyConfigured("；".join(faults))
    (name, private), *old = found.items()
    return Keys(name, private, {name: public_of(private), **dict(old)})


def _read(present: str, former: str) -> tuple[dict[str, str], list[str]]:
    """Keys by id, the private one first, and what is wrong with them; keys are named, never shown."""
    found: dict[str, str] = {}
    faults = []
    entries = [
        ("CERTIFICATE_KEY", present),
        *(("CERTIFICATE_OLD_KEYS", one) for one in former.split(",") if one.strip()),
    ]
    for variable, entry in entries:
        name, colon, key = entry.strip().partition(":")
        if not colon or not _ID.fullmatch(name):
            faults.append(f"{variable} 应写成“名称:密钥”，名称用 1–16 个小写字母或数字")
            continue
        if name in found:
            faults.append(f"证书密钥里有两个 {name}")
        if not check_key(key):
            faults.append(f"{variable} 的 {name} 应为 32 字节的 Base64，现在不是")
        found[name] = key
    return found, faults
