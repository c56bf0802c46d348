"""Personal data goes when its term is up, by kind, once; and the yearly audit of minors' data."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from aisc_portal import invariants, personal, tasks
from core import clock
from core.clock import BEIJING
from core.files.models import StoredFile
from core.jobs.services import drain_all
from core.notices.models import Notice
from registrations.models import PrintedForm, RecommendationRow, StampedScan, SummaryExport, Workbook
from registrations.personal_models import BirthMonth, Guardian
from registrations.rules.retention import expires_at
from registrations.services import guardians, personal_audit, personal_purge
from registrations.services.personal_retention import terms
from tests.portal.test_personal_life import Life, live
from tests.registrations import build, staff
from tracks.models import Edition


@pytest.mark.parametrize(
    ("ended", "months", "until"),
    [
        (datetime(2025, 12, 31, tzinfo=BEIJING), 2, datetime(2026, 2, 28, tzinfo=BEIJING)),
        (datetime(2025, 12, 1, tzinfo=BEIJING), 12, datetime(2026, 12, 1, tzinfo=BEIJING)),
        (datetime(2024, 1, 31, tzinfo=BEIJING), 1, datetime(2024, 2, 29, tzinfo=BEIJING)),
    ],
)
def test_months_after(ended, months, until):
    assert expires_at(ended, months) == until


@pytest.fixture
def life(edition, settings, tmp_path) -> Life:
    settings.MEDIA_ROOT = tmp_path
    return live(edition)


def until(edition: Edition, data: str) -> datetime:
    return next(term.until for term in terms(edition) if term.data == data)


def test_each_kind_in_its_time(edition, life):
    guardian = until(edition, "guardian")
    assert personal.expire(guardian - timedelta(seconds=1)) == {}
    assert {kind: number for (_, kind), number in personal.expire(guardian).items()} == {
        "监护人的姓名和手机号": 1,
        "出生年月": 1,
    }
    assert (Guardian.objects.get().phone, BirthMonth.objects.count()) == ("", 0)
    assert (Guardian.objects.get().state, life.entry.people.get().band) == ("given", "under_first")
    assert RecommendationRow.objects.get().phone == "+8613800138701"


def test_all_of_it_once_and_the_statistics_stay(edition, life, tmp_path):
    before, late = personal_purge.statistics(), until(edition, "contact")
    Notice.objects.update(created=clock.now())  # a notice's own clock is the real one
    assert len(personal.expire(late)) == 5
    drain_all()
    assert personal.expire(late) == {}
    assert personal_purge.statistics() == before
    assert [finding for finding in invariants.check() if finding[1]] == []
    left = [model.objects.count() for model in (StoredFile, PrintedForm, StampedScan, Workbook)]
    row = RecommendationRow.objects.get()
    assert (left, [p for p in tmp_path.rglob("*") if p.is_file()]) == ([0] * 4, [])
    assert (row.phone, row.email, row.state, row.name) == ("", "", "approved", "祝小满宇")
    assert set(Notice.objects.exclude(state="queued").values_list("text", "address")) == {("", "")}


def test_a_dry_run_changes_nothing(edition, life, capsys):
    clock.set_now(until(edition, "contact"))
    call_command("retention", dry_run=True)
    assert "会清理" in capsys.readouterr().out
    assert RecommendationRow.objects.get().phone != ""
    call_command("retention")
    assert RecommendationRow.objects.get().phone == ""


def test_the_nightly_task_takes_its_slot(edition, life):
    clock.set_now(until(edition, "guardian"))
    tasks.expire()
    birth = BirthMonth(member=life.entry.people.get())
    birth.month = "2011-07"
    birth.save()
    tasks.expire()
    assert BirthMonth.objects.count() == 1  # the second firing found its slot taken


def test_two_of_one_name_may_both_lose_their_phone(edition):
    desk = build.desk(edition)
    desk.submitted(name="王芳", phone="13800138001")
    desk.submitted(name="王芳", phone="13800138002")
    personal.expire(until(edition, "contact"))
    assert list(RecommendationRow.objects.values_list("phone", flat=True)) == ["", ""]


def test_the_audit_counts_and_names_nobody(edition, life):
    organiser = life.organiser
    birth = BirthMonth.objects.get()
    guardians.reveal_birth(birth, by=organiser)
    year = datetime.now(UTC).year
    sections = {s.title: s for s in personal_audit.audit(edition, year, by=organiser)}
    (count,) = sections["人数"].rows
    assert (count[1:], list(sections["监护人同意"].rows)) == (
        ("不满 14 周岁", "资格已通过", 1),
        [("不满 14 周岁", "监护人已同意", 1)],
    )
    looks = [(who, number, what) for _, who, number, what in sections["查看记录"].rows]
    number = life.entry.number
    assert looks == [
        ("联系人youth", number, "手机号"),
        ("联系人youth", number, "监护人姓名和电话"),
        ("组委", number, "出生年月"),
    ]
    assert "祝小满宇" not in str(sections)
    assert SummaryExport.objects.get().scope == f"未成年人信息年度审计表 {year} 年"


def test_the_audit_tells_deletions(edition, life):
    clock.set_now(until(edition, "guardian"))
    personal.expire(clock.now())
    sections = {s.title: s for s in personal_audit.audit(edition, datetime.now(UTC).year, by=life.organiser)}
    told = {(why, table) for _, why, table, _ in sections["删除与到期清理"].rows}
    assert ("到期清理个人信息", "registrations_guardianevent") in told


def test_the_audit_as_a_workbook(edition, life, tmp_path):
    year = datetime.now(UTC).year
    page = reverse("admin:registrations_deletionrequest_audit_page")
    answer = staff.signed_in(life.organiser).post(page, {"year": year})
    assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "人数"
    call_command("minors_audit", year, tmp_path / "out.xlsx", by="organiser@example.test")
    assert SummaryExport.objects.count() == 2


def test_another_month_leaves_a_trace(edition, life):
    labels = BirthMonth.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(labels) == ["insert", "changed"]
