"""Certificates on their way to people: pages, files, the unit's ZIP, notices; and who gets nothing."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from awards.models import Certificate, CertificateBatch
from awards.services import reprinting
from awards.services.handing_out import file_name, tell
from core import clock
from core.accounts.models import User
from core.jobs.services import drain_all
from core.notices.models import Notice
from core.printing.codes import read_codes
from registrations.entry_models import Entry
from registrations.models import SummaryExport, Unit
from registrations.services import entering
from tests.awards import build as awards
from tests.awards.certificates import build
from tests.awards.certificates.build import DAY, certificate, next_version, printed
from tests.registrations import staff
from tests.registrations.staff import signed_in
from tests.seasons.training import build as training
from tracks.models import Edition


@dataclass
class Stage:
    """A person's entry, which a unit recommended; its officer, and somebody else's."""

    edition: Edition
    unit: Unit
    person: User
    clerk: User
    rival: User
    entry: Entry

    def certificate(self, name: str = "祝宇", **more: Any) -> Certificate:
        return printed(certificate(self.edition, name, **({"entry": self.entry} | more)))

    def batch(self) -> CertificateBatch:
        return CertificateBatch.objects.create(
            edition=self.edition, kind="award", issued_on=DAY, count=3, fingerprint="0" * 64, made_at=clock.now(),
            made_by=staff.organiser(),
        )  # fmt: skip


@pytest.fixture
def stage(db: None, settings: LazySettings, tmp_path: Any) -> Stage:
    settings.MEDIA_ROOT = tmp_path / "files"
    edition = staff.contest()
    clerk, rival = staff.officer(), staff.officer("广州大学科学技术协会", "rival@example.test")
    row = staff.submitted(edition, 1)[0]
    person = User.objects.create_user("祝宇", email="person@example.test")
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    entry = entering.make_entry(edition, values, representative=person, row=row)
    return Stage(edition, row.recommendation.unit, person, clerk, rival, entry)


def get(user: User, name: str, *args: object) -> Any:
    return signed_in(user).get(reverse(name, args=args))


def whole(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# --- Who holds one ----------------------------------------------------------------------------------------


def test_a_participant_finds_looks_at_and_takes_their_own(stage: Stage) -> None:
    one = stage.certificate()
    assert one.number in get(stage.person, "certificates").content.decode()
    page = get(stage.person, "certificate", one.pk).content.decode()
    assert (reverse("verify_code", args=[one.payload]) in page, "祝宇" in page) == (True, True)
    assert whole(get(stage.person, "certificate_file", one.pk)).startswith(b"%PDF-")
    picture = get(stage.person, "certificate_picture", one.pk)
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize("name", ["certificate", "certificate_file", "certificate_picture"])
def test_what_does_not_count_or_is_not_there_is_handed_to_nobody(stage: Stage, name: str) -> None:
    corrected, unprinted = stage.certificate(), certificate(stage.edition, "祝宇", entry=stage.entry)
    next_version(corrected, "祝语")
    revoked = stage.certificate()
    Certificate.objects.filter(pk=revoked.pk).update(state="revoked", reason="抄袭", ended_at=clock.now())
    shut = [get(stage.person, name, one.pk).status_code for one in (corrected, unprinted, revoked)]
    others = [get(stage.rival, name, stage.certificate().pk).status_code]
    assert shut + others == [404] * 4


def test_a_revoked_one_is_told_and_a_corrected_one_is_not_listed(stage: Stage) -> None:
    one = stage.certificate()
    next_version(one, "祝语")
    revoked = stage.certificate()
    Certificate.objects.filter(pk=revoked.pk).update(state="revoked", reason="抄袭", ended_at=clock.now())
    page = get(stage.person, "certificates").content.decode()
    assert ("已撤销" in page, "抄袭" in page, "已更正" in page) == (True, False, False)
    assert reverse("certificate", args=[revoked.pk]) not in page


def test_a_persons_own_is_not_the_teams(stage: Stage) -> None:
    own = stage.certificate("祝某", user=stage.clerk)
    assert get(stage.person, "certificate", own.pk).status_code == 404
    assert own.number not in get(stage.person, "certificates").content.decode()


# --- The unit ---------------------------------------------------------------------------------------------


def test_an_officer_takes_all_of_the_units_in_one_file(stage: Stage) -> None:
    kept = [stage.certificate(), stage.certificate(stage.unit.full_name, entry=None, unit=stage.unit)]
    stage.certificate("外人", entry=None, user=stage.rival)
    certificate(stage.edition, "祝宇", entry=stage.entry)  # not printed yet
    answer = signed_in(stage.clerk).post(reverse("unit_certificates_zip", args=[stage.unit.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(whole(answer))) as parts:
        assert parts.testzip() is None
        names = parts.namelist()
        register = load_workbook(io.BytesIO(parts.read("证书登记表.xlsx"))).active
    assert names == [*(file_name(one) for one in kept), "证书登记表.xlsx"]
    cells = {str(cell.value) for row in register.iter_rows() for cell in row}
    assert {one.number for one in kept} | {"祝宇"} <= cells
    assert [(e.by, e.rows, stage.unit.full_name in e.scope) for e in SummaryExport.objects.all()] == [
        (stage.clerk, 2, True)
    ]


def test_another_units_officer_is_shown_none_of_it(stage: Stage) -> None:
    stage.certificate()
    assert get(stage.rival, "unit_certificates", stage.unit.pk).status_code == 404
    assert signed_in(stage.rival).post(reverse("unit_certificates_zip", args=[stage.unit.pk])).status_code == 404
    assert SummaryExport.objects.count() == 0


def test_before_there_are_any_the_page_says_when(stage: Stage) -> None:
    client = signed_in(stage.clerk)
    assert "还没有可以下载的证书" in client.get(reverse("unit_certificates", args=[stage.unit.pk])).content.decode()
    told = client.post(reverse("unit_certificates_zip", args=[stage.unit.pk]), follow=True).content.decode()
    assert "制作完成以后会发通知" in told
    assert SummaryExport.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("王芳", "王芳"),
        ("../../etc/王\x00芳", "etc王芳"),
        ("甲、乙（a/b:c）", "甲、乙（abc）"),
        ("王" * 99, "王" * 40),
        ("/", ""),
    ],
)
def test_a_file_is_named_so_that_every_system_takes_it(name: str, said: str) -> None:
    assert file_name(Certificate(number="X-A1-000001-7", name=name)) == f"X-A1-000001-7 {said}".strip() + ".pdf"


@pytest.mark.parametrize("page", ["unit_certificates", "certificates"])
def test_three_cost_no_more_questions_than_one(stage: Stage, page: str) -> None:
    user, args = (stage.clerk, [stage.unit.pk]) if page == "unit_certificates" else (stage.person, [])
    client, asked = signed_in(user), []
    stage.certificate()
    client.get(reverse(page, args=args))  # reads the edition once for the process
    for more in (0, 2):
        for _ in range(more):
            stage.certificate()
        with CaptureQueriesContext(connection) as queries:
            assert isinstance(client, Client)
            client.get(reverse(page, args=args))
        asked.append(len(queries))
    assert asked[0] == asked[1]


# --- Notices ----------------------------------------------------------------------------------------------


def test_everybody_is_told_once_with_their_own_link(stage: Stage) -> None:
    batch = stage.batch()
    stage.certificate(batch=batch)
    stage.certificate(batch=batch, user=stage.person)
    stage.certificate("外人", entry=None, user=stage.rival, batch=batch)
    tell(batch)
    tell(batch)
    told = {
        (n.template, n.recipient, "2 张" in n.text)
        for n in Notice.objects.filter(template__endswith="certificates-ready")
    }
    assert told == {
        ("certificates-ready", stage.person, True),
        ("certificates-ready", stage.rival, False),
        ("unit-certificates-ready", stage.clerk, True),
    }
    said = Notice.objects.get(template="unit-certificates-ready").text
    assert reverse("unit_certificates", args=[stage.unit.pk]) in said


def test_a_batch_tells_its_winners_when_it_is_done_and_their_codes_open(
    db: None, settings: LazySettings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    found = awards.final(awards.category(awards.edition()))
    batch = build.done(build.asked(found.edition, found=found))
    told = Notice.objects.filter(template="certificates-ready").values_list("recipient", flat=True)
    winners = {one.entry.people.get(role="representative").user_id for one in batch.certificates.all()}
    assert (set(told), len(told), "1 张" in Notice.objects.filter(template="certificates-ready")[0].text) == (
        winners, 7, True
    )  # fmt: skip
    ((link,),) = read_codes(build.content(batch.certificates.all()[0].file))
    assert "有效" in Client().get(link.removeprefix(settings.SITE_URL)).content.decode()


def test_a_reprint_and_a_revocation_are_told_to_the_holder_with_their_reasons(
    db: None, settings: LazySettings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    boss, edition = awards.organiser(), awards.edition()
    training.accepted(edition)
    one = build.done(build.asked(edition, "participation")).certificates.get()
    second = reprinting.reprint(one, reason="原件遗失", by=boss)
    assert not Notice.objects.filter(template="certificate-reprinted").exists()  # before its file is there
    drain_all()
    reprinting.revoke(second, reason="冒用他人作品", by=boss)
    holder = one.entry.people.get(role="representative").user
    told = {n.template: (n.recipient, n.text) for n in Notice.objects.filter(template__startswith="certificate-")}
    assert [told[kind][0] for kind in ("certificate-reprinted", "certificate-revoked")] == [holder] * 2
    assert all(word in told["certificate-reprinted"][1] for word in ("第 2 版", "原件遗失", one.number))
    assert "冒用他人作品" in told["certificate-revoked"][1]


def test_of_what_is_the_units_own_its_officers_are_told(stage: Stage) -> None:
    one = stage.certificate(stage.unit.full_name, entry=None, unit=stage.unit)
    reprinting.revoke(one, reason="名单更正", by=awards.organiser())
    notice = Notice.objects.get(template="certificate-revoked")
    assert (notice.recipient, reverse("unit_certificates", args=[stage.unit.pk]) in notice.text) == (stage.clerk, True)
