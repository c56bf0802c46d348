"""The participant's own pages over HTTP: from signing up to entered, nothing typed lost, refusals with a way out."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.problems import Refused
from registrations.entry_models import Entry
from registrations.services import entering, teams
from tests.core.account_helpers import Phone, code_in
from tests.registrations import build as units
from tests.registrations.staff import signed_in

from .build import REGISTERING, TEXTS, claim, draft, entered, join, person

pytestmark = pytest.mark.django_db

ENTER = "/enter/"
TYPED = {"track": "worker", "kind": "individual", "name": "祝宇", "organisation": "龙岗区实验学校", "categories": ["A"]}
TICKED = {f"consent_{code}": "on" for code in TEXTS}


@pytest.fixture
def registering(edition):
    clock.set_now(REGISTERING)
    return edition


@pytest.fixture
def me(registering):
    return person()


@pytest.fixture
def client(me) -> Client:
    return signed_in(me)


def at(page: str, entry: Entry) -> str:
    return reverse(page, args=[entry.pk])


def text_of(answer) -> str:
    return answer.content.decode()


def errors_of(answer) -> list[str]:
    """The lines of the error summary: where each leads."""
    summary = re.search(r'<section class="errors".*?</section>', text_of(answer), re.DOTALL)
    return re.findall(r'href="#([^"]+)"', summary[0]) if summary else []


# --- The ways in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (10, ["自主报名还没有开放", "12 月 22 日（周日）开放", "认领推荐名额", "先注册账号"]),
        (23, ["先注册账号，再填报名表", "用手机号注册，开始报名", "12 月 25 日（周三）24:00", "认领推荐名额"]),
        (26, ["自主报名已截止", "已于 12 月 25 日（周三）24:00 截止", "联系所属赛道的联系人"]),
    ],
)
def test_visitors_read_which_way_is_open(registering, day, words):
    clock.set_now(REGISTERING.replace(day=day))
    page = text_of(Client().get(ENTER))
    assert [word for word in words if word not in page] == []


def test_every_condition_is_in_words(registering, client):
    conditions = [condition.text for track in registering.rulebook.tracks for condition in track.conditions]
    page = text_of(client.get(ENTER))
    assert [text for text in conditions if text not in page] == []


def test_without_an_edition(db):
    assert "本届大赛还没有发布" in text_of(Client().get(ENTER))


def test_from_signing_up_to_entered(registering, settings):
    """By phone, as most come; what sign-up was begun for is where it ends."""
    settings.SMS_BACKEND = "tests.core.account_helpers.Phone"
    visitor = Client()
    [sign_up] = set(re.findall(r'href="(/accounts/signup/\?next=[^"]+)"', text_of(visitor.get(ENTER))))
    form = {"real_name": "买买提·艾力", "contact": "13800138001", "next": ENTER}
    visitor.post(sign_up, form)
    answer = visitor.post(reverse("account_verify_phone"), {"code": code_in(Phone.texts[-1]), "action": "verify"})
    assert answer.url == ENTER
    assert 'value="买买提·艾力"' in text_of(visitor.get(ENTER))
    answer = visitor.post(ENTER, TYPED | {"name": "买买提·艾力"})
    entry = Entry.objects.get()
    assert (answer.url, entry.people.get().name) == (at("entry", entry), "买买提·艾力")
    claim(entry)
    assert visitor.post(at("entry_submit", entry), TICKED).url == at("entry", entry)
    assert "报名已提交，编号 " + entry.number in text_of(visitor.get(at("entry", entry)))
    entry.refresh_from_db()
    assert (entry.state, sorted(entry.consents.values_list("code", flat=True))) == (
        "entered",
        ["originality", "privacy"],
    )


def test_what_was_typed_signed_out_waits(me):
    visitor = Client()
    assert visitor.post(ENTER, TYPED).url == f"{reverse('account_login')}?next={ENTER}"
    visitor.force_login(me, backend="core.accounts.backends.Backend")
    page = text_of(visitor.get(ENTER))
    assert ("登录过期前填的内容还在" in page, 'value="龙岗区实验学校"' in page) == (True, True)
    visitor.post(ENTER, TYPED)
    assert "登录过期前填的内容还在" not in text_of(visitor.get(ENTER))


# --- Begin ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"track": ""}, ["id_track"]),
        ({"track": "astronauts"}, ["id_track"]),
        ({"kind": ""}, ["id_kind"]),
        ({"kind": "team"}, ["id_team_name"]),
        ({"name": "{{ 7*7 }}"}, ["id_name"]),
        ({"organisation": ""}, ["id_organisation"]),
        ({"organisation": "看 http://x.test"}, ["id_organisation"]),
        ({"categories": []}, ["id_categories"]),
        ({"categories": ["Z"]}, ["id_categories"]),
        ({"name": "长" * 61}, ["id_name"]),
    ],
)
def test_what_is_wrong_comes_back_filled_in(client, wrong, fields):
    answer = client.post(ENTER, TYPED | wrong)
    assert (answer.status_code, errors_of(answer), Entry.objects.count()) == (422, fields, 0)
    assert "祝宇" in text_of(answer)


def test_a_form_sent_twice_makes_one_entry(client):
    typed = TYPED | {"form_key": str(uuid.uuid4())}
    answers = [client.post(ENTER, typed).url for _ in range(2)]
    assert (len(set(answers)), Entry.objects.count()) == (1, 1)


def test_whoever_is_in_is_shown_the_way_there(registering, client, me):
    entry = draft(registering, me)
    page = text_of(client.get(ENTER))
    assert ("您已经在报名里" in page, at("entry", entry) in page, "开始报名" in page) == (True, True, False)
    assert client.post(ENTER, TYPED).status_code == 422


@pytest.mark.parametrize(("state", "words"), [("approved", "去认领推荐名额"), ("submitted", "正在推荐您")])
def test_whom_a_unit_recommends(registering, client, state, words):
    row = units.desk(registering).row(name="祝宇", phone="13800138001")
    for step in ("submitted", state):
        type(row).objects.filter(pk=row.pk).update(state=step)
    page = text_of(client.get(ENTER))
    assert (words in page, reverse("claim_code") in page) == (True, True)
    assert client.post(ENTER, TYPED).status_code == (422 if state == "approved" else 302)


# --- Change -----------------------------------------------------------------------------------------------


def test_changing_a_draft(registering, client, me):
    entry = draft(registering, me)
    assert client.post(
        at("entry_edit", entry), TYPED | {"track": "university", "kind": "team", "team_name": "智绘队"}
    ).url
    entry.refresh_from_db()
    assert (entry.track.code, entry.kind, entry.team_name, entry.members_limit) == ("university", "team", "智绘队", 10)


def test_a_wrong_change_comes_back_filled_in(registering, client, me):
    entry = draft(registering, me)
    answer = client.post(at("entry_edit", entry), TYPED | {"organisation": "", "name": "祝 宇1"})
    assert (answer.status_code, errors_of(answer)) == (422, ["id_organisation"])
    assert 'value="祝 宇1"' in text_of(answer)


def test_what_is_fixed_is_shown_and_not_asked(registering, client, me):
    entry = entered(registering, me)
    page = text_of(client.get(at("entry_edit", entry)))
    assert ('name="track"' in page, 'name="kind"' in page, "提交后不能再换" in page) == (False, False, False)
    assert (
        client.post(at("entry_edit", entry), TYPED | {"track": "youth", "organisation": "龙岗中学"}).status_code == 302
    )
    entry.refresh_from_db()
    assert (entry.track.code, entry.organisation) == ("worker", "龙岗中学")


def test_after_the_close_the_page_says_whom_to_ask(registering, client, me):
    entry = draft(registering, me)
    units.contact(registering)
    clock.set_now(REGISTERING.replace(day=26))
    page = text_of(client.get(at("entry_edit", entry)))
    assert ("自主报名已截止" in page, "worker@example.test" in page, 'name="organisation"' in page) == (
        True,
        True,
        False,
    )
    answer = client.post(at("entry_edit", entry), TYPED | {"organisation": "迟到的单位"})
    assert (answer.status_code, "迟到的单位" in text_of(answer)) == (422, True)


def test_a_contact_opens_it_again(registering, client, me):
    entry, contact = draft(registering, me), units.contact(registering)
    with pytest.raises(Refused) as early:
        entering.unlock_entry(entry, REGISTERING.replace(day=24), by=contact, reason="来电说明")
    assert early.value.codes == ["extension.not_later"]
    clock.set_now(REGISTERING.replace(day=26))
    entering.unlock_entry(entry, REGISTERING.replace(day=28), by=contact, reason="来电说明")
    assert client.post(at("entry_edit", entry), TYPED).url == at("entry", entry)


def test_a_signed_out_change_waits(registering, me):
    entry, visitor = draft(registering, me), Client()
    visitor.post(at("entry_edit", entry), TYPED | {"organisation": "改到一半"})
    visitor.force_login(me, backend="core.accounts.backends.Backend")
    assert "改到一半" in text_of(visitor.get(at("entry_edit", entry)))


# --- Enter ------------------------------------------------------------------------------------------------


def test_the_verdict_before_pressing(registering, client, me):
    entry = draft(registering, me)
    assert "此刻还不能提交，差 1 处" in text_of(client.get(at("entry_submit", entry)))
    claim(entry)
    page = text_of(client.get(at("entry_submit", entry)))
    texts = registering.rulebook.consents_of("participant", "account")
    assert ("可以提交" in page, all(text.text in page for text in texts)) == (True, True)


def test_a_box_left_out_is_named(registering, client, me):
    entry = draft(registering, me)
    claim(entry)
    answer = client.post(at("entry_submit", entry), {"consent_privacy": "on"})
    assert (answer.status_code, errors_of(answer)) == (422, ["id_consent_originality"])


def test_the_second_tab_is_told(registering, client, me):
    entry = entered(registering, me)
    assert client.post(at("entry_submit", entry), TICKED).url == at("entry", entry)
    assert "不用再提交" in text_of(client.get(at("entry", entry)))


def test_a_late_press_is_answered_in_words(registering, client, me):
    entry = draft(registering, me)
    claim(entry)
    clock.set_now(registering.window("register").closes)
    answer = client.post(at("entry_submit", entry), TICKED)
    assert (answer.status_code, "自主报名已截止" in text_of(answer)) == (422, True)


# --- Leave, and who may ------------------------------------------------------------------------------------


def test_leaving_asks_first(registering, client, me):
    entry = draft(registering, me)
    assert "退出比赛？" in text_of(client.get(at("entry_withdraw", entry)))
    answer = client.post(at("entry_withdraw", entry), {"reason": "临时出差"})
    entry.refresh_from_db()
    assert (answer.url, entry.state, client.post(ENTER, TYPED).status_code) == (ENTER, "withdrawn", 302)


def test_only_the_representative_acts(registering, me):
    entry = draft(registering, me, team_name="智绘科普队")
    member = person("胡燕", "13800138003")
    join(teams.invite(entry, "member", by=me, name="胡燕"), by=member)
    pages = ["entry_edit", "entry_submit", "entry_withdraw"]
    assert [signed_in(member).get(at(page, entry)).status_code for page in pages] == [403] * 3
    stranger = signed_in(person("路人", "13800138004"))
    assert [stranger.get(at(page, entry)).status_code for page in pages] == [404] * 3


@pytest.mark.parametrize("name", ["entry", "entry_edit", "entry_submit", "entry_withdraw"])
def test_nothing_typed_comes_alive(registering, client, me, name):
    entry = draft(registering, me, team_name="智绘科普队")
    Entry.objects.filter(pk=entry.pk).update(team_name="<img src=x>{{7*7}}", organisation="<img src=x>")
    html = text_of(client.get(at(name, entry)))
    assert ("<img src=x>" in html, "&lt;img src=x&gt;{{7*7}}" in html) == (False, True)


# --- The desk ---------------------------------------------------------------------------------------------


def test_a_participant_lands_on_the_entry(registering, client, me):
    assert client.get(reverse("desk")).url == ENTER
    entry = draft(registering, me)
    assert client.get(reverse("desk")).url == at("entry", entry)


def test_several_roles_are_offered(registering, me):
    entry, desk = draft(registering, me), units.desk(registering)
    units.units.join(units.units.invite_officer(desk.unit, by=None, email="me@example.test"), by=me)
    page = text_of(signed_in(me).get(reverse("desk")))
    assert (at("entry", entry) in page, reverse("recommendation", args=[desk.unit.pk]) in page) == (True, True)
