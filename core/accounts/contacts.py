"""Phone numbers and mailboxes as people type them, as we keep them and as we show them. No Django."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

REGIONS = ("CN", "HK", "MO")
E164 = r"^\+(86\d{11}|85[23]\d{8})$"  # what a kept number looks like; the database holds it too
# The library alone would read letters as keys and drop whatever follows the first number.
_ONE_NUMBER = re.compile(r"[+＋]?[\d\s()（）.·\-－\u2010-\u2015]+")
_SHORTENED = re.compile(r"\d(\.\d+)?[Ee]\+\d+")  # what Excel writes into a CSV when the column is too narrow
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


@lru_cache(maxsize=10_000)  # a workbook's rows ask twice
def normalise_phone(text: str) -> str:
    """A mobile number in E.164, e.g. `138 0013 8000` → `+8613800138000`.

    Mainland numbers need no prefix; Hong Kong and Macau ones do. Raises ValueError with a sentence for the typist.
    """
    if _SHORTENED.fullmatch(text.strip()):
        raise ValueError("号码被 Excel 缩写成科学计数，位数不全。请把这一列拉宽或设成“文本”，重新填 11 位手机号再保存")
    try:
        number = phonenumbers.parse(text, "CN") if _ONE_NUMBER.fullmatch(text.strip()) else None
    except NumberParseException:
        number = None
    region = phonenumbers.region_code_for_number(number) if number else None
    if number is None or region not in REGIONS or not phonenumbers.is_valid_number_for_region(number, region):
        raise ValueError("手机号不对。请填 11 位手机号；香港号码前加 +852，澳门号码前加 +853")
    if phonenumbers.number_type(number) not in _MOBILE:
        raise ValueError("这不是手机号，收不到短信。请填 11 位手机号；香港号码前加 +852，澳门号码前加 +853")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(text: str) -> str:
    """A mailbox as we keep it: no spaces around it, lower case."""
    return text.strip().lower()


def mask_phone(phone: str | None) -> str:
    """`+8613800138000` → `138****8000`, `+85251234567` → `+852 5****567`; empty for none."""
    if not phone:
        return ""
    if phone.startswith("+86"):
        return f"{phone[3:6]}****{phone[-4:]}"
    return f"{phone[:4]} {phone[4]}****{phone[-3:]}"


def mask_email(email: str | None) -> str:
    """`zhang@example.com` → `z***@example.com`; empty for none."""
    if not email:
        return ""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
