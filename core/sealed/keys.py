"""The keys, from the environment: DATA_KEYS seals and opens, DATA_INDEX_KEY makes blind indexes."""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
_NAME = re.compile(r"[a-z0-9]{1,16}")


@dataclass(frozen=True)
class Keyring:
    """Ciphers by key id, the current one (it seals) first; and the key of the blind indexes."""

    ciphers: dict[str, AESGCM]
    index_key: bytes

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return next(iter(self.ciphers))


def keyring() -> Keyring:
    """The keys of the settings. Raises ImproperlyConfigured, with every fault found."""
    return _keyring(settings.DATA_KEYS, settings.DATA_INDEX_KEY)


def faults() -> list[str]:
    """What is wrong with the keys of the settings; keys are named by id or position, never shown."""
    return _read(settings.DATA_KEYS, settings.DATA_INDEX_KEY)[2]


@lru_cache(maxsize=8)
def _keyring(data_keys: str, index_key: str) -> Keyring:
    keys, index, found = _read(data_keys, index_key)
    if found:
        raise ImproperlyConfigured("；".join(found))
    return Keyring({name: AESGCM(key) for name, key in keys.items()}, index)


def _read(data_keys: str, index_key: str) -> tuple[dict[str, bytes], bytes, list[str]]:
    """Both variables' keys, and what is wrong with them."""
    keys: dict[str, bytes] = {}
    found = []
    for number, entry in enumerate(data_keys.split(","), 1):
        name, colon, text = entry.strip().partition(":")
        if not colon or not _NAME.fullmatch(name):
            found.append(f"DATA_KEYS 第 {number} 项应写成“名称:密钥”，名称用 1–16 个小写字母或数字")
            continue
        if name in keys:
            found.append(f"DATA_KEYS 里有两个 {name}")
        keys[name] = _decoded(text)
        if len(keys[name]) != KEY_BYTES:
            found.append(f"DATA_KEYS 的 {name} 应为 {KEY_BYTES} 字节的 Base64，现在不是")
    index = _decoded(index_key)
    if len(index) != KEY_BYTES:
        found.append(f"DATA_INDEX_KEY 应为 {KEY_BYTES} 字节的 Base64，现在不是")
    elif index in keys.values():
        found.append("DATA_INDEX_KEY 不能与 DATA_KEYS 里的密钥相同")
    return keys, index, found


def _decoded(text: str) -> bytes:
    """Empty when it is no Base64."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
