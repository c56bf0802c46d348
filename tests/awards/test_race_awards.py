"""Many hands at once: one person objects twice in a moment; a list is drafted, locked and made final twice."""

from functools import partial

import pytest

from awards.invariants import invariants
from awards.models import AwardLine, AwardVersion, Entitlement, Objection
from awards.services import drafting, publishing
from tests.awards import build
from tests.awards.build import organiser
from tests.registrations.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def broken() -> list[str]:
    return [name for name, wrong in invariants() if wrong]


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_one_objection_a_person_and_line() -> None:
    found = build.category(build.edition())
    build.published(found)
    by = build.citizen()
    race(*[partial(build.objection, found, by)] * 3)
    assert (Objection.objects.count(), broken()) == (1, [])


def test_two_versions_never_share_a_number_and_final_comes_once() -> None:
    found = build.category(build.edition())
    race(*[partial(drafting.draft, found, by=organiser())] * 3)
    assert sorted(AwardVersion.objects.values_list("number", flat=True)) == [1, 2, 3]
    race(*[partial(publishing.lock_list, found, by=organiser())] * 2)
    race(*[partial(publishing.publish_list, found, by=organiser())] * 2)
    assert found.releases.count() == 1
    build.after(found)
    race(*[partial(publishing.finalise, found, by=None)] * 2)
    kept = AwardLine.objects.final().count()
    assert (kept, Entitlement.objects.filter(code="organiser_pool").count(), broken()) == (7, 10, [])
