"""Certificates as rows, for whatever needs some without a batch; and batches by their services."""

import io
from datetime import date
from typing import Any

import pypdfium2
from django.db import transaction

from awards.certificates.signing import new_key, signed_payload
from awards.models import AwardList, Certificate, CertificateBatch, CertificateSeries
from awards.rules.certificates import Claim, number_of
from awards.services import certifying
from awards.services.certificate_lists import Asked
from core import clock
from core.files.models import StoredFile
from core.files.services import keep
from core.jobs.services import drain_all
from tests.awards.build import organiser
from tracks.models import Edition

KEY = new_key()
DAY = date(2025, 9, 29)


@transaction.atomic
def certificate(
    edition: Edition, name: str = "王芳", *, kind: str = "award", key: str = KEY, **more: Any
) -> Certificate:
    """The next number of a kind, for somebody; `printed` gives it a file. more: columns."""
    rule = edition.rulebook.certificate(kind)
    series, _ = CertificateSeries.objects.get_or_create(edition=edition, kind=kind)
    series.last += 1
    series.save()
    group = edition.rulebook.certificates.group(rule, "A", 1)
    number = number_of("{edition}-{group}-{serial}-{check}", edition.rulebook.edition.code, group, series.last, 6)
    claim = Claim(number, name, "广东省AI科普传播领军人物奖一等奖", DAY)
    values = {
        "source": f"test-{number}", "title": rule.title, "name": name, "award": claim.award, "issued_on": DAY,
        "words": [f"{name}：", "在首届大赛中荣获", "广东省AI科普传播领军人物奖", "一等奖", "特发此证，以资鼓励。"],
        "issuers": ["广东省钟南山医学基金会"], "payload": signed_payload(claim, key), "key": "test",
        "made_at": clock.now(),
    }  # fmt: skip
    return Certificate.objects.create(series=series, serial=series.last, number=number, **values | more)


def printed(one: Certificate) -> Certificate:
    """With a file that is a PDF by its first bytes."""
    one.file = pdf(one.file_name)
    one.save(update_fields=["file"])
    return one


def pdf(name: str) -> StoredFile:
    document, file = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(842, 595)
    document.save(file)
    file.write(f"% {name}".encode())
    return keep(file, name=name, owner=None, limit=9999)


@transaction.atomic
def next_version(one: Certificate, name: str) -> Certificate:
    """Corrected: the same number with another name."""
    ended = Certificate.objects.select_for_update().get(pk=one.pk)
    ended.state, ended.reason, ended.ended_at = "corrected", "姓名有误", clock.now()
    ended.save()
    claim = Claim(one.number, name, one.award, one.issued_on)
    kept = ("series", "serial", "number", "source", "line", "entry", "user", "unit", "title", "award", "issued_on")
    values = {field: getattr(one, field) for field in kept}
    return Certificate.objects.create(
        **values, version=one.version + 1, name=name, words=[f"{name}：", "", "", "", ""], issuers=one.issuers,
        payload=signed_payload(claim, KEY), key="test", made_at=clock.now(),
    )  # fmt: skip


# --- Batches -------------------------------------------------------------------------------------------------


def asked(edition: Edition, code: str = "award", found: AwardList | None = None, **more: Any) -> Asked:
    """Certificates of a kind."""
    return Asked(edition, edition.rulebook.certificate(code), found, **more)


def planned(of: Asked) -> CertificateBatch:
    return certifying.make_batch(of, DAY, by=organiser())


def started(of: Asked) -> CertificateBatch:
    """Its rows and numbers are there, nothing is printed."""
    return certifying.start(planned(of), by=organiser())


def done(of: Asked) -> CertificateBatch:
    """Printed and gathered."""
    batch = started(of)
    drain_all()
    return CertificateBatch.objects.get(pk=batch.pk)


def content(stored: StoredFile | None) -> bytes:
    assert stored
    with stored.blob.open("rb") as file:
        return file.read()
