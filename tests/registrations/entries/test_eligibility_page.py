"""参赛条件与证明 as the participant meets it: nothing typed is lost, every refusal says what to do."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from registrations.eligibility_models import EligibilityClaim, Honour
from registrations.services import honours, verdicts
from registrations.services.entering import add_person
from tests.core import good_files
from tests.registrations import build as desks
from tests.registrations.staff import organiser, signed_in

from .build import REGISTERING, claim, draft, entered, person

pytestmark = pytest.mark.django_db
LINK = "https://example.test/proof"
PDF = good_files.pdf()


@pytest.fixture
def by():
    return person()


@pytest.fixture
def page(by):
    return signed_in(by)


@pytest.fixture
def entry(edition, by):
    clock.set_now(REGISTERING)
    return draft(edition, by)


def url(entry) -> str:
    return reverse("entry_eligibility", kwargs={"entry": entry.pk})


def words(answer) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def post(page, entry, **typed):
    """condition__field → value"""
    return page.post(url(entry), {name.replace("__", "-"): value for name, value in typed.items()})


def test_every_condition_is_offered_with_its_evidence(page, entry):
    said = words(page.get(url(entry)))
    assert ("省内各级社会组织" in said, "证明：社会组织登记证书" in said) == (True, True)
    assert "从 2021-12-23 到 2024-12-23（报名当天）" in said


def test_a_file_and_a_link_are_kept(page, entry):
    file = SimpleUploadedFile("教师证.pdf", PDF)
    answer = post(page, entry, teacher_or_medic__claimed="on", teacher_or_medic__file=file, teacher_or_medic__link=LINK)
    kept = EligibilityClaim.objects.get()
    assert (answer.status_code, kept.file.original_name, kept.link) == (302, "教师证.pdf", LINK)
    assert "教师证.pdf" in page.get(url(entry)).content.decode()


@pytest.mark.parametrize(
    ("typed", "said", "field"),
    [
        ({"link": "www.example.test"}, "链接要以 http:// 或 https:// 开头", "link"),
        ({"link": "javascript:alert(1)"}, "链接要以 http:// 或 https:// 开头", "link"),
        ({"file": SimpleUploadedFile("证明.exe", b"MZ\x90")}, "这里只收 PDF、JPG 图片、PNG 图片", "file"),
        ({"file": SimpleUploadedFile("证明.pdf", b"<html>")}, "这里只收 PDF、JPG 图片、PNG 图片", "file"),
        ({"link": LINK, "dated": "去年"}, "日期请写成 2024-03-15 这样", "dated"),
        ({"link": LINK, "dated": "2021-12-22"}, "须是近 3 年内的作品（2021-12-23 以后）", "dated"),
        ({"link": LINK, "dated": "2024-12-24"}, "发布日期晚于报名日期", "dated"),
        ({"link": LINK}, "请填写作品的发布日期", "dated"),
        ({"dated": "2024-03-15"}, "请上传证明文件，或填写能打开的链接", "file"),
        ({"link": LINK, "dated": "2024-03-15", "statement": "长" * 301}, "说明最多 300 个字", "statement"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(page, entry, typed, said, field):
    right = {"statement": "自己的公众号", "dated": "2024-03-15"} | ({} if "file" in typed else typed)
    sent = {
        f"ai_author__{name}": value
        for name, value in (typed | {"statement": typed.get("statement", "自己的公众号")}).items()
    }
    answer = post(page, entry, ai_author__claimed="on", **sent)
    shown = answer.content.decode()
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert f'href="#id_ai_author-{field}"' in shown
    assert right["statement"] in shown
    if "link" in typed:
        assert f'value="{typed["link"]}"' in shown


def test_a_good_file_survives_a_wrong_link(page, entry):
    file = SimpleUploadedFile("证书.png", b"\x89PNG\r\n\x1a\n")
    answer = post(page, entry, ai_author__claimed="on", ai_author__file=file, ai_author__link="ftp://x.test")
    assert ("证书.png" in answer.content.decode(), EligibilityClaim.objects.get().link) == (True, "")


def test_nothing_ticked(page, entry):
    answer = post(page, entry)
    assert (answer.status_code, "请至少选一项参赛条件" in words(answer)) == (422, True)


def test_unticking_takes_back(page, entry):
    claim(entry)
    post(page, entry, teacher_or_medic__claimed="on", teacher_or_medic__link=LINK)
    assert [found.condition for found in EligibilityClaim.objects.all()] == ["teacher_or_medic"]


def test_honours_of_the_person_are_offered(page, entry, by):
    found = Honour(title="finest_worker", holder="祝宇", year=2021, source="粤科协发〔2021〕1号")
    honours.save_honour(found, by=by)
    assert "祝宇，广东省最美科技工作者，2021 年" in words(page.get(url(entry)))
    post(page, entry, honoured__claimed="on", honoured__honour=found.pk)
    assert EligibilityClaim.objects.get().honour == found


def test_a_session_that_ended_loses_nothing(entry, by, client):
    client.post(url(entry), {"teacher_or_medic-claimed": "on", "teacher_or_medic-link": LINK})
    client.force_login(by, backend="core.accounts.backends.Backend")
    shown = client.get(url(entry)).content.decode()
    assert (f'value="{LINK}"' in shown, "登录前填的内容已经找回" in shown) == (True, True)
    assert EligibilityClaim.objects.count() == 0


def test_a_returned_claim_is_mended_and_sent(edition, page, by):
    found = entered(edition, by)
    one, contact = found.claims.get(), desks.contact(edition)
    verdicts.return_claim(one, reason="没有公章", seen=verdicts.mark(one), by=contact)
    clock.set_now(clock.now().replace(day=26))  # the window has closed, 补正 has not
    said = words(page.get(url(found)))
    assert ("没有公章" in said, "距补正截止" in said, "距报名截止" in said) == (True, True, False)
    same = {f"{one.condition}__claimed": "on", f"{one.condition}__link": one.link, "submit": "1"}
    assert "照审核意见改好" in words(post(page, found, **same))
    answer = post(page, found, **same | {f"{one.condition}__link": LINK + "/2"})
    one.refresh_from_db()
    assert (answer.status_code, one.state, one.link) == (302, "submitted", LINK + "/2")


def test_closed_pages_say_so(edition, page, by):
    found = entered(edition, by)
    clock.set_now(clock.now().replace(day=30))
    answer = page.get(url(found))
    assert ("已截止" in words(answer), "<button" in answer.content.decode().split("<main")[1].split("</form>")[0]) == (
        True,
        False,
    )
    assert post(page, found, teacher_or_medic__claimed="on", teacher_or_medic__link=LINK).status_code == 422


def test_members_look_the_representative_acts(edition, by):
    clock.set_now(REGISTERING)
    found = draft(edition, by, team_name="智绘科普队")
    other = person("王芳", "13800138009")
    add_person(found, other, "member", name="王芳")
    page = signed_in(other)
    assert [page.get(url(found)).status_code, post(page, found).status_code] == [200, 403]


def test_who_sees_the_evidence(edition, page, entry, by, client):
    post(page, entry, teacher_or_medic__claimed="on", teacher_or_medic__file=SimpleUploadedFile("教师证.pdf", PDF))
    desk = desks.desk(edition)
    readers = [
        by,
        desks.contact(edition),
        desks.contact(edition, "youth"),
        desk.officer,
        organiser(),
        person("路人", "13800138009"),
    ]
    address = reverse("evidence", kwargs={"claim": EligibilityClaim.objects.get().pk})
    assert [signed_in(user).get(address).status_code for user in readers] == [200, 404, 404, 404, 200, 404]
    EligibilityClaim.objects.update(submitted_at=clock.now())
    assert [signed_in(user).get(address).status_code for user in readers] == [200, 200, 404, 404, 200, 404]
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_many_claims(entry, page, count, django_assert_max_num_queries):
    for code in ("teacher_or_medic", "social_organisation", "honoured")[:count]:
        claim(entry, condition=code)
    page.get(url(entry))
    with django_assert_max_num_queries(16):
        page.get(url(entry))
