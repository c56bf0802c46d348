"""What the database itself refuses of certificates, who sees which, and what is left when somebody's data goes."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from awards import certificate_personal
from awards.invariants import invariants
from awards.models import Certificate, CertificateSeries
from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.personal import Person
from registrations.entry_models import Entry
from tests.awards.build import edition as small_edition
from tests.awards.build import organiser
from tests.awards.certificates.build import certificate, next_version, printed
from tests.registrations.entries import build as entries
from tests.registrations.staff import contact
from tracks.models import Edition


@pytest.fixture
def edition(db: None, settings, tmp_path) -> Edition:
    settings.MEDIA_ROOT = tmp_path
    return small_edition()


def refused(act: Any, *args: Any, **more: Any) -> bool:
    """At once, or at commit."""
    try:
        with transaction.atomic():
            act(*args, **more)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False


def broken() -> list[str]:
    return [name for name, wrong in invariants() if wrong]


def test_numbers_have_no_gap_and_none_comes_twice(edition: Edition) -> None:
    first, second = certificate(edition), certificate(edition, "李四")
    assert [one.number[:17] for one in (first, second)] == ["GDAIKP1-A1-000001", "GDAIKP1-A1-000002"]
    series = CertificateSeries.objects.get()
    assert refused(CertificateSeries.objects.filter(pk=series.pk).update, last=9)  # at commit seven are missing
    assert refused(Certificate.objects.filter(pk=first.pk).delete)
    assert refused(certificate, edition, source=first.source)
    again = {"number": "GDAIKP1-A1-000009-X", "serial": 9, "source": "test-9"}
    assert refused(copied, first, again)  # not allocated
    assert refused(copied, first, again | {"serial": 2})
    assert broken() == []


def copied(one: Certificate, values: dict[str, Any]) -> None:
    """The same row again, with other values."""
    found = Certificate.objects.get(pk=one.pk)
    found.pk = None
    for name, value in values.items():
        setattr(found, name, value)
    found.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "李四"}, {"words": ["李四"]}, {"payload": "x"}, {"payload": ""},
        {"award": "一等奖"}, {"number": "X-1-1"},
        {"serial": 7}, {"source": "other"}, {"version": 2}, {"issuers": ["他"]}, {"state": "revoked"},
    ],
)  # fmt: skip
def test_what_was_signed_stays(edition: Edition, change: dict[str, Any]) -> None:
    one = certificate(edition)
    assert refused(Certificate.objects.filter(pk=one.pk).update, **change)


def test_a_printed_file_is_not_exchanged(edition: Edition) -> None:
    one = printed(certificate(edition))
    assert refused(Certificate.objects.filter(pk=one.pk).update, file=None)


def test_the_next_version_keeps_the_number_and_a_revoked_one_has_none(edition: Edition) -> None:
    one = certificate(edition)
    assert refused(copied, one, {"version": 2})  # the first still counts
    second = next_version(one, "王芳芳")
    assert (second.number, Certificate.objects.valid().get(), broken()) == (one.number, second, [])
    ended = {"state": "revoked", "reason": "冒用他人作品", "ended_at": clock.now()}
    Certificate.objects.filter(pk=second.pk).update(**ended)
    assert refused(copied, second, {"version": 3, "state": "valid", "reason": "", "ended_at": None})
    assert refused(Certificate.objects.filter(pk=second.pk).update, state="valid", reason="", ended_at=None)


@pytest.fixture
def own(edition: Edition) -> tuple[User, Entry]:
    clock.set_now(entries.REGISTERING)
    user = entries.person("王芳")
    return user, entries.draft(edition, user)


def test_who_sees_whose(edition: Edition, own: tuple[User, Entry]) -> None:
    user, entry = own
    team, alone, foreign = (
        certificate(edition, entry=entry), certificate(edition, entry=entry, user=organiser()), certificate(edition)
    )  # fmt: skip
    seen = Certificate.objects.visible_to
    mine, rival = contact(edition, entry.track.code), contact(edition, "youth")
    assert set(seen(user)) == {team}
    assert (set(seen(mine)), set(seen(rival)), set(seen(AnonymousUser()))) == ({team, alone}, set(), set())
    assert set(seen(organiser())) == {team, alone, foreign}
    entry.people.update(left_at=clock.now())
    assert set(seen(user)) == set()


def test_a_person_is_deleted_and_the_number_stays(edition: Edition, own: tuple[User, Entry]) -> None:
    user, entry = own
    one = printed(certificate(edition, entry=entry))
    other = printed(certificate(edition, "李四", entry=entry))
    assert [row[4] for row in certificate_personal.gather(user).rows] == ["王芳", "李四"]
    before = certificate_personal.statistics()
    with recorded("personal.purged", by=None):
        certificate_personal.purge(Person(user, frozenset({"王芳"}), "", ""))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.name[:3], one.words, one.payload, one.file) == ("参赛者", [], "", None)
    assert (other.name, other.file is not None, certificate_personal.statistics()) == ("李四", True, before)
    assert "王芳" not in str(list(Certificate.pgh_event_model.objects.values_list("name", "reason")))
