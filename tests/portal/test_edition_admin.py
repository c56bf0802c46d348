"""The organiser uploads an edition's file."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.audit.timeline import timeline
from tests.contest import GUANGDONG, load_guangdong
from tests.registrations.staff import contact, contest, organiser, signed_in, submitted
from tracks.models import Edition

TEXT = GUANGDONG.read_text(encoding="utf-8")
URL = "/admin/edition/upload/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return signed_in(organiser())


def upload(desk: Client, content: bytes) -> HttpResponse:
    return desk.post(URL, {"file": SimpleUploadedFile("edition.toml", content)})


def hidden(response: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(text|base)" value="([^"]*)"', response.content.decode()))


def words(response: HttpResponse) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_errors_are_listed_all_at_once(desk: Client) -> None:
    answer = upload(desk, TEXT.replace("quota = 25\n", "quotta = 25\n").replace("[publicity]", "[publicty]").encode())
    said = words(answer)
    assert (answer.status_code, Edition.objects.count()) == (422, 0)
    assert [word for word in ("是否想写 quota", "是否想写 publicity", "缺少 publicity") if word not in said] == []


@pytest.mark.parametrize(("content", "said"), [("推荐".encode("gbk"), "UTF-8"), (b"#" * 1_000_001, "超过 1 MB")])
def test_what_is_no_edition_is_refused(desk: Client, content: bytes, said: str) -> None:
    answer = upload(desk, content)
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_a_first_edition_is_loaded_to_the_letter(desk: Client) -> None:
    content = TEXT.replace("\n", "\r\n").encode()
    assert desk.post(URL, hidden(upload(desk, content))).status_code == 302
    assert Edition.objects.get().text.encode() == content


def test_an_amendment_shows_its_differences_and_asks_why(desk: Client) -> None:
    edition = load_guangdong()
    shown = upload(desk, TEXT.replace("quota = 25\n", "quota = 30\n").encode())
    assert "推荐单位与名额 [county_other] 名额" in words(shown)
    assert desk.post(URL, hidden(shown)).status_code == 422
    assert desk.post(URL, hidden(shown) | {"reason": "增加名额"}).status_code == 302
    moment = timeline(edition)[0]
    assert (moment.who, moment.label, moment.reason) == ("组委", "修订届次规则", "增加名额")
    assert "25 → 30" in words(desk.get(reverse("admin:tracks_edition_change", args=[edition.pk])))


def test_what_stands_against_it_is_told_before_anybody_confirms(desk: Client) -> None:
    submitted(contest(), 3)
    shown = upload(desk, TEXT.replace("quota = 25\n", "quota = 2\n").encode())
    assert "韶关市始兴县科学技术协会（已用 3，新名额 2）" in words(shown)
    assert "确认修订" not in words(shown)
    answer = desk.post(URL, hidden(shown) | {"reason": "减少"})
    assert (answer.status_code, Edition.objects.get().text) == (422, TEXT)


def test_somebody_else_amended_meanwhile(desk: Client) -> None:
    load_guangdong()
    mine, others = (upload(desk, TEXT.replace("quota = 25\n", f"quota = {n}\n").encode()) for n in (30, 40))
    assert desk.post(URL, hidden(others) | {"reason": "先"}).status_code == 302
    answer = desk.post(URL, hidden(mine) | {"reason": "后"})
    assert "刚被别人修订过" in words(answer)
    assert Edition.objects.get().rulebook.unit_category("county_other").quota == 40


def test_only_the_organiser_uploads() -> None:
    assert signed_in(contact(load_guangdong(), "worker")).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302
