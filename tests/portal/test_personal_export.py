"""One's own data in one file: everything of one's own, nothing of anybody else, no formula."""

import io
import json
import zipfile

import pytest
from openpyxl import load_workbook

from aisc_portal import personal
from core import clock
from core.accounts.models import User
from registrations.entry_models import Entry
from registrations.services import eligibility, guardians, teams
from registrations.services.stamping import Upload
from tests.core import good_files
from tests.core.test_sheets_writing import HOSTILE
from tests.registrations import staff
from tests.registrations.entries.build import REGISTERING, claim, draft, join, person

OTHER = "13800138002"
PDF = good_files.pdf()


@pytest.fixture
def child(edition) -> User:
    """祝宇, twelve, represents a team of two."""
    clock.set_now(REGISTERING)
    child = person("祝宇", "13800138001")
    team = draft(edition, child, "youth", team_name="智绘队", organisation="")
    join(teams.invite(team, "member", by=child, name="胡燕", phone=OTHER), by=person("胡燕", OTHER))
    member = team.people.get(user=child)
    guardians.save_birth(member, "2012-05", by=child)
    guardians.ask(member, name="祝母", phone="13800138099", relation="母亲", by=child)
    eligibility.save_claim(team, "pupil", {}, by=child, upload=Upload("学生证.pdf", io.BytesIO(PDF)))
    return child


def exported(user: User) -> zipfile.ZipFile:
    answer = staff.signed_in(user).post("/account/personal/export/")
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_what_is_in_it(child):
    archive = exported(child)
    data = json.loads(archive.read("data.json"))
    assert archive.namelist() == ["data.json", "我的信息.xlsx", "files/1-学生证.pdf"]
    assert archive.read("files/1-学生证.pdf") == PDF
    assert data["出生年月"] == [{"报名编号": Entry.objects.get().number, "出生年月": "2012-05"}]
    assert (data["账号"][1], data["报名与成员"][0]["姓名"]) == ({"项目": "手机号", "内容": "+8613800138001"}, "祝宇")
    assert (data["监护人"][0]["监护人"], data["监护人"][0]["监护人手机号"]) == ("祝*", "138****8099")


def test_a_sheet_for_every_kind(child):
    archive = exported(child)
    book = load_workbook(io.BytesIO(archive.read("我的信息.xlsx")))
    assert book.sheetnames == list(json.loads(archive.read("data.json")))


def test_nothing_of_others(child):
    said = exported(child).read("data.json").decode()
    assert [word for word in ("胡燕", OTHER, "祝母", "13800138099") if word in said] == []


def test_that_it_was_taken_is_recorded(child):
    exported(child)
    event = User.pgh_event_model.objects.get(pgh_obj=child.pk, pgh_label="exported")
    assert (event.pgh_context["verb"], event.pgh_context["actor"]) == ("personal.exported", child.pk)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(edition, text):
    clock.set_now(REGISTERING)
    user = person()
    made = draft(edition, user)
    claim(made, statement=text.replace("\x00", ""))
    book = load_workbook(io.BytesIO(zipfile.ZipFile(personal.export(user, by=user)).read("我的信息.xlsx")))
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
