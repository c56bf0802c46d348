"""The keys of the settings: one signs, all verify, and what is wrong with them is said without showing them."""

from base64 import b64encode

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from awards.certificates.keys import check_keys, keys
from awards.certificates.signing import public_of
from core.problems import Refused
from tests.awards.certificates.test_certificate_rules import CLAIM

FIRST, SECOND = (b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_after_a_change_the_former_certificates_stay_valid(settings: LazySettings) -> None:
    settings.CERTIFICATE_KEY = f"c1:{FIRST}"
    payload = keys().payload(CLAIM)
    settings.CERTIFICATE_KEY, settings.CERTIFICATE_OLD_KEYS = f"c2:{SECOND}", f"c1:{public_of(FIRST)}"
    assert keys().verified(payload) == keys().verified(keys().payload(CLAIM)) == CLAIM
    assert list(keys().publics) == ["c2", "c1"]
    settings.CERTIFICATE_OLD_KEYS = ""
    with pytest.raises(Refused, match="签名不对"):
        keys().verified(payload)


@pytest.mark.parametrize(
    ("present", "former", "said"),
    [
        ("", "", "CERTIFICATE_KEY 应写成“名称:密钥”"),
        (FIRST, "", "CERTIFICATE_KEY 应写成“名称:密钥”"),
        ("c1:短", "", "CERTIFICATE_KEY 的 c1 应为 32 字节的 Base64，现在不是"),
        (f"c1:{FIRST}", f"C0:{SECOND}", "CERTIFICATE_OLD_KEYS 应写成“名称:密钥”"),
        (f"c1:{FIRST}", f"c1:{SECOND}", "证书密钥里有两个 c1"),
        (f"c1:{FIRST}", "c0:eA==", "CERTIFICATE_OLD_KEYS 的 c0 应为 32 字节的 Base64，现在不是"),
    ],
)
def test_what_is_wrong_is_named_and_never_shown(settings: LazySettings, present: str, former: str, said: str) -> None:
    settings.CERTIFICATE_KEY, settings.CERTIFICATE_OLD_KEYS = present, former
    (told,) = [one.msg for one in check_keys()]
    assert said in told
    assert not any(key in told for key in (FIRST, SECOND))
    with pytest.raises(ImproperlyConfigured):
        keys()
