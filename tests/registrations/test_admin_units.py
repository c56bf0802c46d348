"""The register in the admin: quotas, invitations, titles of counties."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.models import User
from core.audit.timeline import timeline
from core.notices.models import Notice
from registrations.models import FormerName, Officer, OfficerInvitation, Unit
from registrations.services.units import invite_officer
from tests.registrations.staff import (
    SHIXING,
    contact,
    contest,
    officer,
    organiser,
    quota_of,
    region,
    signed_in,
    submitted,
)
from tracks.models import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return contest()


@pytest.fixture
def desk(edition: Edition) -> Client:
    return signed_in(organiser())


def url(page: str, *args: object) -> str:
    return reverse(f"admin:registrations_{page}", args=args)


def shixing() -> Unit:
    return Unit.objects.get(full_name=SHIXING)


def test_limit_changes_with_a_reason(desk):
    quota = quota_of()
    desk.post(url("unitquota_change", quota.pk), {"limit": 26, "reason": "省科协同意增加"})
    quota.refresh_from_db()
    last = timeline(quota)[0]
    assert (quota.limit, quota.override_reason, last.label, last.reason) == (
        26,
        "省科协同意增加",
        "调整名额",
        "省科协同意增加",
    )


@pytest.mark.parametrize(("limit", "reason"), [(26, ""), (1, "核减")])
def test_limit_stays_without_reason_or_below_taken(edition, desk, limit, reason):
    submitted(edition, 2)
    answer = desk.post(url("unitquota_change", quota_of().pk), {"limit": limit, "reason": reason})
    assert (answer.status_code, quota_of().limit) == (200, 25)


def test_city_is_closed_until_opened(desk):
    quota = quota_of("韶关市科学技术协会")
    assert quota.limit is None
    desk.post(url("unitquota_change", quota.pk), {"limit": 10, "reason": "市科协统一推荐"})
    assert quota_of("韶关市科学技术协会").limit == 10


def test_renamed_unit_keeps_its_old_name(desk):
    unit = shixing()
    change = {
        "full_name": "始兴县科学技术普及协会",
        "team_name": unit.team_name,
        "kind": "county",
        "region": unit.region_id,
    }
    forms = {f"{name}-{count}_FORMS": 0 for name in ("former_names", "officers") for count in ("TOTAL", "INITIAL")}
    desk.post(url("unit_change", unit.pk), change | forms | {"reason": "更名"})
    unit.refresh_from_db()
    assert (unit.full_name, FormerName.objects.get(unit=unit).name) == ("始兴县科学技术普及协会", SHIXING)
    assert unit.pinyin.startswith("shixing")


def test_title_gives_fifty_places(desk):
    flag = {"flags-0-kind": "pilot", "flags-0-since": "2024-01-01", "flags-0-source": "省文明办名单"}
    page = {
        "name": "始兴县",
        "level": "county",
        "parent": "440200",
        "pinyin": "",
        "version": "2023-06-30",
        "reason": "补登记",
    }
    answer = desk.post(
        url("region_change", region("始兴县").pk), page | flag | {"flags-TOTAL_FORMS": 1, "flags-INITIAL_FORMS": 0}
    )
    assert (answer.status_code, quota_of().limit) == (302, 50)


def test_invitation_is_revoked_with_a_reason(desk):
    invitation = invite_officer(shixing(), by=None, email="clerk@example.test")
    page = url("officerinvitation_revoke", invitation.pk)
    assert desk.post(page, {"reason": ""}).status_code == 422
    desk.post(page, {"reason": "发错了人"})
    invitation.refresh_from_db()
    assert (invitation.status, timeline(invitation)[0].reason) == ("revoked", "发错了人")


def test_invitation_is_sent_again(desk):
    invitation = invite_officer(shixing(), by=None, email="clerk@example.test")
    desk.post(url("officerinvitation_resend", invitation.pk))
    assert Notice.objects.filter(template="officer-invited").count() == 2


def test_used_invitation_cannot_be_revoked(desk):
    officer()
    invitation = OfficerInvitation.objects.get()
    assert desk.post(url("officerinvitation_revoke", invitation.pk), {"reason": "x"}).status_code == 403


def test_officer_is_removed_with_a_reason(desk):
    officer()
    desk.post(url("officer_remove", Officer.objects.get().pk), {"reason": "已调离"})
    assert Officer.objects.count() == 0


def test_invites_pasted_units_after_a_preview(desk):
    pasted = f"{SHIXING}\tclerk@example.test\t李主任\n没有这个单位\tx@example.test\n韶关市科协\t13800138001"
    preview = desk.post(url("unit_invite_page"), {"pasted": pasted})
    assert [(row["line"].verdict) for row in preview.context["lines"]] == ["wrong", "new", "new"]
    assert OfficerInvitation.objects.count() == 0
    desk.post(url("unit_invite_page"), {"sheet": preview.context["sheet"]})
    found = OfficerInvitation.objects.order_by("pk").values_list("unit__full_name", "email", "phone", "name")
    assert list(found) == [
        (SHIXING, "clerk@example.test", None, "李主任"),
        ("韶关市科学技术协会", None, "+8613800138001", ""),
    ]


def test_preview_belongs_to_whoever_made_it(edition, desk):
    sheet = desk.post(url("unit_invite_page"), {"pasted": f"{SHIXING},clerk@example.test"}).context["sheet"]
    other = User.objects.create_superuser("另一位", email="second@example.test")
    signed_in(other).post(url("unit_invite_page"), {"sheet": sheet})
    assert OfficerInvitation.objects.count() == 0


@pytest.mark.parametrize(
    ("page", "status"), [("unit_changelist", 200), ("unit_import_page", 403), ("unit_invite_page", 403)]
)
def test_contact_reads_the_register_only(edition, page, status):
    assert signed_in(contact(edition, "worker")).get(url(page)).status_code == status


@pytest.mark.parametrize("page", ["region_changelist", "officer_changelist", "officerinvitation_changelist"])
def test_contact_does_not_see_the_organisers_pages(edition, page):
    assert signed_in(contact(edition, "worker")).get(url(page)).status_code == 403


@pytest.mark.parametrize("term", ["始兴", "shixing", "始兴县科普协会"])
def test_unit_is_found_by_name_pinyin_and_former_name(desk, term):
    FormerName.objects.create(unit=shixing(), name="始兴县科普协会")
    assert SHIXING in desk.get(url("unit_changelist"), {"q": term}).content.decode()
