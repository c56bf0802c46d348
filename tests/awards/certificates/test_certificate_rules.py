"""Numbers, signatures and wording of certificates as pure rules."""

import itertools
import random
from datetime import date
from pathlib import Path

import pytest

from awards.certificates.signing import new_key, public_of, sign, signed_payload, verified
from awards.rules import certificates as rules
from awards.rules.certificates import Claim, Words
from core.problems import Refused
from tracks.rulebook import parse

ROOT = Path(__file__).parents[3]
RULEBOOK = parse((ROOT / "tracks/editions/guangdong-2024.toml").read_text("utf-8")).rulebook
KEY = new_key()
CLAIM = Claim("GDAIKP1-A1-000123-7", "买买提·艾力、欧阳龑、张婳祎", "领军队伍奖一等奖", date(2025, 9, 29))
VALUES = {
    "name": "王芳", "session": "首届", "edition": "大赛", "award": "领军人物奖", "level": "一等奖", "work": "白海豚",
}  # fmt: skip


def number(serial: int = 123, group: str = "A1") -> str:
    return rules.number_of("{edition}-{group}-{serial}-{check}", "GDAIKP1", group, serial, 6)


def test_numbers_are_of_the_editions_pattern_and_never_share_a_serial() -> None:
    assert number().startswith("GDAIKP1-A1-000123-")
    assert len({number(n) for n in range(1, 2000)}) == 1999


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_out_of_range_makes_no_number(serial: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        number(serial)


def test_every_single_wrong_character_is_told() -> None:
    right = number()
    wrong = [
        right[:at] + other + right[at + 1 :]
        for at, kept in enumerate(right)
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        if kept not in {"-", other}
    ]
    assert [one for one in wrong if not rules.check_number(one)] == []
    assert rules.check_number(right) == []


def test_two_swapped_neighbours_are_told() -> None:
    right = number(102938).replace("-", "")
    for at, (left, here) in enumerate(itertools.pairwise(right)):
        swapped = f"{right[:at]}{here}{left}{right[at + 2 :]}"
        typed = f"{swapped[:7]}-{swapped[7:9]}-{swapped[9:15]}-{swapped[15:]}"
        assert (left == here) or rules.check_number(typed)


@pytest.mark.parametrize("typed", ["gdaikp1－ａ1—000123–{}", " GDAIKP1-A1-000123 - {} ", "gdaikp1-a1-000123-{}"])
def test_numbers_are_read_as_people_type_them(typed: str) -> None:
    assert rules.normal_number(typed.format(number()[-1].lower())) == number()


@pytest.mark.parametrize("typed", ["", "1", "GDAIKP1A1000123", "A-B", "'; DROP TABLE --", "证书-A1-000123-7"])
def test_what_is_no_number_is_refused_in_words(typed: str) -> None:
    assert [problem.field for problem in rules.check_number(typed)] == ["number"]


def test_a_payload_reads_back_from_itself_and_from_a_link() -> None:
    payload = signed_payload(CLAIM, KEY)
    for text in (payload, f"https://portal.example.test/verify/{payload}/", f" {payload}\n"):
        assert verified(text, [public_of(KEY)]) == CLAIM


def test_an_altered_name_is_no_longer_signed() -> None:
    forged = rules.payload_of(Claim(CLAIM.number, "王芳", CLAIM.award, CLAIM.date), sign(CLAIM, KEY))
    with pytest.raises(Refused) as refused:
        verified(forged, [public_of(KEY)])
    assert refused.value.codes == ["certificate.forged"]


def test_one_flipped_bit_in_a_thousand_places_is_rejected() -> None:
    """T14: in the text as it is scanned, so that no second spelling of a signed payload passes either."""
    dice, payload = random.Random(14), signed_payload(CLAIM, KEY).encode()
    for _ in range(1000):
        flipped = bytearray(payload)
        flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(7)
        with pytest.raises(Refused):
            verified(flipped.decode(), [public_of(KEY)])


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "é.é", "W10.AA", "x" * 5000, "[" * 3000, "bnVsbA." + "A" * 86])
def test_what_is_no_payload_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        verified(text, [public_of(KEY)])
    assert refused.value.codes == ["certificate.payload"]


def test_older_certificates_stay_valid_after_the_key_changed() -> None:
    payload, fresh = signed_payload(CLAIM, KEY), new_key()
    assert verified(payload, [public_of(fresh), public_of(KEY)]) == CLAIM
    with pytest.raises(Refused):
        verified(payload, [public_of(fresh)])


@pytest.mark.parametrize("key", ["", "x", "AAAA", "é"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key is 32 bytes|ASCII"):
        sign(CLAIM, key)


def test_the_wording_becomes_address_body_prize_and_end() -> None:
    kind = RULEBOOK.certificates.kinds[0]
    assert rules.words_of(kind.text, VALUES) == Words(
        "王芳：", "作品《白海豚》在首届大赛中荣获", "领军人物奖", "一等奖", "特发此证，以资鼓励。"
    )


def test_a_wording_without_a_prize_keeps_its_sentences() -> None:
    kind = next(one for one in RULEBOOK.certificates.kinds if one.code == "instructor")
    found = rules.words_of(kind.text, VALUES)
    assert (found.body, found.award, found.closing) == (
        "在首届大赛中被评为优秀指导教师。", "", "特发此证，以资鼓励。"
    )  # fmt: skip


@pytest.mark.parametrize("kind", RULEBOOK.certificates.kinds, ids=lambda kind: kind.code)
def test_a_missing_field_is_named_for_every_kind(kind) -> None:
    with pytest.raises(Refused) as refused:
        rules.words_of(kind.text, {})
    assert {problem.code for problem in refused.value.problems} == {"certificate.field"}
    assert "name" in refused.value.problems[0].message or "organisation" in refused.value.problems[0].message


def test_a_name_with_braces_is_text() -> None:
    assert rules.words_of("{name}：好", {"name": "{level}%s{0}"}).salutation == "{level}%s{0}："


def test_everybody_stands_in_order() -> None:
    assert rules.recipients(("丙", "甲", "乙"), "某大学") == "丙、甲、乙（某大学）"


@pytest.mark.parametrize(
    ("day", "words"),
    [((2025, 9, 1), "二〇二五年九月"), ((2030, 10, 1), "二〇三〇年十月"), ((2026, 12, 1), "二〇二六年十二月")],
)
def test_the_month_in_words(day: tuple[int, int, int], words: str) -> None:
    assert rules.month_words(date(*day)) == words


@pytest.mark.parametrize(("count", "code"), [(0, "no_issuer"), (1, ""), (6, ""), (7, "issuers")])
def test_issuers_fit_the_corner(count: int, code: str) -> None:
    found = rules.check_issuers(("广东省科学技术普及志愿者协会",) * count)
    assert [problem.code for problem in found] == ([f"certificate.{code}"] if code else [])
