"""证书 (practice 12): numbers with a check character, what is signed, the words that are printed."""

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from core.problems import Problem, Refused

NUMBER = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+){2,}")
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D, ord("_")], "-")  # what looks like one
PAYLOAD_MAX = 4000  # characters; ten names of thirty characters and a long award take some 1,900
LINK_MAX = 2900  # bytes of a QR code with the least error correction: 2,953
SIGNATURE = 64  # bytes of an Ed25519 signature
_FIELDS = 4
MAX_ISSUER_LINES = 6
_ISSUER_LINE = 30  # characters
_CHINESE_DIGITS = "〇一二三四五六七八九"
_TEN = 10
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_M = len(_ALPHABET)


# --- Numbers ----------------------------------------------------------------------------------------------------


def number_of(pattern: str, edition: str, group: str, serial: int, digits: int) -> str:
    """GDAIKP1-A1-000123-7 of the edition's pattern: its code, category and level or the kind's prefix, the serial.

    The check character is ISO 7064 MOD 37,36 over letters and digits: it tells every single wrong character and every
    two neighbours that were swapped. Raises ValueError for a serial that has more digits than the edition gives it.
    """
    if not 0 < serial < 10**digits:
        raise ValueError(f"{serial} does not fit {digits} digits")
    parts = {"edition": edition, "group": group.upper(), "serial": f"{serial:0{digits}}"}
    bare = pattern.format(**parts, check="")
    return pattern.format(**parts, check=_check_character(bare.replace("-", "")))


def _check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 of capital letters and digits."""
    left = _M
    for character in text:
        left = (left + _ALPHABET.index(character)) % _M or _M
        left = left * 2 % (_M + 1)
    return _ALPHABET[(_M + 1 - left) % _M]


def normal_number(typed: str) -> str:
    """A number as it was typed or read aloud: full-width characters, small letters, other dashes, spaces."""
    text = unicodedata.normalize("NFKC", typed).translate(_DASHES)
    return re.sub(r"\s", "", text).upper()


def check_number(number: str) -> list[Problem]:
    """Whether a normal number can be one at all; asks no table, so it tells a slip of the finger and nothing else."""
    if not number:
        return [Problem("certificate.number_empty", "请填写证书编号，在证书左下角", "number")]
    bare = number.replace("-", "")
    if NUMBER.fullmatch(number) and _check_character(bare[:-1]) == bare[-1]:
        return []
    said = "证书编号不对，可能抄错了一个字符。请对照证书左下角重新填写，如 GDAIKP1-A1-000123-7 这样分段"
    return [Problem("certificate.number", said, "number")]


# --- What is signed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """What a certificate's signature vouches for."""

    number: str
    name: str  # of the recipients, in order, as printed
    award: str  # award and level, or the kind's title
    date: date  # of issue


def message_of(claim: Claim) -> bytes:
    """The one way to write a claim: a JSON array in UTF-8 (NFC) without blanks: number, name, award, date."""
    parts = [unicodedata.normalize("NFC", text) for text in (claim.number, claim.name, claim.award)]
    return json.dumps([*parts, claim.date.isoformat()], ensure_ascii=False, separators=(",", ":")).encode()


def payload_of(claim: Claim, signature: bytes) -> str:
    """What the QR's link carries: claim and signature, each in base64url without padding, with a dot between."""
    return f"{_packed(message_of(claim))}.{_packed(signature)}"


def read_payload(text: str) -> tuple[Claim, bytes]:
    """Claim and signature of a payload, or of a link that ends in one. The signature is not verified here.

    Raises Refused (`certificate.payload`) for everything that `payload_of` would not have written, letter by letter.
    """
    payload = text.strip().rstrip("/").rpartition("/")[2]
    try:
        if len(payload) > PAYLOAD_MAX:
            raise ValueError("too long")
        message, signature = map(_unpacked, payload.split("."))
        parts = json.loads(message)
        if not (isinstance(parts, list) and len(parts) == _FIELDS and all(isinstance(one, str) for one in parts)):
            raise ValueError("not four texts")
        claim = Claim(parts[0], parts[1], parts[2], date.fromisoformat(parts[3]))
        if len(signature) != SIGNATURE or payload_of(claim, signature) != payload:
            raise ValueError("not the one way to write it")
    except (ValueError, RecursionError) as wrong:  # UnicodeError, JSONDecodeError and binascii.Error are ValueErrors
        said = "二维码内容不完整或被改动过，不能作为验证依据。请重新扫描证书上的二维码，或改用证书编号查验"
        raise Refused(Problem("certificate.payload", said)) from wrong
    return claim, signature


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise ValueError("not base64url") from wrong


def check_link(link: str, name: str) -> list[Problem]:
    """Whether a QR code holds it; ten long names and a long award take some 2,000 characters."""
    if len(link) <= LINK_MAX:
        return []
    said = f"“{name[:20]}…”的文字太多，二维码放不下。请缩短单位名称，或减少印在一张证书上的姓名"
    return [Problem("certificate.link", said, "name")]


# --- What is printed --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The wording of one certificate in its parts: whom it addresses, for what, the prize in large letters, the end."""

    salutation: str = ""
    body: str = ""
    award: str = ""
    level: str = ""
    closing: str = ""

    @property
    def text(self) -> str:
        """All of it, for the fonts."""
        return f"{self.salutation}{self.body}{self.award}{self.level}{self.closing}"


def check_words(text: str, values: Mapping[str, str]) -> list[Problem]:
    """Which fields the wording asks for and the recipient does not have; a level may be empty (奖项没有等次)."""
    asked = dict.fromkeys(field for _, field, _, _ in Formatter().parse(text) if field)
    absent = [name for name in asked if name not in values or (not values[name].strip() and name != "level")]
    said = "证书文字里要填“{%s}”，但这位获奖者没有这项内容。请补上内容，或在届次文件里修改证书文字"
    return [Problem("certificate.field", said % name, name) for name in absent]


def words_of(text: str, values: Mapping[str, str]) -> Words:
    """The edition's wording filled in and laid out. Raises Refused (`certificate.field`) for what is not there.

    `{name}：` at the beginning becomes the line of address, `{award}{level}` the prize in large letters.
    """
    if problems := check_words(text, values):
        raise Refused(problems)
    salutation, colon, rest = text.partition("：")
    if not (colon and re.fullmatch(r"\{\w+\}", salutation)):
        salutation, rest = "", text
    else:
        salutation += colon
    body, prize, closing = rest.partition("{award}{level}")
    award, level = (values["award"], values["level"]) if prize else ("", "")
    if not prize:
        body, _, closing = rest.partition("。特")
        body, closing = (f"{body}。", f"特{closing}") if closing else (rest, "")
    filled = [part.format_map(values) for part in (salutation, body, closing.lstrip("。"))]
    return Words(filled[0], filled[1], award, level, filled[2])


def recipients(names: tuple[str, ...], of: str = "") -> str:
    """甲、乙、丙（某单位): everybody in the order of the team."""
    return "、".join(names) + (f"（{of}）" if of else "")


def check_issuers(issuers: tuple[str, ...]) -> list[Problem]:
    """The lower right corner holds six lines."""
    lines = sum(-(-len(one) // _ISSUER_LINE) for one in issuers)
    if not issuers:
        return [Problem("certificate.no_issuer", "没有落款单位。请在届次文件里写明由哪些单位颁发", "issuers")]
    if lines > MAX_ISSUER_LINES:
        said = f"落款要占 {lines} 行，证书上最多 {MAX_ISSUER_LINES} 行。请减少颁发单位"
        return [Problem("certificate.issuers", said, "issuers")]
    return []


def month_words(day: date) -> str:
    """二〇二五年九月."""
    year = "".join(_CHINESE_DIGITS[int(digit)] for digit in str(day.year))
    tens, ones = divmod(day.month, _TEN)
    month = f"{'十' * tens}{_CHINESE_DIGITS[ones] if ones else ''}"
    return f"{year}年{month}月"
