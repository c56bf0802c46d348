"""The organiser's pages of certificates: a batch from choice to results by the browser, one certificate, the seal."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from awards.models import AwardList, Certificate, CertificateBatch, CertificateSeal
from core.jobs.services import drain_all
from tests.awards import build as awards
from tests.awards.build import organiser
from tests.awards.certificates import build
from tests.registrations.staff import signed_in
from tests.seasons.training import build as training

PAGE = "admin:awards_certificatebatch"


@pytest.fixture
def staff(db: None, settings: Any, tmp_path: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    return signed_in(organiser())


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def ask(client: Client, name: str, data: dict[str, Any], *args: int, status: int = 302) -> str:
    answer = client.post(reverse(f"{PAGE}_{name}", args=args), data)
    assert answer.status_code == status, answer.content.decode()
    return answer.get("Location", "") or answer.content.decode()


def fresh(client: Client, page: str) -> bool:
    """Whether the page goes on asking how far it is."""
    shown = body(client.get(page))
    assert ("data-fresh" in shown) == ("fresh" in shown.partition("</head>")[0])
    return "data-fresh" in shown


def test_a_batch_from_the_choice_of_its_list_to_the_results(staff: Client) -> None:
    found = awards.final(awards.category(awards.edition()))
    typed = {"kind": "award", "award_list": found.pk, "issued_on": "2025-09-29", "handler": "", "phone": ""}
    page = ask(staff, "new_page", typed)
    batch = CertificateBatch.objects.get()
    assert "将要制作" in body(staff.get(page))
    sample = staff.get(reverse(f"{PAGE}_sample", args=[batch.pk]))
    assert (sample.content[:5], Certificate.objects.count()) == (b"%PDF-", 0)
    ask(staff, "start", {}, batch.pk)
    assert ("已制作 0 / 7 张" in body(staff.get(page)), fresh(staff, page)) == (True, True)
    ask(staff, "pause", {}, batch.pk)
    assert ("组委会暂停" in body(staff.get(page)), fresh(staff, page)) == (True, False)
    ask(staff, "resume", {}, batch.pk)
    drain_all()
    shown = body(staff.get(page))
    assert not fresh(staff, page)
    for result in ("merged", "archive", "register"):
        link = reverse(f"{PAGE}_result", args=[batch.pk, result])
        assert link in shown
        assert staff.get(link).headers["Content-Disposition"].startswith("attachment")
    assert staff.get(reverse(f"{PAGE}_result", args=[batch.pk, "fonts"])).status_code == 404
    assert "没有还要制作证书的人" in ask(staff, "new_page", typed, status=422)


def test_what_stands_against_a_batch_comes_back_beside_what_was_typed(staff: Client) -> None:
    edition = awards.edition()
    refused = ask(staff, "new_page", {"kind": "volunteer", "issued_on": "2025-09-29", "handler": "陈工"}, status=422)
    assert ("联系电话" in refused, "陈工" in refused, CertificateBatch.objects.count()) == (True, True, 0)
    assert "获奖名单" in ask(staff, "new_page", {"kind": "award", "issued_on": "2025-09-29"}, status=422)
    assert AwardList.objects.filter(edition=edition).count() == 0


def test_a_batch_whose_list_changed_cannot_be_started(staff: Client) -> None:
    edition = awards.edition()
    training.accepted(edition)
    batch = build.planned(build.asked(edition, "participation"))
    training.accepted(edition, 2)
    page = body(staff.get(reverse(f"{PAGE}_change", args=[batch.pk])))
    assert "试制以后变了" in page
    assert "请重新试制" in ask(staff, "start", {}, batch.pk, status=422)
    assert Certificate.objects.count() == 0


def test_a_certificate_is_reprinted_and_revoked_with_reasons(staff: Client) -> None:
    edition = awards.edition()
    training.accepted(edition)
    one = build.done(build.asked(edition, "participation")).certificates.get()
    page, reprint, revoke, file = (
        reverse(f"admin:awards_certificate_{name}", args=[one.pk]) for name in ("change", "reprint", "revoke", "file")
    )
    assert one.name in body(staff.get(page))
    assert staff.get(file).headers["Content-Type"] == "application/pdf"
    body(staff.post(reprint, {"reason": ""}), 422)
    assert staff.post(reprint, {"reason": "原件遗失"}).status_code == 302
    assert "第 2 版" in body(staff.get(page))
    second = Certificate.objects.get(version=2)
    revoke = reverse("admin:awards_certificate_revoke", args=[second.pk])
    assert staff.post(revoke, {"reason": "冒用他人作品"}).status_code == 302
    again = reverse("admin:awards_certificate_reprint", args=[second.pk])
    assert "已撤销，不能重印" in body(staff.post(again, {"reason": "再印"}), 422)


@pytest.mark.parametrize(("side", "status"), [(300, 302), (1300, 422)])
def test_a_seal_is_taken_or_refused_by_its_size(staff: Client, side: int, status: int) -> None:
    edition = awards.edition()
    drawn = io.BytesIO()
    Image.new("RGBA", (side, side), (200, 0, 0, 90)).save(drawn, "PNG")
    picture = SimpleUploadedFile("印章.png", drawn.getvalue(), "image/png")
    ask(staff, "seal_page", {"kind": "participation", "picture": picture}, status=status)
    training.accepted(edition)
    batch = build.done(build.asked(edition, "participation"))
    taken = status == 302
    assert (CertificateSeal.objects.exists(), batch.certificates.get().seal is not None) == (taken, taken)


def test_the_page_asks_as_much_for_three_as_for_one(staff: Client) -> None:
    edition = awards.edition()
    asked = []
    for count in (1, 2):
        batch = CertificateBatch.objects.create(
            edition=edition, kind="participation", issued_on=build.DAY, count=count, fingerprint="0" * 64,
            made_at="2025-09-29T09:00:00+08:00", made_by=organiser(),
        )  # fmt: skip
        for _ in range(count * 2 - 1):
            build.certificate(edition, kind="participation", batch=batch)
        CertificateBatch.objects.filter(pk=batch.pk).update(state="running", started_at=batch.made_at)
        body(staff.get(reverse(f"{PAGE}_change", args=[batch.pk])))  # what is remembered is asked for before
        with CaptureQueriesContext(connection) as queries:
            body(staff.get(reverse(f"{PAGE}_change", args=[batch.pk])))
        asked.append(len(queries))
    assert asked[0] == asked[1]
