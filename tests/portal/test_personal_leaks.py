"""R12: a word put into every private field is found on no page of anybody it does not concern."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.urls import NoReverseMatch

from core.accounts.models import User
from core.notices.models import Notice
from judging.models import Judge, Recusal
from registrations.entry_models import Member, MemberInvitation
from registrations.models import OfficerInvitation, RecommendationRow
from registrations.personal_models import BirthMonth, DeletionRequest, Guardian
from seasons.models import Force
from tests.portal.test_personal_life import MONTH, PARENT, PARENT_PHONE, PHONE, live
from tests.registrations import staff
from tests.world import ROLES, World, a_world, addresses

EVERYBODY_IN = {"person", "contact", "organiser"}  # the entry's own people, its reviewers
# The word in each field → who may read it without asking for it to be shown, and so leaving a trace.
MAY_READ: dict[str, set[str]] = {
    "13800138771": set(),  # the row's number, once it was sent in
    "sentinel-row@example.test": set(),
    "13800138772": set(),  # the participant's own: masked even for themselves but in the export
    "13800138773": set(),  # the guardian's
    "沈监护": set(),
    "13800138774": set(),  # of somebody invited
    "sentinel-invited@example.test": set(),
    "13800138775": set(),
    "1999-03": set(),  # not on a track for pupils; see below
    "审核悄悄话": EVERYBODY_IN,
    "删除悄悄话": {"organiser"},
    "评委单位悄悄话": {"organiser"},  # a judge is known by a number to everybody else
    "回避悄悄话": {"organiser"},
    "负责人悄悄话": {"officer", "organiser"},  # who leads a volunteer force
    "通知悄悄话": set(),  # the notice holds a personal link
}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with a_world() as world:
        seed(world)
        yield world


def seed(world: World) -> None:
    row = world.objects["registrations_recommendationrow"]
    entry = world.objects["registrations_entry"]
    member = Member.objects.get(pk=world.arguments["member"])
    RecommendationRow.objects.filter(pk=row.pk).update(phone="+8613800138771", email="sentinel-row@example.test")
    world.people["person"].phone = "+8613800138772"
    world.people["person"].save()
    birth = BirthMonth(member=member)
    birth.month = "1999-03"
    birth.save()
    Guardian.objects.create(
        member=member, name="沈监护", phone="+8613800138773", relation="母亲", asked_at=entry.created_at
    )
    MemberInvitation.objects.create(entry=entry, role="instructor", name="某某", phone="+8613800138774")
    OfficerInvitation.objects.filter(pk=world.objects["registrations_officerinvitation"].pk).update(
        email="sentinel-invited@example.test", phone="+8613800138775"
    )
    entry.claims.update(review_note="审核悄悄话")
    Judge.objects.update(organisation="评委单位悄悄话")
    Recusal.objects.update(reason="回避悄悄话")
    Force.objects.update(leader="负责人悄悄话")
    DeletionRequest.objects.update(reason="删除悄悄话")
    Notice.objects.filter(pk=world.objects["notices_notice"].pk).update(text="通知悄悄话")


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Every page that the world has something for."""
    for name in addresses():
        with suppress(NoReverseMatch, KeyError):
            yield name, world.path(name)


def test_no_page_below_its_role_shows_it(world: World) -> None:
    shown: dict[str, set[tuple[str, str]]] = {word: set() for word in MAY_READ}
    for name, path in pages(world):
        for role in ROLES:
            answer = world.send(role, "GET", path)
            body = b"".join(answer) if answer.streaming else answer.content
            for word in MAY_READ:
                if word.encode() in body:
                    shown[word].add((role, name))
    leaks = {(word, *place) for word, places in shown.items() for place in places if place[0] not in MAY_READ[word]}
    assert leaks == set()
    assert {word for word, readers in MAY_READ.items() if readers and not shown[word]} == set()  # it was there to find


@pytest.mark.parametrize(
    ("who", "may_read"), [("child", {"2011-07"}), ("contact", set()), ("officer", set()), ("organiser", set())]
)
def test_what_is_read_of_a_minor(edition, settings, tmp_path, who, may_read):
    settings.MEDIA_ROOT = tmp_path
    life = live(edition)
    unit, entry, member = life.desk.unit.pk, life.entry.pk, life.entry.people.get().pk
    about = ["", "edit/", "people/", f"people/{member}/birth/", "eligibility/", "submit/"]
    paths = [f"/entries/{entry}/{page}" for page in about]
    paths += [f"/units/{unit}/entries/", f"/units/{unit}/recommendation/", "/account/personal/", "/desk/"]
    paths += [f"/admin/registrations/entry/{entry}/change/", "/admin/registrations/entry/"]
    people = {"child": life.child, "officer": life.desk.officer, "organiser": life.organiser}
    user = people.get(who) or User.objects.get(email="youth@example.test")
    browser = staff.signed_in(user)
    answers = [browser.get(path) for path in paths]
    bodies = "".join(answer.content.decode() for answer in answers)
    assert {word for word in (PHONE, PARENT, PARENT_PHONE, MONTH) if word in bodies} == may_read
    assert sum(answer.status_code == 200 for answer in answers) >= 3
