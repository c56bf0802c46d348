"""Certificates on their way to people: the notice when they are there, the ZIP that a unit's officer takes away."""

import re
import tempfile
import zipfile
from collections import Counter
from typing import IO, cast

from core.accounts.models import User
from core.files.models import StoredFile
from core.links import link_to
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused
from core.sheets import write_xlsx
from registrations.entry_models import Member
from registrations.models import Officer, Unit
from registrations.services.exporting import note_export
from tracks.models import Edition

from ..models import Certificate, CertificateBatch
from .certificate_register import REGISTER, register_rows

NONE_YET = Problem("certificates.none", "还没有可以下载的证书，制作完成以后会发通知")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_NAME_MOST = 40  # characters of a name in a file's name


def certificates_of(unit: Unit, edition: Edition) -> list[Certificate]:
    """What a unit's officers may take away: its own and those of the entries that it recommended; valid and printed."""
    found = Certificate.objects.of_unit(unit).valid().printed().filter(series__edition=edition)
    return list(found.select_related("file", "series").order_by("series", "serial").distinct())


def take_away(unit: Unit, edition: Edition, *, by: User) -> IO[bytes]:
    """All of them in one ZIP with a register, open at its beginning; that it was taken is noted.

    Raises Refused (`certificates.none`). The PDFs are stored as they are: they are compressed already.
    """
    found = certificates_of(unit, edition)
    if not found:
        raise Refused(NONE_YET)
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as parts:
        for one in found:
            blob = cast(StoredFile, one.file).blob
            with blob.storage.open(blob.name or "", "rb") as file:
                parts.writestr(file_name(one), file.read())
        rows = (row | {"place": str(place)} for place, row in enumerate(register_rows(found), 1))
        parts.writestr("证书登记表.xlsx", write_xlsx(REGISTER, rows, title=f"{unit.full_name} 证书登记表"))
    archive.seek(0)
    note_export(edition, scope=f"证书：{unit.full_name}"[:100], rows=len(found), whole_phones=False, reason="", by=by)
    return archive


def file_name(one: Certificate) -> str:
    """GDAIKP1-A1-000123-7 王芳.pdf: the number makes it unique, whatever is left of the name."""
    name = _NOT_IN_NAMES.sub("", one.name)[:_NAME_MOST].strip(" .")
    return f"{one.number} {name}".strip() + ".pdf"


def tell(batch: CertificateBatch) -> None:
    """A batch is done: whoever has certificates in it gets one notice, and so do the officers of their units.

    In the transaction that ends the batch; told twice, it is sent once.
    """
    found = list(batch.certificates.valid().printed().select_related("user", "entry__row__recommendation"))
    link, title = link_to("certificates"), batch.rule.title
    said = [Word(user, "certificates-ready", {"count": n, "title": title, "link": link}) for user, n in _people(found)]
    notify_all(said, batch)
    for unit, n in _units(found).items():
        there = {"count": n, "title": title, "link": link_to("unit_certificates", unit=unit)}
        officers = Officer.objects.filter(unit=unit).select_related("user", "unit")
        words = [Word(one.user, "unit-certificates-ready", there | {"unit": one.unit.full_name}) for one in officers]
        notify_all(words, batch, f"unit-{unit}")


def tell_reprinted(one: Certificate) -> None:
    """A corrected version is there to be taken, under the number as it was."""
    told = {"version": one.version, "reason": _why_before(one), "link": link_to("certificates")}
    _tell_holders(one, "certificate-reprinted", told)


def tell_revoked(one: Certificate) -> None:
    """It counts no more, and why."""
    _tell_holders(one, "certificate-revoked", {"reason": one.reason, "link": link_to("certificates")})


def _tell_holders(one: Certificate, kind: str, told: dict[str, object]) -> None:
    """Whose it is; of what is a unit's own, its officers."""
    found = Certificate.objects.select_related("user").get(pk=one.pk)
    said = {"title": found.title, "number": found.number} | told
    users = [user for user, _ in _people([found])]
    if found.unit_id and not users:
        said["link"] = link_to("unit_certificates", unit=found.unit_id)
        users = [officer.user for officer in Officer.objects.filter(unit=found.unit_id).select_related("user")]
    notify_all([Word(user, kind, said) for user in users], found)


def _why_before(one: Certificate) -> str:
    return Certificate.objects.values_list("reason", flat=True).get(number=one.number, version=one.version - 1)


def _people(found: list[Certificate]) -> list[tuple[User, int]]:
    """Whose they are, and how many: a person's own, and everybody's on the entry where it is the entry's."""
    told = Counter(one.user for one in found if one.user)
    shared = Counter(one.entry_id for one in found if one.entry_id and not one.user_id)
    for member in Member.objects.filter(entry__in=shared, left_at=None).select_related("user"):
        told[member.user] += shared[member.entry_id]
    return list(told.items())


def _units(found: list[Certificate]) -> Counter[int]:
    """How many the officers of each unit collect; as `CertificateQuerySet.of_unit`."""
    told: Counter[int] = Counter()
    for one in found:
        row = one.entry.row if one.entry else None
        told.update({unit for unit in (one.unit_id, row.recommendation.unit_id if row else None) if unit})
    return told
