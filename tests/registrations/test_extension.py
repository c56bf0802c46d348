"""More time and more places for one unit: by whoever looks after it, with a reason."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from core import clock
from core.audit.timeline import timeline
from core.notices.models import Notice
from core.problems import Refused
from registrations.rules.places import extend_window
from registrations.services import extending
from tests.registrations import build
from tests.registrations.staff import organiser, signed_in
from tracks.rulebook import Window

pytestmark = pytest.mark.django_db
CLOSES = datetime(2024, 12, 15, 17, 0, 1, tzinfo=clock.BEIJING)
LATER = datetime(2024, 12, 19, tzinfo=clock.BEIJING)
WINDOW = Window("recommend", None, CLOSES)


@pytest.mark.parametrize(("until", "closes"), [(None, CLOSES), (CLOSES - timedelta(days=1), CLOSES), (LATER, LATER)])
def test_the_later_end_holds(until, closes):
    assert extend_window(WINDOW, until).closes == closes


@pytest.mark.parametrize(
    ("moment", "codes"), [(CLOSES, []), (LATER - timedelta(seconds=1), []), (LATER, ["window.late"])]
)
def test_only_this_unit_submits_later(edition, desk, moment, codes):
    other = build.desk(edition, "pilot", email="b@example.test")
    mine, theirs = desk.row(), other.row(phone="13800138099")
    extending.extend(desk.quota, LATER, reason="来函", by=build.contact(edition))
    clock.set_now(moment)
    found = []
    for submit in (lambda: desk.submit(mine), lambda: other.submit(theirs)):
        try:
            submit()
            found.append([])
        except Refused as refused:
            found.append(refused.codes)
    assert found == [codes, ["window.late"]]


def test_the_unit_is_told_and_the_reason_kept(edition, desk):
    by = build.contact(edition)
    extending.extend(desk.quota, LATER, reason="来函说明网络故障", by=by)
    last, notice = timeline(desk.quota)[0], Notice.objects.get(template="deadline-extended")
    assert (last.label, last.who, last.reason) == ("延长报送时间", str(by), "来函说明网络故障")
    assert last.changes["报送延至（此刻起不再受理）"][1] == "2024-12-18 24:00"
    assert (notice.recipient, "12 月 18 日（周三）24:00" in notice.text) == (desk.officer, True)


def test_an_extension_can_be_ended(edition, desk):
    by = build.contact(edition)
    extending.extend(desk.quota, LATER, reason="来函", by=by)
    extending.extend(desk.quota, None, reason="已报齐", by=by)
    assert (desk.quota.extended_until, timeline(desk.quota)[0].label) == (None, "取消延长")


@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [(LATER, " ", "reason.missing"), (CLOSES, "来函", "extension.not_later"), (LATER, "来函", "extension.past")],
)
def test_a_bad_extension_is_refused(edition, desk, until, reason, code):
    clock.set_now(LATER + timedelta(days=1) if code == "extension.past" else clock.now())
    with pytest.raises(Refused) as refused:
        extending.extend(desk.quota, until, reason=reason, by=build.contact(edition))
    assert refused.value.codes == [code]


@pytest.mark.parametrize(("who", "status"), [("worker", 200), ("university", 404)])
def test_contacts_look_after_units_of_their_track(edition, desk, who, status):
    page = signed_in(build.contact(edition, who))
    names = ["change", "extend", "urge_one"]
    found = {page.get(reverse(f"admin:registrations_unitquota_{n}", args=[desk.quota.pk])).status_code for n in names}
    assert found == {status}


def test_a_contact_gives_places_and_days(edition, desk):
    page = signed_in(build.contact(edition))
    page.post(
        reverse("admin:registrations_unitquota_change", args=[desk.quota.pk]), {"limit": 30, "reason": "赛道协商"}
    )
    url = reverse("admin:registrations_unitquota_extend", args=[desk.quota.pk])
    answer = page.post(url, {"until": "2024-12-18", "reason": "来函"})
    quota = desk.quota
    assert (answer.status_code, quota.limit, quota.extended_until, quota.extension_reason) == (302, 30, LATER, "来函")


def test_organiser_sees_every_unit(edition, desk):
    build.desk(edition, "university", email="b@example.test")
    page = signed_in(organiser()).get(reverse("admin:registrations_unitquota_changelist")).content.decode()
    assert (desk.unit.full_name in page, "广州大学" in page) == (True, True)


def test_the_clerk_sees_the_later_end(edition, desk):
    extending.extend(desk.quota, LATER, reason="来函说明网络故障", by=build.contact(edition))
    page = signed_in(desk.officer).get(reverse("recommendation", args=[desk.unit.pk])).content.decode()
    assert ("12 月 18 日（周三）24:00" in page, "理由：来函说明网络故障" in page) == (True, True)
