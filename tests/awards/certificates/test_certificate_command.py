"""manage.py certificate: a stranger verifies a file or a payload with nothing but the public key."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError

from awards.certificates.rendering import print_all
from awards.certificates.signing import new_key, public_of, sign, signed_payload, verified
from awards.rules.certificates import payload_of
from tests.awards.certificates.test_certificate_rendering import KEY, SHORT, sheet
from tests.awards.certificates.test_certificate_rules import CLAIM, RULEBOOK


def said(*words: str) -> str:
    out = StringIO()
    call_command("certificate", *words, stdout=out)
    return out.getvalue()


def test_a_pdf_is_verified_by_the_public_key_alone(tmp_path: Path) -> None:
    file = tmp_path / "证书.pdf"
    file.write_bytes(print_all([sheet(RULEBOOK.certificates.kinds[0], SHORT)])[0])
    assert "王芳" in said("verify", str(file), "--key", public_of(KEY))
    with pytest.raises(CommandError, match="签名不对"):
        said("verify", str(file), "--key", public_of(new_key()))


def test_a_payload_is_verified_with_the_older_of_two_keys() -> None:
    keys = ["--key", public_of(new_key()), "--key", public_of(KEY)]
    assert CLAIM.number in said("verify", signed_payload(CLAIM, KEY), *keys)


def test_a_signature_of_another_certificate_is_refused() -> None:
    forged = payload_of(CLAIM, sign(verified(signed_payload(CLAIM, KEY), [public_of(KEY)]), new_key()))
    with pytest.raises(CommandError, match="签名不对"):
        said("verify", forged, "--key", public_of(KEY))


def test_a_file_without_code_says_so(tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(CommandError, match="打不开"):
        said("verify", str(file), "--key", public_of(KEY))


def test_a_key_that_is_none_is_told() -> None:
    with pytest.raises(CommandError, match="公钥不对"):
        said("verify", signed_payload(CLAIM, KEY), "--key", "x")


def test_a_new_pair_belongs_together() -> None:
    private, public = (line.split()[1] for line in said("keys").splitlines())
    assert public_of(private) == public


def test_without_a_key_the_installations_own_are_asked(settings: LazySettings) -> None:
    settings.CERTIFICATE_KEY, settings.CERTIFICATE_OLD_KEYS = f"c2:{new_key()}", f"c1:{public_of(KEY)}"
    assert CLAIM.number in said("verify", signed_payload(CLAIM, KEY))
    assert [line.partition(":")[0] for line in said("publics").splitlines()] == ["c2", "c1"]
    assert CLAIM.number in said("verify", signed_payload(CLAIM, KEY), "--key", said("publics").splitlines()[1])
