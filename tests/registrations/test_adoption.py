"""Units get their places from the edition; an override stays; nothing falls below what is taken (G17)."""

import pytest

from aisc_portal import editions
from core.audit.timeline import timeline
from core.problems import Refused
from registrations.models import UnitQuota
from registrations.services.adoption import adopt, set_limit
from tests.registrations import build

PLACES_OF_A_COUNTY = "quota = 25"


def amend(edition, limit: int) -> None:
    """Give counties another quota by an amended file."""
    text = edition.text.replace(PLACES_OF_A_COUNTY, f"quota = {limit}")
    editions.load(text, reason="调整县级名额")
    edition.refresh_from_db()


def refusal(act, *args, **more) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value


def test_each_unit_has_its_categorys_places(edition):
    for kind in build.UNITS:
        build.unit(kind)
    adopt(edition)
    found = set(UnitQuota.objects.values_list("category", "limit", "taken"))
    counted = {
        ("county_pilot", 50, 0),
        ("county_other", 25, 0),
        ("society", 3, 0),
        ("university", 5, 0),
        ("base", 1, 0),
    }
    assert found == counted | {("affiliate", 1, 0), ("city", None, 0)}  # and none for the school


def test_adopting_again_changes_nothing(edition, desk):
    desk.submitted()
    before = len(timeline(desk.quota))
    adopt(edition)
    assert (desk.quota.taken, desk.quota.limit, len(timeline(desk.quota))) == (1, 25, before)


def test_an_amended_file_changes_the_limits(edition, desk):
    desk.submitted()
    amend(edition, 30)
    assert (desk.quota.limit, desk.quota.taken) == (30, 1)


def test_an_override_is_kept(edition, desk):
    set_limit(desk.quota, 40, reason="承办单位", by=desk.officer)
    amend(edition, 30)
    assert (desk.quota.limit, desk.quota.override_reason) == (40, "承办单位")


def test_below_taken_is_refused_with_the_units_listed(edition, desk):
    desk.submitted(3)
    refused = refusal(amend, edition, 2)
    assert refused.codes == ["quota.below_taken"]
    assert "韶关市始兴县科学技术协会（已用 3，新名额 2）" in str(refused)
    assert desk.quota.limit == 25


@pytest.mark.parametrize(
    ("limit", "reason", "codes"),
    [(30, " ", ["reason.missing"]), (1, "核减", ["quota.below_taken"]), (None, "关闭", ["quota.below_taken"])],
)
def test_a_limit_needs_a_reason_and_room(desk, limit, reason, codes):
    desk.submitted(2)
    assert (refusal(set_limit, desk.quota, limit, reason=reason, by=desk.officer).codes, desk.quota.limit) == (
        codes,
        25,
    )


def test_a_changed_limit_is_told(desk):
    set_limit(desk.quota, 26, reason="承办单位", by=desk.officer)
    moment = timeline(desk.quota)[0]
    assert (moment.verb, moment.reason, moment.changes["名额"]) == ("quota.set", "承办单位", ("25", "26"))
