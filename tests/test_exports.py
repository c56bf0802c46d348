"""Whatever we hand out, re-read after hostile names: no formula, no crash, every text as it was (R15)."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

import docx
import pypdfium2
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core.printing.glyphs import missing_glyphs
from core.sheets import Column, write_csv, write_xlsx
from registrations.models import RecommendationRow, Region, Unit
from registrations.rules import normal_text
from registrations.services.facts import FormFacts
from registrations.sheets import INVITE_COLUMNS, row_columns, row_template, unit_columns
from tests.contest import load_guangdong
from tests.registrations import build
from tests.registrations.staff import organiser, signed_in
from tests.world import a_world, addresses

STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", "'=", "''=", " =", "　=", "\u200b=", "\ufeff=", "＝", '"=', "|="]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://127.0.0.1")', "SUM(A1:A9)", "WEBSERVICE(A1)"]
OTHERS = [
    "#N/A", "#REF!", "TRUE", "1e308", "00123", "_x0041_", "_x000D_=1+1", "王\x01芳", "王\x0b芳", "王\x1f\x7f=芳",
    "王\u202e芳", "\u2028=1+1", "]]><f>1+1</f>", "</t></is><f>1</f>", "&lt;&#61;1", "{{ 7*7 }}", "问题", "注：=1+1",
    "阿依古丽·买买提", "𠮷田䶮",
]  # fmt: skip
PAYLOADS = [start + body for start, body in product(STARTS, BODIES)] + OTHERS


@dataclass
class Stage:
    """Contest whose every free text is hostile, and who looks at it."""

    desk: build.Desk
    officer: Client
    staff: Client

    def get(self, name: str, who: Client, *args: object) -> bytes:
        """A download."""
        return taken(who.get(reverse(name, args=args)))

    def rewrite(self, texts: list[str]) -> None:
        """Put two texts into every submitted row, as an import of old data might: past the rules."""
        rows = self.desk.form.rows.order_by("position")
        for row, name, other in zip(rows, texts[::2], texts[1::2], strict=True):
            said = {"name": name, "organisation": other, "team_name": name, "email": other, "review_note": name}
            RecommendationRow.objects.filter(pk=row.pk).update(**said)


def taken(answer) -> bytes:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.content


def upload_of(columns: tuple[Column, ...], lines: list[dict[str, str]]) -> SimpleUploadedFile:
    return SimpleUploadedFile("=1+1.xlsx", write_xlsx(columns, lines))


@pytest.fixture
def stage(db) -> Stage:
    desk = build.desk(load_guangdong(), "pilot")
    desk.submitted(50)
    stage = Stage(desk, signed_in(desk.officer), signed_in(organiser()))
    stage.rewrite(PAYLOADS)
    return stage


# --- The exports ------------------------------------------------------------------------------------------


def summary(stage: Stage) -> bytes:
    asked = {"track": "", "whole_phones": "on", "reason": "=1+1"}
    return taken(stage.staff.post(reverse("admin:registrations_recommendationrow_summary_page"), asked))


def marked(stage: Stage) -> bytes:
    url = stage.officer.post(reverse("workbook_new", args=[stage.desk.unit.pk]), {"file": rows_of(stage)}).url
    return taken(stage.officer.get(f"{url}marked.xlsx"))


def mailed(stage: Stage) -> bytes:
    page = reverse("admin:registrations_unit_mailed_page", args=[stage.desk.unit.pk])
    url = stage.staff.post(page, {"step": "workbook", "letter": "=1+1", "file": rows_of(stage)}).url
    return taken(stage.staff.post(url, {"marked": "yes"}))


def rows_of(stage: Stage) -> SimpleUploadedFile:
    lines = [{"name": text, "organisation": text, "phone": text, "categories": text} for text in PAYLOADS]
    return upload_of(row_columns(stage.desk.edition.rulebook), lines)


def listed(stage: Stage, page: str, columns: tuple[Column, ...]) -> bytes:
    """A list of the organiser's, given back with its wrong cells marked."""
    url = reverse(f"admin:registrations_unit_{page}_page")
    lines = [{column.key: text for column in columns} for text in PAYLOADS]
    shown = stage.staff.post(url, {"file": upload_of(columns, lines)}).content.decode()
    sheet = re.search(r'name="sheet" value="([^"]+)"', shown)[1]
    return taken(stage.staff.post(url, {"sheet": sheet, "marked": "1"}))


def regions(stage: Stage) -> bytes:
    codes = [f"{45 + number // 50}{number % 50:02}00" for number in range(len(PAYLOADS))]
    made = [Region(code=code, name=text, level="prefecture") for code, text in zip(codes, PAYLOADS, strict=True)]
    Region.objects.bulk_create(made)
    return stage.get("admin:registrations_unit_import_template", stage.staff)


def units(stage: Stage) -> bytes:
    region = Region.objects.all()[0]
    Unit.objects.bulk_create([Unit(full_name=text, team_name=text, kind="base", region=region) for text in PAYLOADS])
    return stage.get("admin:registrations_unit_invite_template", stage.staff)


def paper(kind: str, stage: Stage) -> bytes:
    """附件2, printed with the unit's name hostile too; the PDF refuses what its font lacks, so that stays out."""
    if kind == "pdf":
        stage.rewrite([text if printable(text) else "王小芳" for text in PAYLOADS])
    Unit.objects.filter(pk=stage.desk.unit.pk).update(full_name="=1+1")
    return stage.get(f"stamp_{kind}", stage.officer, stage.desk.unit.pk)


def printable(text: str) -> bool:
    return not missing_glyphs(normal_text(text))


EXPORTS: dict[str, Callable[[Stage], bytes]] = {
    "row_export": lambda stage: stage.get("row_export", stage.officer, stage.desk.unit.pk),
    "workbook_marked": marked,
    "mailed_workbook": mailed,
    "summary": summary,
    "unit_import_marked": partial(listed, page="import", columns=unit_columns()),
    "unit_invite_marked": partial(listed, page="invite", columns=INVITE_COLUMNS),
    "unit_import_template": regions,
    "unit_invite_template": units,
    "stamp_pdf": partial(paper, "pdf"),
    "stamp_word": partial(paper, "word"),
    "csv": lambda stage: write_csv([Column("name", "姓名")], [{"name": text} for text in PAYLOADS]),
}


# --- Reading them again -----------------------------------------------------------------------------------


def xlsx_texts(content: bytes) -> list[str]:
    """Every cell, hidden sheets and all, by openpyxl; none may be a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/"))
        assert not re.search(rb"<f[ >/]|<hyperlink", sheets)
        assert not [name for name in parts.namelist() if "external" in name or "vba" in name]
    cells = [cell for page in load_workbook(io.BytesIO(content)) for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if cell.data_type == "n" and isinstance(cell.value, str)]
    return [str(cell.value).replace("_x005F_", "_") for cell in cells if cell.value is not None]


def csv_texts(content: bytes) -> list[str]:
    """As a spreadsheet would read it, without what stops it from reading a formula."""
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@＝＋－＠"))] == []
    return [cell.removeprefix("'") for cell in cells]


def word_texts(content: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(content))
    xml = document.element.xml + document.sections[0].footer._element.xml
    assert set(re.findall(r'w:instr="([^"]*)"', xml)) == {"PAGE", "NUMPAGES"}
    assert "instrText" not in xml
    return [cell.text for table in document.tables for row in table.rows for cell in row.cells]


def pdf_texts(content: bytes) -> list[str]:
    pages = list(pypdfium2.PdfDocument(content))
    assert [pypdfium2.raw.FPDFPage_GetAnnotCount(page) for page in pages] == [0] * len(pages)
    return ["".join(page.get_textpage().get_text_range() for page in pages)]


READERS = {b"PK": xlsx_texts, b"%P": pdf_texts, b"\xef\xbb": csv_texts}


def bare(text: str) -> str:
    """Without what every export leaves out or may move: control and invisible characters, white space."""
    return re.sub(r"\s", "", normal_text(text))


def test_there_are_a_hundred():
    assert (len(PAYLOADS), len(set(PAYLOADS)), max(map(len, PAYLOADS)) <= 40) == (100, 100, True)


@pytest.mark.parametrize("name", EXPORTS)
def test_hostile_texts_come_out_as_text(stage, name):
    content = EXPORTS[name](stage)
    texts = (word_texts if name == "stamp_word" else READERS[content[:2]])(content)
    found = {bare(text) for text in texts}
    wanted = [text for text in PAYLOADS if name != "stamp_pdf" or printable(text)]
    whole = next(iter(found)) if name == "stamp_pdf" else ""
    assert [text for text in wanted if bare(text) not in found and bare(text) not in whole] == []


def test_a_units_hostile_name_stands_as_text_in_its_template(db):
    desk = build.desk(load_guangdong(), "society", email="society@example.test")
    facts = FormFacts(desk.form)
    for text in PAYLOADS:
        desk.form.unit.full_name = text
        assert bare(text) in {bare(cell) for cell in xlsx_texts(row_template(facts))}


# --- None is forgotten ------------------------------------------------------------------------------------

# Source → which exports above come through it, or why none need to.
HANDS_OUT = {
    "core/files/serving.py": "files as they were uploaded, in a sandbox",
    "registrations/admin/uploads.py": "unit_*, summary, mailed_workbook",
    "registrations/views/claiming.py": "unit_codes: slips, a PDF of names and codes",
    "aisc_portal/personal_views.py": "personal_export: tests/portal/test_personal_pages.py",
    "aisc_portal/admin.py": "the audit of minors' data: counts alone",
    "registrations/views/stamp.py": "stamp_pdf, stamp_word",
    "registrations/views/workbooks.py": "row_*, workbook_marked",
    "registrations/views/works.py": "work_manifest: text, tests/registrations/works",
    "seasons/views/training.py": "course_calendar: tests/seasons/training/test_calendars.py",
    "awards/views/certificates.py": "unit_certificates_zip: tests/awards/certificates/test_handing_out.py",
    "judging/views/downloads.py": "scores, ranking and ballots as workbooks and CSV: tests/judging",
    "tracks/admin/contest.py": "the edition's own text, as it was loaded",
    "tracks/views.py": "blank-form: the edition's words alone",
}
DOWNLOADS = {  # addresses that answer a GET with a file
    "announcement_file", "announcement_picture", "group_code",  # the small contest shows a PNG, never shown in a page
    "blank-form", "row_template", "row_export", "workbook_marked", "stamp_pdf", "stamp_word", "scan",
    "admin:registrations_unit_import_template", "admin:registrations_unit_invite_template",
    "admin:tracks_edition_download", "admin:registrations_honour_import_template",
    "course_calendar", "admin:seasons_course_export", "admin:seasons_course_import_template",
    "admin:seasons_season_export", "admin:judging_round_import_template", "admin:judging_round_scores",
    "verify_offline", "certificate_file",
    "admin:awards_certificatebatch_result", "admin:awards_certificate_file",
    "points_bundle", "publicity_sheet", "publicity_csv",
    "scan_page",  # the small contest's picture of a scan is none that is shown
}  # fmt: skip


def test_no_other_source_hands_out_files():
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for app in ("core", "tracks", "registrations", "judging", "seasons", "awards", "aisc_portal")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if re.search(r"Content-Disposition|FileResponse|as_attachment", path.read_text(encoding="utf-8"))
    }
    assert found == set(HANDS_OUT)


def who(name: str) -> str:
    """Who gets furthest at an address."""
    return "organiser" if name.startswith("admin") else "officer"


def test_no_other_address_hands_out_files(db):
    with a_world() as world:
        found = {
            name
            for name in addresses()
            if "Content-Disposition" in world.send(who(name), "GET", world.path(name)).headers
        }
    assert found == DOWNLOADS


def test_the_blank_form_is_plain(client, db):
    load_guangdong()
    assert "推荐单位" in xlsx_texts(taken(client.get(reverse("blank-form"))))
