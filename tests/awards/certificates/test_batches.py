"""A batch from the dry run to its results, by the services and their jobs."""

import errno
import io
import zipfile
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from awards.certificates.keys import keys
from awards.certificates.rendering import CertificatePress, LaidOut, Sheet
from awards.invariants import invariants
from awards.models import AwardLine, AwardList, Certificate, CertificateBatch
from awards.services import certificate_printing, certifying, reprinting
from awards.services.certificate_lists import Asked, names_of
from core.audit.timeline import timeline
from core.files import made as made_files
from core.files.services import ERASE
from core.jobs.models import Job
from core.jobs.services import drain, drain_all, enqueue, run_one
from core.problems import Refused
from core.states import StaleState
from registrations.entry_models import Member
from tests.awards import build as awards
from tests.awards.build import organiser
from tests.awards.certificates import build
from tests.awards.certificates.build import DAY
from tests.seasons.training import build as training


@pytest.fixture
def final(db: None, settings: Any, tmp_path: Any) -> AwardList:
    """Seven prizes of category A, each an individual's."""
    settings.MEDIA_ROOT = tmp_path
    return awards.final(awards.category(awards.edition()))


def of(found: AwardList) -> Asked:
    return build.asked(found.edition, found=found)


def broken() -> list[str]:
    return [name for name, wrong in invariants() if wrong]


def codes(deed: Any, *args: Any, **more: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.codes


def test_a_dry_run_counts_and_writes_nothing(final: AwardList) -> None:
    plan = certifying.plan(of(final), DAY)
    assert (len(plan.recipients), plan.already, plan.problems) == (7, 0, [])
    assert (Certificate.objects.count(), CertificateBatch.objects.count()) == (0, 0)
    assert [one.group for one in plan.recipients] == ["A1", "A2", "A2", "A3", "A3", "A4", "A4"]


def test_what_no_font_draws_and_what_is_not_final_is_said(final: AwardList) -> None:
    line = certifying.plan(of(final), DAY).recipients[0].line
    AwardLine.objects.filter(pk=line).update(name="王\U000323b0")
    with pytest.raises(Refused, match="王\U000323b0.*：字库里没有") as refused:
        build.planned(of(final))
    assert refused.value.codes == ["certificate.glyph"]
    AwardLine.objects.filter(pk=line).update(name="")
    with pytest.raises(Refused, match="个人信息"):
        build.planned(of(final))
    other = awards.award_list(final.edition, "B")
    assert codes(build.planned, of(other)) == ["certificate.not_final"]


def test_a_batch_ends_with_files_signatures_and_results(final: AwardList) -> None:
    batch = build.done(of(final))
    rows = list(batch.certificates.order_by("place"))
    assert (batch.state, len(rows), broken()) == ("done", 7, [])
    assert [row.number[:17] for row in rows][:3] == ["GDAIKP1-A1-000001", "GDAIKP1-A2-000002", "GDAIKP1-A2-000003"]
    assert all(keys().verified(row.payload) == row.claim for row in rows)
    with pypdfium2.PdfDocument(build.content(batch.merged)) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    assert [row.number in text for row, text in zip(rows, pages, strict=True)] == [True] * 7
    with zipfile.ZipFile(io.BytesIO(build.content(batch.archive))) as archive:
        assert archive.namelist() == [row.file_name for row in rows]
        assert archive.read(rows[0].file_name) == build.content(rows[0].file)
    register = load_workbook(io.BytesIO(build.content(batch.register))).active
    assert [cell.value for cell in register["B"]][2:9] == [row.number for row in rows]


@pytest.mark.parametrize(("revoked", "anew"), [(None, []), (4, [2])])
def test_the_print_file_is_put_together_from_what_was_printed(
    final: AwardList, monkeypatch: pytest.MonkeyPatch, revoked: int | None, anew: list[int]
) -> None:
    """Nothing is laid out twice but what has changed since, and what the jobs kept for it goes."""
    monkeypatch.setattr(certificate_printing, "CHUNK", 3)
    batch = build.started(of(final))
    drain(certifying.PREPARE)
    drain(certificate_printing.PRINT)
    rows = [row for row in batch.certificates.order_by("place") if row.place != revoked]
    if revoked:
        reprinting.revoke(batch.certificates.get(place=revoked), reason="冒用他人作品", by=organiser())
    laid_out: list[int] = []
    lay_out = CertificatePress.laid_out

    def counted(press: CertificatePress, sheets: list[Sheet]) -> list[LaidOut | Refused]:
        laid_out.append(len(sheets))
        return lay_out(press, sheets)

    monkeypatch.setattr(CertificatePress, "laid_out", counted)
    assert batch.parts.count() == 3
    drain(certifying.GATHER)
    batch.refresh_from_db()
    with pypdfium2.PdfDocument(build.content(batch.merged)) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    assert [row.number in text for row, text in zip(rows, pages, strict=True)] == [True] * len(rows)
    assert (laid_out, batch.parts.count()) == (anew, 0)


def test_what_the_jobs_kept_goes_with_a_person(final: AwardList) -> None:
    batch = build.started(of(final))
    drain(certifying.PREPARE)
    drain(certificate_printing.PRINT)
    kept = list(batch.parts.all())
    assert (certifying.forget_results([batch.pk]), batch.parts.count(), len(kept)) == (kept, 0, 1)


def test_the_same_list_is_not_certified_twice(final: AwardList) -> None:
    build.done(of(final))
    assert codes(build.planned, of(final)) == ["certificate.nobody"]


def test_a_list_that_changed_after_the_dry_run_is_refused(final: AwardList) -> None:
    batch, second = build.planned(of(final)), build.planned(of(final))
    certifying.start(second, by=organiser())
    assert codes(certifying.start, batch, by=organiser()) == ["certificate.changed"]
    assert (Certificate.objects.count(), broken()) == (7, [])
    with pytest.raises(StaleState):
        certifying.pause(batch, by=organiser())


def test_a_held_batch_prints_nothing_and_goes_on_where_it_was(final: AwardList, monkeypatch: Any) -> None:
    monkeypatch.setattr(certificate_printing, "CHUNK", 2)
    batch = build.started(of(final))
    drain(certifying.PREPARE)
    assert run_one(certificate_printing.PRINT)
    certifying.pause(batch, by=organiser())
    drain_all()
    assert batch.certificates.filter(file__isnull=False).count() == 2
    certifying.resume(batch, by=organiser())
    drain_all()
    batch.refresh_from_db()
    assert (batch.state, batch.run, batch.certificates.filter(file=None).count(), broken()) == ("done", 2, 0, [])


def test_a_full_disk_holds_the_batch_and_leaves_nothing_half(final: AwardList, monkeypatch: Any, settings: Any) -> None:
    batch = build.started(of(final))
    drain(certifying.PREPARE)
    room = iter(range(3))

    def sync(handle: int) -> None:
        if next(room, None) is None:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(made_files.os, "fsync", sync)
    drain_all()
    batch.refresh_from_db()
    kept = batch.certificates.filter(file__isnull=False).count()
    assert (batch.state, "存储空间满了" in batch.note, kept < 7) == ("paused", True, True)
    assert [path.name for path in settings.MEDIA_ROOT.rglob(".making-*")] == []
    monkeypatch.undo()
    certifying.resume(batch, by=organiser())
    drain_all()
    batch.refresh_from_db()
    assert (batch.state, broken()) == ("done", [])


def test_what_cannot_be_laid_out_is_named_and_tried_again_on_command(db: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    long = ("{name}参加了{session}{edition}，特此证明。", "{name}参加了{session}{edition}，特此证明。" + "长" * 6000)
    edition = awards.edition(long)
    training.accepted(edition)
    batch = build.done(build.asked(edition, "participation"))
    wrong = batch.certificates.get()
    assert (batch.state, batch.note, wrong.file) == ("failed", "有 1 张没有印成，原因见下", None)
    assert "用最小的字也排不进一页" in wrong.problem
    certifying.retry(batch, by=organiser())
    assert batch.certificates.filter(problem="").count() == 1
    drain_all()
    batch.refresh_from_db()
    assert (batch.state, batch.run) == ("failed", 2)


def test_what_could_not_be_printed_is_corrected_and_its_batch_ends(db: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    text = "{name}参加了{session}{edition}，特此证明。"
    edition = awards.edition((text, text + "长" * 6000))
    training.accepted(edition)
    batch = build.done(build.asked(edition, "participation"))
    wrong = batch.certificates.get()
    awards.edition((text, text + "短"))
    reprinting.reprint(wrong, reason="文字太长", by=organiser())
    drain_all()
    batch.refresh_from_db()
    assert (batch.state, certifying.unprinted(batch).count(), broken()) == ("done", 0, [])
    assert {"证书没有印成", "更正重印证书"} <= {moment.label for moment in timeline(batch, wrong)}


def test_results_gathered_anew_hold_the_versions_that_count(final: AwardList) -> None:
    batch = build.done(of(final))
    first, second = batch.certificates.filter(place__in=(1, 2)).order_by("place")
    AwardLine.objects.filter(pk=first.line_id).update(name="王芳蕤")
    reprinting.reprint(first, reason="姓名有误", by=organiser())
    reprinting.revoke(second, reason="冒用他人作品", by=organiser())
    drain_all()
    certifying.gather_again(batch, by=organiser())
    assert codes(certifying.gather_again, batch, by=organiser()) == ["certificate.gathered"]
    drain_all()
    batch.refresh_from_db()
    with pypdfium2.PdfDocument(build.content(batch.merged)) as pdf:
        assert (len(pdf), "王芳蕤" in pdf[0].get_textpage().get_text_bounded()) == (6, True)
    register = load_workbook(io.BytesIO(build.content(batch.register))).active
    assert [cell.value for cell in register["D"]][2:4] == ["王芳蕤", batch.certificates.get(place=3).name]


def test_a_reprint_keeps_the_number_and_a_revoked_one_is_not_reprinted(final: AwardList) -> None:
    batch = build.done(of(final))
    one = batch.certificates.get(place=1)
    AwardLine.objects.filter(pk=one.line_id).update(name="王芳芳")
    second = reprinting.reprint(one, reason="姓名有误", by=organiser())
    drain_all()
    one.refresh_from_db()
    second.refresh_from_db()
    assert (second.number, second.version, second.name, one.state) == (one.number, 2, "王芳芳", "corrected")
    assert (second.file is not None, second.file_id != one.file_id, broken()) == (True, True, [])
    with pytest.raises(StaleState):
        reprinting.reprint(one, reason="再印", by=organiser())
    assert codes(reprinting.revoke, second, reason=" ", by=organiser()) == ["reason.missing"]
    reprinting.revoke(second, reason="冒用他人作品", by=organiser())
    assert codes(reprinting.reprint, second, reason="再印", by=organiser()) == ["certificate.revoked"]
    assert codes(build.planned, of(final)) == ["certificate.nobody"]  # no new number either


def test_an_unchanged_reprint_is_the_same_file(final: AwardList) -> None:
    one = build.done(of(final)).certificates.get(place=1)
    second = reprinting.reprint(one, reason="原件遗失", by=organiser())
    drain_all()
    second.refresh_from_db()
    assert (second.payload, second.file is not None, broken()) == (one.payload, True, [])


def test_bytes_made_again_outlive_the_order_to_remove_them(final: AwardList) -> None:
    one = build.done(of(final)).certificates.get(place=1)
    enqueue(ERASE, one.file.blob.name, {"path": one.file.blob.name})
    drain_all()
    job = Job.objects.get(kind=ERASE, key=one.file.blob.name)
    assert (build.content(one.file)[:5], job.state) == (b"%PDF-", "done")


def test_teams_stand_with_their_members_in_order(final: AwardList) -> None:
    entry = certifying.plan(of(final), DAY).recipients[0].entry
    people = Member.objects.filter(entry=entry)
    assert names_of([entry]) == {entry: tuple(people.values_list("name", flat=True))}


def test_what_the_workers_do_has_words(final: AwardList) -> None:
    batch = certifying.make_batch(of(final), DAY, by=organiser())
    certifying.start(batch, by=organiser())
    drain_all()
    told = [moment.label for moment in timeline(batch, batch.certificates.first())]
    assert "证书批次全部做过一遍" in told
    assert "制作证书文件" in told
    assert "修改" not in told
