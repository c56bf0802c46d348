"""Awards' part of the small contest in `tests/world.py`: a list that is announced, an objection, an entitlement."""

from datetime import timedelta

from django.db.models import Model

from awards.certificates.keys import keys
from awards.models import (
    AwardLine,
    AwardList,
    AwardVersion,
    CertificateBatch,
    Entitlement,
    Objection,
    Release,
    Ruling,
)
from core import clock
from core.accounts.models import User
from core.files.derived.models import Derived
from core.files.models import StoredFile
from core.states import move
from registrations.entry_models import Entry
from tests.awards import wall_build
from tests.awards.certificates import build as certificates
from tracks.models import SpecialDay


def make(entry: Entry, person: User, file: StoredFile, boss: User) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages)."""
    edition, now = entry.edition, clock.now()
    category = edition.categories.get(code="A")
    found = AwardList.objects.create(edition=edition, award="leader", category=category)
    result = {"levels": [{"code": "first", "name": "一等奖", "count": 5, "given": 1, "vacant": 4}], "missed": [],
              "ties": [], "problems": [], "sources": {"final": "终审路演"}, "formula": []}  # fmt: skip
    version = AwardVersion.objects.create(
        award_list=found, number=1, made_at=now, made_by=boss, inputs="{}", sha256="0" * 64, result=result
    )
    line = AwardLine.objects.create(
        version=version, key="work-1", place=1, level="first", level_name="一等奖", position=1, rank=1, holder="person",
        entry=entry, award_name="广东省 AI 科普传播领军人物", name="路人", title="作品", reason="终审路演第 1 名",
    )  # fmt: skip
    ruling = Ruling.objects.create(
        award_list=found, number=1, kind="count", level="first", count=5, reason="不空缺", by=boss, at=now
    )
    move(found, "lock", locked_at=now, locked_by=boss)
    closes = now + timedelta(days=5)
    move(found, "publish", opens_at=now - timedelta(days=1), closes_at=closes)
    release = Release.objects.create(award_list=found, version=version, number=1, at=now, by=boss)
    objection = Objection.objects.create(
        award_list=found, release=release, about="work-1", kind="person", words="与旧作雷同", evidence=file, by=person,
        filed_at=now, due_at=now + timedelta(days=9),
    )  # fmt: skip
    one = Entitlement.objects.create(
        edition=edition, code="short_drama_show", line=line, holder="person", name="路人", made_at=now
    )
    certificate = certificates.printed(certificates.certificate(edition, "路人", entry=entry, key=keys().private))
    batch = CertificateBatch.objects.create(
        edition=edition, kind="award", award_list=found, issued_on=certificates.DAY, count=1, fingerprint="0" * 64,
        made_at=now, made_by=boss, register=certificates.pdf("登记表.xlsx"),
    )  # fmt: skip
    shown = wall_build.won(edition, boss, wall_build.handed(edition))[0]
    arguments: dict[str, str | int] = {
        "award_list": found.pk, "objection": objection.pk, "tie": 0, "ruling": ruling.pk,
        "prize": shown.pk, "slug": edition.slug,
        "certificate": certificate.pk, "payload": certificate.payload, "batch": batch.pk, "result": "register",
    }  # fmt: skip
    objects: dict[str, Model] = {
        "awards_awardlist": found,
        "awards_objection": objection,
        "awards_entitlement": one,
        "awards_certificatebatch": batch,
        "awards_certificate": certificate,
        "tracks_specialday": SpecialDay.objects.create(day="2026-10-01", works=False, name="国庆节"),
    }
    assert Derived.objects.filter(original=file).exists()
    return arguments, objects
