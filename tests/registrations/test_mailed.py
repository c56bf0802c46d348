"""A workbook and a scan that came by mail, taken in for the unit and recorded as such."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.audit.timeline import timeline
from core.problems import Refused
from core.sheets import write_xlsx
from registrations.models import StampedScan, Workbook
from registrations.services import receiving
from registrations.services.stamping import Upload
from registrations.sheets import row_columns
from tests.registrations import build
from tests.registrations.staff import signed_in

pytestmark = pytest.mark.django_db
LETTER = "12 月 9 日来信"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def workbook(edition, *rows):
    lines = [
        {"seq": n, "name": name, "organisation": "城南中学", "phone": phone, "categories": "A"}
        for n, (name, phone) in enumerate(rows, 1)
    ]
    content = write_xlsx(row_columns(edition.rulebook), lines)
    return SimpleUploadedFile("来件.xlsx", content)


def mailed(desk):
    return reverse("admin:registrations_unit_mailed_page", args=[desk.unit.pk])


def bring(page, desk, *rows):
    """Upload a mailed workbook; the address of its page."""
    return page.post(mailed(desk), {"step": "workbook", "letter": LETTER, "file": workbook(desk.edition, *rows)}).url


def test_from_the_mail_to_the_queue(edition, desk):
    by = build.contact(edition)
    page, own = signed_in(by), desk.row(name="赵小红", phone="13800138099")  # a draft of the unit's own stays as it is
    url = bring(page, desk, ("王小芳", "13800138001"), ("李小芳", "138"))
    seen = page.get(url).context["preview"].digest
    page.post(url, {"seen": seen, "take": "yes", "asked": "other"})
    stored = desk.states
    ready = page.get(url).context["ready"]
    page.post(url, {"submit": "yes", "row": [row.pk for row in ready]})
    last = [(m.label, m.who, m.reason) for m in timeline(desk.form.rows.get(name="王小芳"))]
    assert (stored, [row.name for row in ready]) == (["draft", "draft"], ["王小芳"])
    assert last == [("代单位提交推荐", str(by), LETTER), ("代单位从来件导入", str(by), LETTER)]
    assert (desk.states, own.state) == (["draft", "submitted"], "draft")


def test_a_letter_must_be_named(edition, desk):
    answer = signed_in(build.contact(edition)).post(
        mailed(desk), {"step": "workbook", "letter": "", "file": workbook(edition, ("王小芳", "13800138001"))}
    )
    assert (answer.status_code, Workbook.objects.count()) == (422, 0)


def test_a_file_that_cannot_be_read_is_not_kept(edition, desk):
    broken = SimpleUploadedFile("来件.xlsx", b"not a workbook")
    answer = signed_in(build.contact(edition)).post(
        mailed(desk), {"step": "workbook", "letter": LETTER, "file": broken}
    )
    assert (answer.status_code, Workbook.objects.count()) == (422, 0)


@pytest.mark.parametrize(("who", "status"), [("worker", 200), ("university", 403)])
def test_only_who_looks_after_the_unit_may(edition, desk, who, status):
    assert signed_in(build.contact(edition, who)).get(mailed(desk)).status_code == status


def test_a_stale_preview_writes_nothing(edition, desk):
    page = signed_in(build.contact(edition))
    url = bring(page, desk, ("王小芳", "13800138001"))
    assert (page.post(url, {"seen": "old", "take": "yes"}).status_code, desk.states) == (422, [])


def test_a_compared_scan_is_received(edition, desk):
    by = build.contact(edition)
    desk.submitted()
    uploads = [Upload("盖章.pdf", io.BytesIO(PDF))]
    receiving.receive_scan(desk.form, uploads, letter=LETTER, by=by, compared=True)
    scan = StampedScan.objects.get()
    last = timeline(scan)[0]
    assert (scan.found_by, last.label, last.who, last.reason) == ("typed", "代单位收下盖章扫描件", str(by), LETTER)


def test_a_scan_that_nobody_compared_is_refused(edition, desk):
    desk.submitted()
    uploads = [Upload("盖章.pdf", io.BytesIO(PDF))]
    with pytest.raises(Refused) as refused:
        receiving.receive_scan(desk.form, uploads, letter=LETTER, by=build.contact(edition))
    assert refused.value.codes == ["stamp.unreadable"]
