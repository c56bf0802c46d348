"""The stamped scan: the right paper is taken, any other is refused with its reasons, a later edit voids it."""

from typing import Any
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from core.audit.timeline import timeline
from core.files.models import StoredFile
from core.jobs.services import drain_all
from core.problems import Refused
from registrations.models import PrintedForm, RecommendationRow, StampedScan
from registrations.pages import SheetPage
from registrations.rules.stamp import PrintedRow, content_hash, differences
from registrations.services import recommending, reviewing
from registrations.services.facts import FormFacts
from registrations.services.stamping import StaleScan, Stamp, code_of, upload_scan
from tests.core.hostile_files import pdfs
from tests.registrations import build
from tests.registrations.build import Desk
from tests.registrations.paper import file_of, paper, photograph, pictures, printed, printed_pdf, upload
from tests.registrations.staff import signed_in


@pytest.fixture(autouse=True)
def _private_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PRIVATE_FILES_ACCEL = ""


@pytest.fixture
def rows(desk: Desk) -> list[RecommendationRow]:
    """Three rows, submitted."""
    return desk.submitted(3)


@pytest.fixture
def scan(desk: Desk, rows: list[RecommendationRow]) -> bytes:
    """What comes out of the scanner."""
    return printed_pdf(desk)


def send(desk: Desk, *contents: bytes, **how: Any) -> list[StampedScan]:
    return upload_scan(desk.form, [upload(content) for content in contents], by=desk.officer, **how)


def refused(desk: Desk, *contents: bytes, **how: Any) -> list[str]:
    """Why an upload is refused; nothing may be kept of it."""
    before = StoredFile.objects.count()
    with pytest.raises(Refused) as refusal:
        send(desk, *contents, **how)
    assert StoredFile.objects.count() == before
    return refusal.value.codes


def edit(row: RecommendationRow, **values: Any) -> None:
    """Change a submitted row; returned rows, the organiser and plain SQL all come to this."""
    RecommendationRow.objects.filter(pk=row.pk).update(**values)


def blank_page() -> bytes:
    """A page without any code."""
    return file_of([Image.new("RGB", (800, 600), "white")])


# --- The right paper --------------------------------------------------------------------------------------


def test_the_right_scan_is_kept_as_it_was_sent(desk, scan):
    (kept,) = send(desk, scan)
    assert (kept.found_by, kept.printed.version, kept.uploaded_by) == ("qr", 1, desk.officer)
    assert kept.file.blob.read() == scan
    assert Stamp(desk.form).valid == [kept]


def test_a_photograph_will_do(desk, scan):
    (picture,) = pictures(scan)
    (kept,) = send(desk, file_of([photograph(picture, turned=92, blur=0.6, grain=0.1)]))
    assert kept.file.kind.label == "JPG 图片"


def test_the_same_file_again_is_the_same_scan(desk, scan):
    assert send(desk, scan) == send(desk, scan, scan)
    assert StoredFile.objects.count() == 1


def test_deeds_are_recorded(desk, scan):
    (kept,) = send(desk, scan)
    told = {(moment.verb, moment.who) for moment in timeline(kept.printed, kept)}
    assert told == {("scan.uploaded", "经办人"), ("form.printed", "经办人")}


def test_on_behalf_is_recorded_as_such(desk, scan):
    contact = build.contact(desk.edition)
    (kept,) = upload_scan(desk.form, [upload(scan)], by=contact, on_behalf=True)
    assert [(moment.verb, moment.who) for moment in timeline(kept)] == [("scan.received", "联系人worker")]


def test_a_scan_of_the_word_file_will_do(desk, rows):
    assert len(send(desk, paper(desk).qr_png(), blank_page())) == 2


def test_several_photographs_are_one_form(desk):
    desk.submitted(25)
    sides = [file_of([picture]) for picture in pictures(printed_pdf(desk))]
    assert len(send(desk, *sides)) == 2


def test_a_missing_page_is_named(desk):
    desk.submitted(25)
    first, _ = pictures(printed_pdf(desk))
    assert refused(desk, file_of([first])) == ["stamp.pages_missing"]


def test_a_page_whose_code_is_smeared_passes_with_the_others(desk):
    desk.submitted(25)
    first, last = pictures(printed_pdf(desk))
    last.paste("red", (last.width - 250, last.height - 250, last.width, last.height))
    assert len(send(desk, file_of([first, last], "pdf"))) == 1


# --- When the code cannot be read -------------------------------------------------------------------------


def test_without_a_code_the_version_is_asked_for(desk, rows):
    printed(desk)
    assert refused(desk, blank_page()) == ["stamp.unreadable"]


def test_the_typed_version_will_do(desk, rows):
    (kept,) = send(desk, blank_page(), typed=code_of(printed(desk)).lower())
    assert (kept.found_by, Stamp(desk.form).valid) == ("typed", [kept])


@pytest.mark.parametrize("typed", ["1-0000", "9-9C1D", "第一版", "1"])
def test_a_version_that_was_never_printed(desk, rows, typed):
    printed(desk)
    assert refused(desk, blank_page(), typed=typed) == ["stamp.code"]


def test_an_old_version_typed_is_as_stale_as_its_code(desk, rows):
    old = code_of(printed(desk))
    edit(rows[0], name="王大芳")
    assert refused(desk, blank_page(), typed=old) == ["stamp.stale", "stamp.row"]


# --- The wrong paper --------------------------------------------------------------------------------------


def test_a_stale_scan_is_refused_with_every_difference(desk, rows, scan):
    edit(rows[0], name="王大芳", categories=["A", "C"])
    edit(rows[1], state="withdrawn")
    desk.submitted(1, name="周小明")
    with pytest.raises(StaleScan) as refusal:
        send(desk, scan)
    assert Stamp(desk.form).table(refusal.value.changes) == [
        ("第 1 行 王大芳", "姓名", "王小芳", "王大芳"),
        ("第 1 行 王大芳", "报名类别", "A", "A、C"),
        ("打印件第 2 行 李小芳", "现在没有了", "", ""),
        ("第 3 行 周小明", "盖章后新增", "", ""),
    ]


def test_a_phone_whose_middle_changed_is_a_difference(desk, rows, scan):
    edit(rows[0], phone="+8613800118000")
    with pytest.raises(StaleScan, match=r"联系电话由“138\*\*\*\*8000”改为“138\*\*\*\*8000（中间几位不同）”"):
        send(desk, scan)


def test_another_units_scan_is_refused(desk, rows, scan):
    other = build.desk(desk.edition, "pilot", email="other@example.test")
    other.submitted(3)
    assert refused(other, scan) == ["stamp.other_unit"]


def test_mixed_versions_are_refused(desk, rows, scan):
    edit(rows[0], name="王大芳")
    assert refused(desk, scan, printed_pdf(desk)) == ["stamp.mixed"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"<html>", "file.kind"),
        (b"PK\x03\x04", "file.kind"),
        (b"%PDF-1.7\n" + b"junk" * 99, "file.corrupt"),
        (b"\x89PNG\r\n\x1a\n" + b"junk" * 99, "file.corrupt"),
        (next(one.content for one in pdfs() if one.why == "script on opening"), "file.active"),
    ],
)
def test_bad_files_are_refused_by_name(desk, rows, content, code):
    assert refused(desk, content) == [code]


def test_too_much_is_refused(desk, rows):
    assert refused(desk) == ["scan.none"]
    assert refused(desk, *[b"%PDF-"] * 11) == ["scan.many"]
    assert refused(desk, b"%PDF-" + b"0" * 11_000_000, b"%PDF-" + b"1" * 11_000_000) == ["scan.large"]
    assert refused(desk, b"%PDF-" + b"0" * 22_000_000) == ["file.too_large"]


def test_a_picture_bomb_is_refused(desk, rows):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (40_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    content = head + crc32(head[12:]).to_bytes(4, "big") + b"\0\0\0\x0cIDAT" + b"x\x9cc\0\0\0\0\0\0\0\0\0" + b"\0" * 99
    assert refused(desk, content) in (["file.too_many_pixels"], ["file.corrupt"])


# --- A later edit voids it --------------------------------------------------------------------------------


def test_an_edit_voids_and_undoing_it_restores(desk, rows, scan):
    (kept,) = send(desk, scan)
    edit(rows[0], name="王大芳")
    stamp = Stamp(desk.form)
    assert (stamp.valid, stamp.void, [c.column for c in stamp.changes]) == ([], kept, ["name"])
    assert [problem.code for problem in stamp.problems()] == ["stamp.void"]
    edit(rows[0], name="王小芳")
    assert (Stamp(desk.form).valid, Stamp(desk.form).void, Stamp(desk.form).problems()) == ([kept], None, [])


def test_review_leaves_the_stamp_alone(desk, rows, scan):
    send(desk, scan)
    contact = build.contact(desk.edition)
    reviewing.approve_row(rows[0], by=contact)
    reviewing.return_row(rows[1], reason="写全称", by=contact)
    assert len(Stamp(desk.form).valid) == 1


def test_withdrawing_voids(desk, rows, scan):
    send(desk, scan)
    recommending.withdraw_row(rows[0], by=desk.officer)
    assert [change.kind for change in Stamp(desk.form).changes] == ["removed"]


def test_a_draft_does_not_void(desk, rows, scan):
    send(desk, scan)
    desk.row()
    assert Stamp(desk.form).problems() == []


def test_a_new_secret_does_not_void(desk, rows, scan, settings):
    send(desk, scan)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert len(Stamp(desk.form).valid) == 1


def test_without_a_scan_the_reviewer_is_told(desk, rows):
    assert [problem.code for problem in Stamp(desk.form).problems()] == ["stamp.missing"]


def test_a_print_stays_as_it_was(desk, rows):
    with pytest.raises(InternalError, match="Cannot update"):
        PrintedForm.objects.filter(pk=printed(desk).pk).update(sha256="0" * 64)


def lines(*names: str) -> list[PrintedRow]:
    """Rows with a name each; the name's first letter is the row."""
    return [PrintedRow(ord(name[0]), {"name": name, "team": "", "phone": ""}, "") for name in names]


def test_order_counts_and_renumbering_does_not():
    assert [c.kind for c in differences(lines("a", "b", "c"), lines("b", "c"))] == ["removed"]
    swapped = differences(lines("a", "b", "c"), lines("b", "a", "c"))
    assert [(c.kind, c.who) for c in swapped] == [("moved", "b"), ("moved", "a")]
    assert content_hash(lines("a", "b")) != content_hash(lines("b", "a"))


# --- The pages --------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return signed_in(desk.officer)


def page(desk: Desk, name: str = "stamp") -> str:
    return reverse(name, kwargs={"unit": desk.unit.pk})


def post(client: Client, desk: Desk, content: bytes, **data: Any) -> Any:
    sent = upload(content)
    return client.post(page(desk), {"files": [SimpleUploadedFile(sent.name, content)], **data})


def test_pdf_and_word_come_as_downloads(desk, rows, clerk):
    pdf, word = clerk.get(page(desk, "stamp_pdf")), clerk.get(page(desk, "stamp_word"))
    assert (pdf.content[:5], word.content[:2]) == (b"%PDF-", b"PK")
    assert "attachment; filename*=UTF-8''%E6%8E%A8" in pdf["Content-Disposition"]
    assert PrintedForm.objects.count() == 1


def test_nothing_to_print_says_so(desk, clerk):
    answer = clerk.get(page(desk, "stamp_pdf"), follow=True)
    assert "请先在推荐表里提交，再打印盖章" in answer.content.decode()


def test_upload_through_the_page(desk, rows, scan, clerk):
    answer = clerk.post(page(desk), {"files": [SimpleUploadedFile("盖章.pdf", scan)]}, follow=True)
    assert "盖章扫描件已收到，与现在的推荐表一致" in answer.content.decode()


def test_a_stale_scan_comes_back_with_the_differing_rows(desk, rows, scan, clerk):
    edit(rows[0], name="王大芳")
    answer = post(clerk, desk, scan)
    assert (answer.status_code, "与现在的推荐表有 1 处不同" in answer.content.decode()) == (422, True)
    assert "第 1 行 王大芳" in answer.content.decode()


def test_the_page_says_when_the_stamp_is_void(desk, rows, scan, clerk):
    send(desk, scan)
    edit(rows[0], name="王大芳")
    assert "盖章后改了 1 处，上次的章已失效" in clerk.get(page(desk)).content.decode()


def test_unreadable_asks_for_the_version_at_its_field(desk, rows, clerk):
    printed(desk)
    answer = post(clerk, desk, blank_page())
    assert (answer.status_code, 'href="#id_code"' in answer.content.decode()) == (422, True)


def test_no_file_chosen(desk, rows, clerk):
    answer = clerk.post(page(desk), {})
    assert (answer.status_code, "请选择盖好章的扫描件" in answer.content.decode()) == (422, True)


def test_the_stored_scan_is_for_the_unit_and_its_contacts(desk, rows, scan):
    (kept,) = send(desk, scan)
    other = build.desk(desk.edition, "pilot", email="other@example.test")
    readers = [desk.officer, build.contact(desk.edition), build.contact(desk.edition, "youth"), other.officer]
    address = reverse("scan", kwargs={"scan": kept.pk})
    assert [signed_in(reader).get(address).status_code for reader in readers] == [200, 200, 404, 404]


def test_the_stored_scan_is_downloaded_and_its_pages_are_shown(desk, rows, scan, clerk):
    (kept,) = send(desk, scan)
    drain_all()
    (drawn,) = kept.file.pictures
    saved = clerk.get(reverse("scan", args=[kept.pk]))
    shown = clerk.get(reverse("scan_page", args=[kept.pk, drawn.pk]))
    assert [answer["Content-Disposition"].split(";")[0] for answer in (shown, saved)] == ["inline", "attachment"]
    assert (shown["Content-Type"], shown["Content-Security-Policy"][:7]) == ("image/webp", "sandbox")
    assert reverse("scan_page", args=[kept.pk, drawn.pk]) in clerk.get(page(desk)).content.decode()


def test_a_scan_that_has_not_passed_its_check_is_not_opened(desk, rows, scan, clerk):
    (kept,) = send(desk, scan)
    kept.file.check_result.delete()
    assert clerk.get(reverse("scan", args=[kept.pk])).status_code == 404
    assert "正在检查" in clerk.get(page(desk)).content.decode()


@pytest.mark.parametrize("name", ["stamp", "stamp_pdf", "stamp_word"])
def test_another_units_officer_finds_nothing(desk, rows, name):
    other = build.desk(desk.edition, "pilot", email="other@example.test")
    assert signed_in(other.officer).get(page(desk, name)).status_code == 404


def test_four_steps(desk, rows, scan, clerk):
    def states() -> list[str]:
        return [step["state"] for step in SheetPage(desk.form, FormFacts(desk.form)).steps]

    PrintedForm.objects.all().delete()
    seen = [states()]
    content = printed_pdf(desk)
    seen.append(states())
    send(desk, content)
    seen.append(states())
    edit(rows[0], name="王大芳")
    seen.append(states())
    assert seen == [
        ["done", "now", "todo", "todo"],
        ["done", "done", "now", "todo"],
        ["done", "done", "done", "now"],
        ["done", "fix", "fix", "todo"],
    ]


def test_queries_do_not_grow_with_rows(desk, scan, clerk):
    clerk.get(page(desk))  # a process reads the edition once
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            clerk.get(page(desk))
        counts.append(len(seen))
        desk.submitted(5)
    assert counts[0] == counts[1]
