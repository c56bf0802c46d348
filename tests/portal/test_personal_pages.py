"""我的个人信息: asking for deletion, thinking better of it, the answer; consents; what the organiser does."""

import pytest
from django.utils.html import escape

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from registrations.personal_models import Consent, DeletionRequest
from registrations.services import consenting, personal_purge, personal_requests, teams
from tests.registrations import staff
from tests.registrations.entries.build import REGISTERING, claim, draft, entered, join, person

PAGE, CONSENTS = "/account/personal/", "/account/consents/"


@pytest.fixture
def user(edition):
    return person()


@pytest.fixture
def browser(user):
    return staff.signed_in(user)


def states() -> list[str]:
    return list(DeletionRequest.objects.values_list("state", flat=True))


def test_what_is_kept_and_how_long(browser):
    said = browser.get(PAGE).content.decode()
    assert "出生年月</strong>：判断是否需要监护人同意。" in said
    assert "结束后 12 个月（到 20" in said


def test_ask_and_cancel(browser):
    organiser = staff.organiser()
    browser.post(PAGE, {"ask": "1", "reason": "不参加了"})
    assert (states(), Notice.objects.get(template="deletion-asked").recipient) == (["asked"], organiser)
    assert "已收到您的删除申请" in browser.get(PAGE).content.decode()
    browser.post(PAGE, {"cancel": "1"})
    assert states() == ["cancelled"]


def test_once_is_enough(user, browser):
    personal_requests.ask(user, by=user)
    answer = browser.post(PAGE, {"ask": "1", "reason": "x"})
    assert (answer.status_code, states()) == (422, ["asked"])


def test_too_many_words_are_given_back(browser):
    answer = browser.post(PAGE, {"ask": "1", "reason": "长" * 301})
    assert (answer.status_code, "长" * 301 in answer.content.decode(), states()) == (422, True, [])


def test_a_refusal_is_told(user, browser):
    asked = personal_requests.ask(user, by=user)
    admin = staff.signed_in(staff.organiser())
    admin.post(f"/admin/registrations/deletionrequest/{asked.pk}/refuse/", {"reason": "请先退出“比赛”"})
    assert states() == ["refused"]
    assert Notice.objects.filter(template="deletion-refused", recipient=user).count() == 1
    assert escape("请先退出“比赛”") in browser.get(PAGE).content.decode()


def test_the_organiser_rehearses_then_deletes(user):
    asked, admin = personal_requests.ask(user, by=user), staff.signed_in(staff.organiser())
    page = f"/admin/registrations/deletionrequest/{asked.pk}"
    said = admin.get(f"{page}/change/").content.decode()
    assert "没有真的删除" in said
    assert "删除前后一致" in said
    assert admin.post(f"{page}/do/", {"reason": ""}).status_code == 422
    admin.post(f"{page}/do/", {"reason": "依本人申请"})
    user.refresh_from_db()
    assert (states(), user.is_active, user.email.endswith("@deleted.invalid")) == (["done"], False, True)


def test_what_stands_in_the_way(edition, user):
    entered(edition, user, team_name="智绘队", organisation="")
    entry = user.memberships.get().entry
    assert personal_purge.blockers(user) == []
    join(teams.invite(entry, "member", by=user, name="胡燕"), by=person("胡燕", "13800138002"))
    assert [p.code for p in personal_purge.blockers(user)] == ["purge.representative"]
    assert [p.code for p in personal_purge.blockers(staff.organiser())] == ["purge.staff"]


def test_optional_consents_can_be_taken_back(edition, user, browser):
    clock.set_now(REGISTERING)
    consenting.give(consenting.texts_for(edition, "participant"), edition, by=user)
    display, privacy = (Consent.objects.get(code=code) for code in ("display", "privacy"))
    assert display.sha256 in browser.get(CONSENTS).content.decode()
    browser.post(CONSENTS, {"consent": display.pk})
    assert browser.post(CONSENTS, {"consent": privacy.pk}).status_code == 422
    assert list(Consent.objects.exclude(withdrawn_at=None)) == [display]


def test_nobody_elses(edition, user, browser):
    entered(edition, person("胡燕", "13800138002"))
    assert browser.post(CONSENTS, {"consent": Consent.objects.first().pk}).status_code == 404


def test_a_draft_is_withdrawn(edition, user):
    clock.set_now(REGISTERING)
    claim(draft(edition, user))
    asked = personal_requests.ask(user, by=user)
    with pytest.raises(Refused):
        personal_requests.refuse(asked, reason=" ", by=user)
    staff.signed_in(staff.organiser()).post(
        f"/admin/registrations/deletionrequest/{asked.pk}/do/", {"reason": "依本人申请"}
    )
    assert user.memberships.get().entry.state == "withdrawn"
