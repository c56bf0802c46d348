"""Many hands at once: one person objects twice in a moment; a list is drafted, locked and made final twice."""

from functools import partial

import pytest
from django.db import IntegrityError

from awards.invariants import invariants
from awards.list_models import FINAL_CHECK
from awards.models import AwardLine, AwardList, AwardVersion, Entitlement, Objection
from awards.objection_models import OPEN_CHECK
from awards.services import drafting, publishing
from core import clock
from core.database import violated
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


def raw(found: AwardList, number: int) -> partial[Objection]:
    """An objection past the service: no lock, no rule."""
    values = {"award_list": found, "release": found.releases.get(), "kind": "person", "words": "名次有误"}
    now, paper = clock.now(), build.objection(found, build.citizen(9)).evidence
    values |= {"about": "", "by": build.citizen(number), "filed_at": now, "due_at": now, "evidence": paper}
    return partial(Objection.objects.create, **values)


def test_a_list_with_an_open_objection_never_becomes_final_whoever_writes() -> None:
    """The twin: writes without lock and rule meet the database's own guards; with those gone, both get through."""
    found = build.category(build.edition())
    build.published(found)
    late = raw(found, 1)
    final = AwardList.objects.filter(pk=found.pk).update
    with pytest.raises(IntegrityError) as refused:
        final(state="final", final_at=clock.now())
    assert violated(refused.value) == FINAL_CHECK
    Objection.objects.update(state="declined", answer="不属实")
    outcomes = race(late, partial(final, state="final", final_at=clock.now()))
    assert [violated(one) for one in outcomes if isinstance(one, IntegrityError)] in ([OPEN_CHECK], [FINAL_CHECK])
    assert broken() == []
