"""我到哪一步了: steps, the one thing to do, dates and people, as each reader sees them."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aisc_portal import progress
from core import clock
from core.clock import BEIJING
from core.states import move
from core.workdays import deadline_after
from registrations.blocks import Checklist, Reader, Team
from registrations.entry_models import Entry
from registrations.journey import Step, days_of
from registrations.progress import Part, Task
from registrations.services import entering, teams
from registrations.services.dossier import Dossier
from tests.registrations import build as units
from tests.registrations.staff import organiser, signed_in

from .build import REGISTERING, TEXTS, claim, draft, entered, join, person

pytestmark = pytest.mark.django_db

LATER = [
    ("培训", "todo", "12-28 起"),
    ("提交作品", "todo", "12-28 起"),
    ("推选参赛", "todo", "看培训情况推荐"),
    ("积分赛季", "todo", "02-10 至 08-30"),
    ("终审颁奖", "todo", "9 月中下旬"),
]


def page_for(entry, user):
    dossier = Dossier(Entry.objects.get(pk=entry.pk))
    return progress.Page(dossier, Reader.of(user, dossier))


def seen(page):
    return [(step.name, step.state, step.note) for step in page.steps]


def returned(entry):
    """The contact has sent the only condition back."""
    found, now = entry.claims.get(), clock.now()
    move(found, "return", review_note="请盖公章", correct_until=deadline_after(now, 3), decided_at=now, corrected=False)
    return entry


@pytest.fixture
def me(edition):
    clock.set_now(REGISTERING)
    return person()


# --- Steps and the answer ---------------------------------------------------------------------------------


def test_a_draft(edition, me):
    page = page_for(draft(edition, me), me)
    way = [("填写报名", "now", "还差 1 处"), ("资格审核", "todo", "赛道联系人审核"), *LATER]
    assert (page.at, seen(page)) == (1, way)
    assert page.task.say == "还差 1 处，请在 12 月 25 日（周三）24:00 前补齐并提交。"
    assert page.task.href.endswith("/eligibility/")


def test_a_draft_that_lacks_nothing(edition, me):
    entry = draft(edition, me)
    claim(entry)
    assert (page_for(entry, me).task.label, seen(page_for(entry, me))[0][2]) == ("去提交", "可以提交")


def test_a_draft_after_the_close(edition, me):
    entry = draft(edition, me)
    clock.set_now(REGISTERING.replace(day=26))
    page = page_for(entry, me)
    assert (page.task.fix, page.task.label, page.steps[0].state) == (True, "", "fix")
    assert page.task.say.startswith("还没有提交。自主报名已截止")


def test_entered_and_waiting(edition, me):
    page = page_for(entered(edition, me), me)
    assert (page.at, seen(page)[:2]) == (
        2,
        [("填写报名", "done", "12-23 提交"), ("资格审核", "now", "赛道联系人审核中")],
    )
    assert page.task == Task("已提交，等科普工作者赛道联系人审核，结果会发通知。暂不用操作。")


def test_returned_comes_first(edition, me):
    page = page_for(returned(entered(edition, me)), me)
    assert (page.steps[1].state, page.task.fix, page.task.label) == ("fix", True, "去补正")
    assert page.task.say == "参赛条件被退回，请在 12 月 26 日（周四）24:00 前补正。"
    assert page.blocks[0].template.endswith("_fix.html")


def test_returned_too_long_ago(edition, me):
    entry = returned(entered(edition, me))
    clock.set_now(REGISTERING.replace(day=28))
    assert page_for(entry, me).task == Task("参赛条件被退回，补正期已过，请联系赛道联系人。", fix=True)


def test_accepted_looks_ahead(edition, me):
    entry = entered(edition, me)
    move(entry, "accept", decided_at=clock.now())
    page = page_for(entry, me)
    assert (page.at, page.steps[2].state) == (3, "now")
    assert page.task.say == "资格已通过，12 月 28 日（周六）开始培训，暂不用操作。"


def test_rejected_says_so(edition, me):
    entry = entered(edition, me)
    move(entry, "reject", decided_at=clock.now())
    assert page_for(entry, me).task == Task("资格审核没有通过，原因见下面。", fix=True)


def test_the_recommended_have_two_steps_more(edition, me):
    row = units.desk(edition).row(name="祝宇", phone="13800138001")
    for state in ("submitted", "approved"):
        type(row).objects.filter(pk=row.pk).update(state=state, decided_at=datetime(2024, 12, 13, tzinfo=BEIJING))
    row.refresh_from_db()
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    page = page_for(entering.make_entry(edition, values, representative=me, row=row), me)
    ways = [("单位推荐", "done", "12-13 通过"), ("认领名额", "done", "12-23 完成")]
    assert (page.at, len(page.steps), seen(page)[:2]) == (3, 9, ways)


def test_a_later_app_replaces_its_own_step_and_adds_its_part(edition, me, monkeypatch):
    def training(dossier, reader):
        return Part(
            steps=[Step("train", "培训与作品", "fix", "作品 A 待补正")], tasks=[Task("作品 A 被退回。", fix=True)]
        )

    monkeypatch.setattr(progress, "PARTS", (*progress.PARTS, training))
    page = page_for(draft(edition, me), me)
    assert (seen(page)[2], len(page.steps), page.task.say) == (
        ("培训与作品", "fix", "作品 A 待补正"),
        7,
        "作品 A 被退回。",
    )


# --- Dates ------------------------------------------------------------------------------------------------


def test_the_next_dates(edition, me):
    page = page_for(draft(edition, me), me)
    assert [(day.when, day.text, day.note, day.hot) for day in page.days] == [
        ("12-25", "提交报名截止", "24:00", True),
        ("12-27", "启动仪式", "", False),
        ("12-28", "第一主题赛季", "线上共学", False),
        ("02-10", "N 主题积分赛季开始", "自愿参加", False),
        ("08-30", "作品提交截止", "24:00", False),
    ]


def test_other_categories_dates_are_left_out(edition, me):
    entry = draft(edition, me, categories=["C"])
    assert [day.when for day in days_of(Dossier(entry)) if day.text.endswith("主题赛季")] == ["01-10"]


# --- Who sees what ----------------------------------------------------------------------------------------


@pytest.fixture
def team(edition, me):
    entry = draft(edition, me, "university", team_name="智绘科普队", organisation="广州大学")
    join(teams.invite(entry, "member", by=me, name="胡燕"), by=person("胡燕", "13800138003"))
    teams.invite(entry, "member", by=me, name="买买提·艾力", phone="13800138004")
    return entry


def told(entry, user):
    page = page_for(entry, user)
    return [(line.name, line.phone, line.tag, bool(line.href)) for line in Team(page.dossier, page.reader).lines]


def test_the_team_sees_masked_phones_and_who_was_asked(team, me):
    assert told(team, me) == [
        ("祝宇", "138****8001", "已确认", False),
        ("胡燕", "138****8003", "已确认", False),
        ("买买提·艾力", "138****8004", "待本人确认", True),
    ]


def test_the_contact_sees_names_alone(edition, team):
    assert told(team, units.contact(edition, "university")) == [
        ("祝宇", "", "已确认", False),
        ("胡燕", "", "已确认", False),
    ]


def test_a_minor_is_marked_for_the_representative_and_themselves(edition, me):
    team = draft(edition, me, "youth", team_name="小小科普队")
    other, third = person("胡燕", "13800138003"), person("杨彬", "13800138004")
    for user in (other, third):
        join(teams.invite(team, "member", by=me, name=user.real_name), by=user)
    tags = {user.real_name: [line[2] for line in told(team, user)] for user in (me, other)}
    assert tags == {"祝宇": ["待补出生年月"] * 3, "胡燕": ["已确认", "待补出生年月", "已确认"]}


def test_the_words_of_a_contact_are_between_them_and_the_team(edition, me, client):
    desk = units.desk(edition)
    row = desk.row(name="祝宇", phone="13800138001")
    for state in ("submitted", "approved"):
        type(row).objects.filter(pk=row.pk).update(state=state, decided_at=clock.now())
    row.refresh_from_db()
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    entry = entering.make_entry(edition, values, representative=me, row=row)
    claim(entry)
    returned(entering.enter(entry, by=me, accepted=TEXTS))
    url = reverse("entry", args=[entry.pk])
    readers = {"own": me, "officer": desk.officer, "contact": units.contact(edition), "organiser": organiser()}
    pages = {name: signed_in(user).get(url).content.decode() for name, user in readers.items()}
    assert {name for name, html in pages.items() if "请盖公章" in html} == {"own", "contact", "organiser"}
    assert {name for name, html in pages.items() if "138****8001" in html} == {"own"}
    assert {name for name, html in pages.items() if "去补正" in html} == {"own"}


def test_strangers_find_nothing(edition, me):
    url = reverse("entry", args=[draft(edition, me).pk])
    readers = [person("路人", "13800138005"), units.contact(edition, "youth"), units.contact(edition, "worker")]
    assert [signed_in(user).get(url).status_code for user in readers] == [404, 404, 404]  # a draft is their own affair
    assert Client().get(url).url.startswith(reverse("account_login"))


# --- The checklist ----------------------------------------------------------------------------------------


def sections(entry, user):
    page = page_for(entry, user)
    return [(section.title, section.done) for section in Checklist(page.dossier, page.reader).sections]


def test_the_checklist_names_each_page(edition, team, me):
    pages = [("报名信息", True), ("队伍成员", True), ("参赛条件与证明", False), ("告知与承诺", False)]
    assert sections(team, me) == pages


def test_after_entering_only_what_is_open(edition, me):
    assert sections(entered(edition, me), me) == []


@pytest.mark.parametrize(("state", "words"), [("submitted", "正在推荐您"), ("approved", "认领后并入这份报名")])
def test_a_recommendation_meets_an_open_entry(edition, me, state, words):
    entry = draft(edition, me)
    row = units.desk(edition).row(name="祝宇", phone="13800138001")
    for step in ("submitted", state):
        type(row).objects.filter(pk=row.pk).update(state=step)
    page = page_for(entry, me)
    [(said, _, _)] = Checklist(page.dossier, page.reader).hints
    assert words in said


def test_an_account_without_a_phone_is_asked_for_one(edition):
    clock.set_now(REGISTERING)
    mailed = type(person()).objects.create_user("无号", email="nophone@example.test")
    page = page_for(draft(edition, mailed), mailed)
    assert [label for _, _, label in Checklist(page.dossier, page.reader).hints] == ["添加手机号"]


# --- The database is asked as often for one as for three ----------------------------------------------------


def asked(client, url):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_three_people_cost_no_more_than_one(edition, me):
    single = draft(edition, me, "youth", team_name="一人队")
    claim(single)
    client = signed_in(me)
    url = reverse("entry", args=[single.pk])
    asked(client, url)
    alone = asked(client, url)
    for number in (3, 4):
        joining = person(f"队员{'甲乙'[number - 3]}", f"1380013800{number}")
        join(teams.invite(single, "member", by=me, name=joining.real_name), by=joining)
    for condition in ("one", "two"):
        claim(single, condition=condition)
    assert (asked(client, url), alone <= 14) == (alone, True)


def test_three_entries_cost_no_more_than_one(edition):
    """An instructor may be in several."""
    clock.set_now(REGISTERING)
    teacher = person("杨彬", "13800138009")
    counts = []
    for number in (1, 2, 3):
        by = person(f"学生{'甲乙丙'[number - 1]}", f"1380013800{number}")
        entry = draft(edition, by, team_name=f"第{number}队", organisation="龙岗中学")
        join(teams.invite(entry, "instructor", by=by, name="杨彬"), by=teacher)
        client = signed_in(teacher)
        asked(client, reverse("entry", args=[entry.pk]))
        counts.append(asked(client, reverse("entry", args=[entry.pk])))
    desk = signed_in(teacher)
    with CaptureQueriesContext(connection) as found:
        html = desk.get(reverse("desk")).content.decode()
    assert (len(set(counts)), html.count("我到哪一步了"), len(found) <= 10) == (1, 3, True)


def test_a_reader_is_told_apart(edition, team, me):
    dossier = Dossier(team)
    assert Reader.of(me, dossier) == Reader(me, belongs=True, acts=True, reviews=False)
    assert replace(Reader.of(organiser(), dossier), user=me) == Reader(me, belongs=False, acts=False, reviews=True)
