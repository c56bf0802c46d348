"""查验: what a stranger learns of a certificate by its code or by number and name, and at what cost."""

import re
from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.certificates.signing import new_key, public_of, sign, signed_payload
from awards.models import Certificate
from awards.rules.certificates import Claim, number_of, payload_of
from core import clock
from core.personal import Person
from tests.awards.certificates.build import KEY, certificate, next_version
from tests.contest import load_guangdong
from tests.registrations.staff import organiser, signed_in
from tracks.models import Edition

AWARD = "广东省AI科普传播领军人物奖一等奖"


@pytest.fixture
def edition(db: None, settings: LazySettings) -> Edition:
    settings.CERTIFICATE_KEY = f"t:{KEY}"
    return load_guangdong()


def scan(payload: str, client: Client | None = None, **headers: str) -> HttpResponse:
    return (client or Client()).get(reverse("verify_code", args=[payload]), headers=headers)


def typed(number: str, name: str, **more: Any) -> HttpResponse:
    return Client().post(reverse("verify"), {"number": number, "name": name}, **more)


def text(answer: HttpResponse) -> str:
    """What is read of a page's main part."""
    return re.sub(r"<[^>]+>|\s", "", answer.content.decode().partition('id="main"')[2].partition("</main>")[0])


def asked(act: Any, *args: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act(*args)
    return len(queries)


def ended(one: Certificate, state: str, **more: Any) -> None:
    found = Certificate.objects.filter(pk=one.pk)
    assert found.update(state=state, reason="与旧作雷同，涉及路人甲", ended_at=clock.now(), **more)


# --- By the code ------------------------------------------------------------------------------------------


def test_the_code_opens_at_once_and_shows_no_name(edition: Edition) -> None:
    one = certificate(edition, "欧阳明月")
    said = scan(one.payload)
    assert (said.status_code, said["X-Robots-Tag"]) == (200, "noindex, nofollow")
    for words in ("有效", one.number, "欧***", AWARD, "广东省钟南山医学基金会", "2025年9月29日"):
        assert words in text(said)
    assert "欧阳" not in said.content.decode()


def test_one_question_for_a_true_one_none_for_a_false_one(edition: Edition) -> None:
    one = certificate(edition)
    scan(one.payload)  # reads the edition once for the process
    assert [asked(scan, one.payload), asked(scan, forged(one)), asked(scan, "x.y")] == [1, 0, 0]
    later = next_version(next_version(one, "王方"), "王方芳")
    assert [asked(scan, one.payload), asked(scan, later.payload)] == [1, 1]


def test_the_answer_may_be_kept_for_a_minute_and_asked_again_cheaply(edition: Edition) -> None:
    one = certificate(edition)
    said = scan(one.payload)
    assert (said["Cache-Control"], "Set-Cookie" in said.headers, said.cookies) == ("public, max-age=60", False, {})
    assert scan(one.payload, **{"if-none-match": said["ETag"]}).status_code == 304
    ended(one, "revoked")
    assert scan(one.payload, **{"if-none-match": said["ETag"]}).status_code == 200


def test_whoever_is_signed_in_gets_an_answer_that_is_not_stored(edition: Edition) -> None:
    assert "no-store" in scan(certificate(edition).payload, signed_in(organiser()))["Cache-Control"]


def forged(one: Certificate, **change: Any) -> str:
    """Its payload with another name, or other facts, and the signature as it was."""
    claim = one.claim
    altered = Claim(**{**claim.__dict__, "name": "王明", **change})
    return payload_of(altered, sign(claim, KEY))


@pytest.mark.parametrize(
    "change", [{}, {"award": "特等奖"}, {"date": date(2024, 9, 29)}, {"number": "GDAIKP1-A1-000002-5"}]
)
def test_an_altered_certificate_is_refused_in_plain_words(edition: Edition, change: dict[str, Any]) -> None:
    said = scan(forged(certificate(edition), **change))
    assert said.status_code == 422
    assert "查验不通过签名不对：内容被改动过，或者不是大赛组委会签发的" in text(said)


@pytest.mark.parametrize("payload", ["x", "a.b", "%E7%8E%8B.x", "W10." + "A" * 86, "a" * 5000])
def test_what_is_no_code_of_ours_says_what_to_do(edition: Edition, payload: str) -> None:
    said = scan(payload)
    assert said.status_code == 422
    assert "请重新扫描证书上的二维码" in text(said)


def test_with_a_leaked_key_nobody_gets_into_the_register(edition: Edition) -> None:
    one = certificate(edition)
    false = [
        Claim(one.number, "王明", AWARD, one.issued_on),
        Claim("GDAIKP1-A1-000002-5", "王芳", AWARD, one.issued_on),
    ]
    assert ["不是大赛组委会签发的" in text(scan(signed_payload(claim, KEY))) for claim in false] == [True, True]


def test_a_former_key_goes_on_verifying(edition: Edition, settings: LazySettings) -> None:
    one = certificate(edition)
    settings.CERTIFICATE_KEY, settings.CERTIFICATE_OLD_KEYS = f"u:{new_key()}", f"t:{public_of(KEY)}"
    assert scan(one.payload).status_code == 200
    settings.CERTIFICATE_OLD_KEYS = ""
    assert scan(one.payload).status_code == 422


def test_a_corrected_one_leads_to_the_version_that_counts(edition: Edition) -> None:
    one = certificate(edition)
    two = next_version(one, "欧阳方")
    old, new = text(scan(one.payload)), text(scan(two.payload))
    assert "已更正，以第2版为准" in old
    assert "您手里的是第1版" in old
    assert "欧**" in old
    assert ("有效" in new, "第2版" in new) == (True, True)


def test_a_revoked_one_says_so_and_not_why(edition: Edition) -> None:
    one = certificate(edition)
    ended(one, "revoked")
    said = text(scan(one.payload))
    assert ("已撤销" in said, "不能再作为获奖或参加活动的证明" in said) == (True, True)
    assert "雷同" not in said
    assert "有效" not in said


def test_of_somebody_whose_data_is_gone_the_rest_stands(edition: Edition) -> None:
    one = certificate(edition)
    payload = one.payload
    Certificate.objects.filter(pk=one.pk).update(
        name=Person(None, frozenset(), "", "").alias, words=[], payload="", erased_at=clock.now()
    )
    said = text(scan(payload))
    assert ("有效" in said, "姓名已从网站删除" in said, one.number in said) == (True, True, True)


# --- By number and name -----------------------------------------------------------------------------------


def test_number_and_name_open_it_however_they_are_typed(edition: Edition) -> None:
    one = certificate(edition, "买买提·艾力、李四（某中学）")
    for number, name in ((one.number, "李四"), (f" {one.number.lower().replace('-', '—')} ", "买买提•艾力")):
        said = typed(number, name)
        assert (said.status_code, "买*****、李*（某中学）" in text(said)) == (200, True)


def test_a_number_that_was_never_given_and_a_wrong_name_are_told_apart_by_nothing(edition: Edition) -> None:
    one, absent = certificate(edition), number_of("{edition}-{group}-{serial}-{check}", "GDAIKP1", "A1", 2, 6)
    answers = [typed(one.number, "李四"), typed(absent, "王芳")]
    said = [text(answer).replace(one.number, "").replace(absent, "") for answer in answers]
    assert said[0] == said[1]
    assert "没有编号和姓名都相符的证书" in said[0]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert asked(typed, one.number, "李四") == asked(typed, absent, "王芳")


def test_a_slip_of_the_finger_costs_no_question_about_certificates(edition: Edition) -> None:
    with CaptureQueriesContext(connection) as queries:
        said = typed("GDAIKP1-A1-000001-0", "王芳")
    assert "可能抄错了一个字符" in text(said)
    assert [query for query in queries.captured_queries if "awards_certificate" in query["sql"]] == []


def test_counting_through_the_numbers_ends_soon(edition: Edition) -> None:
    one = certificate(edition)
    assert [typed(one.number, f"王{n}").status_code for n in range(10)] == [422] * 10
    refused = typed(one.number, "王芳")  # the right one, but too late
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "请1分钟后再查" in text(refused)
    assert "王*" not in text(refused)
    assert 'value="王芳"' in refused.content.decode()
    assert scan(one.payload).status_code == 200  # who holds the paper is not locked out
    assert typed(one.number, "王芳", REMOTE_ADDR="198.51.100.7").status_code == 200


def test_the_number_is_filled_in_for_whoever_comes_from_the_code(edition: Edition) -> None:
    one = certificate(edition)
    there = f"{reverse('verify')}?number={one.number}"
    assert there in scan(one.payload).content.decode()
    assert f'value="{one.number}"' in Client().get(there).content.decode()


# --- Without the site -------------------------------------------------------------------------------------


def test_the_offline_page_is_one_file_with_the_keys_of_today(edition: Edition, settings: LazySettings) -> None:
    settings.CERTIFICATE_OLD_KEYS = f"c0:{public_of(new_key())}"
    answer = Client().get(reverse("verify_offline"))
    page = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert re.findall(r'data-id="(\w+)" data-key="([^"]+)"', page) == [
        ("t", public_of(KEY)), ("c0", settings.CERTIFICATE_OLD_KEYS[3:])
    ]  # fmt: skip
    assert re.findall(r"(?:src|href|url)\s*[=(]|import ", page) == []
