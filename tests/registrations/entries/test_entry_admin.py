"""The contact's queue of entries and the page of one: what is shown, to whom, at what cost; honours."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.audit.timeline import timeline
from core.files.derived.making import derive
from core.files.inspection.checking import check
from core.files.services import keep
from core.notices.models import Notice
from core.sheets import write_xlsx
from registrations.eligibility_models import Honour
from registrations.entry_attention import tiles
from registrations.entry_models import Entry
from registrations.honour_sheets import honour_columns
from registrations.services import eligibility, honours, verdicts
from registrations.services.entering import make_entry
from tests.core import good_files
from tests.registrations import build as desks
from tests.registrations.staff import organiser, signed_in

from .build import REGISTERING, claim, draft, entered, person

pytestmark = pytest.mark.django_db
NAMES = ("祝宇", "王芳", "买买提·艾力")
LIST = "admin:registrations_entry_changelist"
CONFIRMED = {"confirmed": "yes", "reason": "没有公章"}


@pytest.fixture
def contact(edition):
    return desks.contact(edition)


@pytest.fixture
def page(contact):
    return signed_in(contact)


@pytest.fixture
def entry(edition):
    return entered(edition, person())


def several(edition, count: int) -> list[Entry]:
    return [entered(edition, person(name, f"1380013800{i}")) for i, name in enumerate(NAMES[:count])]


def url(entry, name="change", *more) -> str:
    return reverse(f"admin:registrations_entry_{name}", args=[entry.pk, *more])


def text(answer) -> str:
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def listed(page, **asked) -> list[str]:
    found = page.get(reverse(LIST), asked).context["cl"].result_list
    return [entry.representative for entry in found]


# --- The list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["王芳", "wangfang", "wf", "GDAIKP1-{:06}", "{:06}", "龙岗区实验学校 王芳"])
def test_somebody_is_found(edition, page, asked):
    pk = several(edition, 3)[1].pk
    assert listed(page, q=asked.format(pk)) == ["王芳"]


def test_the_list_is_narrowed(edition, page, contact):
    first, second, _ = several(edition, 3)
    for found, verb in ((first, verdicts.return_claim), (second, verdicts.reject_claim)):
        one = found.claims.get()
        verb(one, reason="没有公章", seen=verdicts.mark(one), by=contact)
    assert listed(page) == ["买买提·艾力"]
    assert [listed(page, state=s) for s in ("returned", "rejected", "accepted")] == [["祝宇"], ["王芳"], []]
    assert [len(listed(page, state="all", **asked)) for asked in ({"channel": "register"}, {"channel": "claim"})] == [
        3,
        0,
    ]
    assert [len(listed(page, state="all", category=c)) for c in "AB"] == [3, 0]
    assert (listed(page, age="late"), listed(page, age="fresh")) == ([], ["买买提·艾力"])


def test_the_first_page_counts(edition, contact):
    first, *_ = several(edition, 3)
    one = first.claims.get()
    verdicts.return_claim(one, reason="没有公章", seen=verdicts.mark(one), by=contact)
    assert [tile.number for tile in tiles(contact)] == [2, 0, 1]
    clock.set_now(clock.now() + timedelta(days=4))
    assert [tile.number for tile in tiles(contact)] == [2, 2, 1]
    assert [tile.number for tile in tiles(desks.contact(edition, "youth"))] == [0, 0, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_many(edition, page, count, django_assert_max_num_queries):
    several(edition, count)
    page.get(reverse(LIST))
    for asked in ({}, {"q": "wang"}):
        with django_assert_max_num_queries(14):
            page.get(reverse(LIST), asked)


# --- One entry --------------------------------------------------------------------------------------------


def test_what_helps_to_decide_is_shown(entry, page):
    one = entry.claims.get()
    one.file = proof = keep(io.BytesIO(good_files.pdf()), name="登记证.pdf", owner=None, limit=10**6)
    one.save()
    check(proof)
    derive(proof)
    shown = page.get(url(entry))
    words = text(shown)
    assert [part in words for part in ("省内各级社会组织", "登记证.pdf", "138****8001", "13800138001")] == [
        True,
        True,
        True,
        False,
    ]
    pages = [reverse("evidence_page", args=[one.pk, drawn.pk]) for drawn in proof.pictures]
    assert [f'src="{page}"' in shown.content.decode() for page in pages] == [True, True]
    assert "<iframe" not in shown.content.decode()
    assert [f'data-key="{key}"' in shown.content.decode() for key in "ar"] == [True, True]


def test_the_units_statement_stands_beside(edition, page, django_assert_max_num_queries):
    desk = desks.desk(edition)
    (row,) = desk.submitted(1, name="王芳", phone="13800138009", organisation="始兴县城南中学")
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    found = make_entry(edition, values, representative=person("王芳", "13800138009"), row=row)
    with django_assert_max_num_queries(26):
        words = text(page.get(url(found)))
    assert [part in words for part in ("推荐单位的说明", "始兴县城南中学", "没有有效的盖章扫描件")] == [True] * 3
    assert listed(page, state="all", q="sxx") == listed(page, state="draft", channel="claim") == ["王芳"]


def test_a_phone_is_shown_upon_a_recorded_click(entry, page, contact):
    member = entry.people.get()
    shown = page.post(url(entry, "phone", member.pk))
    assert ("13800138001" in text(shown), timeline(member)[0].verb) == (True, "member.phone_shown")
    assert timeline(member)[0].who == contact.real_name


@pytest.mark.parametrize("what", ["birth", "guardian"])
def test_what_is_not_there_is_not_shown(entry, page, what):
    answer = page.post(url(entry, what, entry.people.get().pk))
    assert answer.status_code == 302


def test_accepting_is_seen_before_it_is_done(entry, page):
    address = url(entry, "accept", entry.claims.get().pk)
    assert "报名变为“资格已通过”" in text(page.get(address))
    page.post(address, {"seen": verdicts.mark(entry.claims.get())})
    entry.refresh_from_db()
    assert (entry.state, Notice.objects.filter(template="entry-accepted").count()) == ("accepted", 1)


@pytest.mark.parametrize(("name", "state"), [("return", "returned"), ("reject", "rejected")])
def test_the_notice_is_seen_before_it_goes(entry, page, name, state):
    one = entry.claims.get()
    address, seen = url(entry, name, one.pk), {"seen": verdicts.mark(one)}
    shown = text(page.post(address, seen | {"reason": "没有公章"}))
    one.refresh_from_db()
    assert ("通知预览" in shown, "没有公章" in shown, one.state) == (True, True, "submitted")
    page.post(address, seen | CONFIRMED)
    one.refresh_from_db()
    assert one.state == state


def test_an_old_page_decides_nothing(entry, page):
    one = entry.claims.get()
    answer = page.post(url(entry, "accept", one.pk), {"seen": "0" * 64})
    assert (answer.status_code, "在您打开之后改过" in text(answer)) == (422, True)


def test_a_verdict_is_taken_back(entry, page):
    one = entry.claims.get()
    verdicts.reject_claim(one, reason="不在范围内", seen=verdicts.mark(one), by=organiser())
    page.post(url(entry, "reconsider", one.pk), {"reason": "来电说明"})
    one.refresh_from_db()
    assert (one.state, one.entry.state) == ("submitted", "entered")


def test_a_closed_entry_is_opened_for_a_while(entry, page):
    answer = page.post(url(entry, "unlock"), {"until": "2024-12-31", "reason": "来电"})
    entry.refresh_from_db()
    assert (answer.status_code, f"{entry.unlocked_until:%Y-%m-%d %H:%M}") == (302, "2024-12-31 16:00")  # UTC
    told = Notice.objects.get(template="entry-unlocked")
    assert (told.recipient == entry.people.get().user, "12 月 31 日" in told.subject) == (True, True)
    past = page.post(url(entry, "unlock"), {"until": "2024-12-01", "reason": "来电"})
    assert (past.status_code, "要晚于现在的截止时间" in text(past)) == (422, True)


def test_a_draft_is_opened_by_its_number_and_not_read(edition, page):
    clock.set_now(REGISTERING)
    begun = draft(edition, person("胡燕", "13800138088"))
    assert page.get(url(begun)).status_code == 404
    found = page.get(reverse("staff_search"), {"q": begun.number}).content.decode()
    assert (url(begun, "unlock") in found, "胡燕" in found) == (True, False)
    asked = text(page.get(url(begun, "unlock")))
    answer = page.post(url(begun, "unlock"), {"until": "2024-12-31", "reason": "来电"})
    begun.refresh_from_db()
    assert ("胡燕" in asked, answer.status_code, begun.unlocked_until is not None) == (False, 302, True)


@pytest.mark.parametrize("name", ["change", "accept", "return", "reject", "reconsider", "unlock"])
def test_another_tracks_contact_finds_nothing(edition, entry, name):
    stranger = signed_in(desks.contact(edition, "youth"))
    more = [] if name in ("change", "unlock") else [entry.claims.get().pk]
    assert stranger.get(url(entry, name, *more)).status_code == 404


def test_a_claim_of_another_entry_is_not_decided_here(edition, page):
    first, second = several(edition, 2)
    assert page.get(url(first, "accept", second.claims.get().pk)).status_code == 404


def test_drafts_are_not_the_contacts_business(entry, page):
    draft = claim(entry, condition="teacher_or_medic", statement="还没写完")
    assert "还没写完" not in text(page.get(url(entry)))
    assert page.get(url(entry, "accept", draft.pk)).status_code == 404


def test_the_next_waiting_entry_follows(edition, page):
    first, second, third = several(edition, 3)
    for minute, found in enumerate((first, second, third)):
        found.claims.update(submitted_at=clock.now() + timedelta(minutes=minute))
    shown = page.get(url(second)).context
    assert (shown["preceding"], shown["following"], shown["waiting"]) == (first, third, 3)
    one = second.claims.get()
    answer = page.post(url(second, "accept", one.pk), {"seen": verdicts.mark(one)})
    assert answer.url == url(third)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_beside_many(edition, page, count, django_assert_max_num_queries):
    found = several(edition, count)[0]
    for code in ("teacher_or_medic", "ai_author")[: count - 1]:
        claim(found, condition=code, dated=clock.now().date())
    if count > 1:
        eligibility.submit_claims(found, by=found.people.get().user)
    page.get(url(found))
    with django_assert_max_num_queries(20):
        page.get(url(found))


# --- Many -------------------------------------------------------------------------------------------------


def test_many_are_listed_then_accepted(edition, page):
    found = several(edition, 3)
    chosen = {"action": "accept_entries", "_selected_action": [entry.pk for entry in found[:2]]}
    shown = page.post(reverse(LIST), chosen)
    seen = re.findall(r'name="seen" value="([^"]+)"', shown.content.decode())
    assert ("认可所选 2 份" in text(shown), len(seen)) == (True, 2)
    page.post(reverse(LIST), chosen | {"confirmed": "yes", "seen": seen})
    assert [Entry.objects.get(pk=entry.pk).state for entry in found] == ["accepted", "accepted", "entered"]


def test_what_was_not_listed_is_not_accepted(edition, page):
    (found,) = several(edition, 1)
    chosen = {"action": "accept_entries", "_selected_action": [found.pk], "confirmed": "yes"}
    page.post(reverse(LIST), chosen | {"seen": [f"{found.pk}:{found.claims.get().pk}:0"]})
    page.post(reverse(LIST), chosen)
    found.refresh_from_db()
    assert found.state == "entered"


# --- Honours ----------------------------------------------------------------------------------------------

HONOURS = "admin:registrations_honour"
SOURCE = "粤科协发〔2021〕1号"


def rows(**more) -> dict[str, str]:
    return {"title": "广东省最美科技工作者", "holder": "祝宇", "year": "2021", "source": SOURCE} | more


def brought(*lines: dict) -> SimpleUploadedFile:
    columns = honour_columns({"finest_worker": "广东省最美科技工作者"})
    return SimpleUploadedFile("名单.xlsx", write_xlsx(columns, list(lines)))


def test_an_honour_is_added_and_found_by_pinyin(edition):
    desk = signed_in(organiser())
    desk.post(
        reverse(f"{HONOURS}_add"), {"title": "finest_worker", "holder": "祝 宇", "year": "2021", "source": SOURCE}
    )
    shown = desk.get(reverse(f"{HONOURS}_changelist"), {"q": "zhuyu"})
    assert (Honour.objects.get().holder, "广东省最美科技工作者" in text(shown)) == ("祝宇", True)


def test_contacts_look_and_do_not_write(edition, page):
    codes = [page.get(reverse(f"{HONOURS}_{name}")).status_code for name in ("changelist", "add", "import_page")]
    assert codes == [200, 403, 403]


def test_a_list_is_looked_at_then_imported(edition):
    desk, address = signed_in(organiser()), reverse(f"{HONOURS}_import_page")
    wrong = [rows(title="劳动模范"), rows(year="21"), rows(holder="", organisation="某校"), rows(source="")]
    shown = desk.post(address, {"file": brought(rows(), *wrong, rows())})
    said = text(shown)
    expected = ("没有“劳动模范”这个称号", "年份请填", "请填写获得者", "请填写依据", "与第 2 行相同")
    assert [words in said for words in expected] == [True] * 5
    assert Honour.objects.count() == 0
    sheet = re.search(r'name="sheet" value="([^"]+)"', shown.content.decode())[1]
    desk.post(address, {"sheet": sheet})
    assert [(honour.title, honour.holder, honour.year, honour.pinyin) for honour in Honour.objects.all()] == [
        ("finest_worker", "祝宇", 2021, "zhuyu zy")
    ]


def test_the_same_list_again_changes_nothing(edition):
    by = organiser()
    desk, address = signed_in(by), reverse(f"{HONOURS}_import_page")
    honours.save_honour(Honour(title="finest_worker", holder="祝宇", year=2021, source="旧文号"), by=by)
    honours.save_honour(Honour(title="finest_worker", holder="王芳", source=SOURCE), by=by)
    said = text(desk.post(address, {"file": brought(rows(), rows(holder="王芳", year=""))}))
    assert ("依据有变 1 行" in said, "已有 1 行" in said) == (True, True)


def test_an_honour_in_use_stays(edition, entry):
    by = organiser()
    found = honours.save_honour(Honour(title="finest_worker", holder="祝宇", source=SOURCE), by=by)
    claim(entry, condition="honoured", honour=found)
    desk = signed_in(by)
    answer = desk.post(reverse(f"{HONOURS}_delete", args=[found.pk]), {"post": "yes"}, follow=True)
    assert ("不能删除" in text(answer), Honour.objects.count()) == (True, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_registry_costs_the_same_for_many(edition, count, django_assert_max_num_queries):
    by = organiser()
    for name in NAMES[:count]:
        honours.save_honour(Honour(title="finest_worker", holder=name, source=SOURCE), by=by)
    desk = signed_in(by)
    desk.get(reverse(f"{HONOURS}_changelist"))
    with django_assert_max_num_queries(12):
        desk.get(reverse(f"{HONOURS}_changelist"))
