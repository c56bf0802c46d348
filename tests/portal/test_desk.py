"""The desk: invitations and what waits are named; several roles switch in the head of every page."""

import pytest
from django.urls import reverse

from core import clock
from core.accounts.models import User
from core.tokens import token_of
from registrations.services import reviewing, teams
from registrations.services.units import invite_officer, join
from tests.registrations import build
from tests.registrations.entries.build import REGISTERING, draft, person
from tests.registrations.staff import contact, organiser, signed_in

pytestmark = pytest.mark.django_db


def test_a_clerk_is_told_what_came_back(edition):
    desk, me = build.desk(edition), contact(edition, "worker")
    reviewing.return_row(desk.submitted(1)[0], reason="校名不全", by=me)
    join(invite_officer(desk.unit, by=None, email=me.email), by=me)
    page = signed_in(me).get(reverse("desk")).content.decode()
    assert ("退回 1 行" in page, "赛道联系人" in page, "站内消息" in page) == (True, True, True)


def test_roles_switch_in_the_head_of_pages(edition):
    desk, me = build.desk(edition), organiser()
    join(invite_officer(desk.unit, by=None, email=me.email), by=me)
    client, home = signed_in(me), reverse("schedule")
    assert "切换身份" not in client.get(home).content.decode()
    client.get(reverse("desk"))
    page = client.get(home).content.decode()
    assert ("切换身份" in page, page.count(f'href="{reverse("recommendation", args=[desk.unit.pk])}"')) == (True, 1)


def test_an_invitation_is_the_first_thing(edition):
    clock.set_now(REGISTERING)
    by, me = person(), User.objects.create_user("何老师", email="he@example.test")
    invitation = teams.invite(draft(edition, by), "instructor", by=by, email="he@example.test", name="何老师")
    assert signed_in(me).get(reverse("desk")).url == reverse("member_invitation", args=[token_of(invitation)])
