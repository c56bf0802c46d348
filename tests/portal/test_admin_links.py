"""Whatever staff can click in the admin opens: no link leads to a page that refuses its reader."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.urls import reverse

from tests.test_access import expected
from tests.world import ROLES, World, a_world

LINK = re.compile(r'<a\s[^>]*?href="(/[^"#]*)')
SHUT = (403, 404)
NOT_FOLLOWED = {"/accounts/logout/", "/admin/logout/"}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with a_world() as world:
        yield world


def pages(role: str) -> list[str]:
    """The pages of the admin that the table of roles opens to this one."""
    own = ROLES.index(role)
    return [name for name, letters in expected().items() if name.startswith("admin") and letters[own] == "."]


def links(world: World, role: str) -> dict[str, str]:
    """Address → the page where it was found first, of all that stands in the admin for this role."""
    found: dict[str, str] = {}
    for name in pages(role):
        answer = world.send(role, "GET", world.path(name))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for address in LINK.findall(answer.content.decode()):
                found.setdefault(unescape(address), name)
    return {address: name for address, name in found.items() if address.split("?")[0] not in NOT_FOLLOWED}


@pytest.mark.parametrize("role", ["contact", "stranger", "organiser"])
def test_no_link_in_the_admin_is_refused(world: World, role: str) -> None:
    found = links(world, role)
    shut = {
        address: f"{answer.status_code}, on {found[address]}"
        for address in found
        if (answer := world.send(role, "GET", address)).status_code in SHUT
    }
    assert (len(found) > 30, shut) == (True, {})


def test_what_one_may_not_open_is_still_named(world: World) -> None:
    """A track's edition: the organiser's page, a contact's words."""
    track, edition = world.objects["tracks_track"], world.objects["tracks_edition"]
    page = reverse("admin:tracks_track_change", args=[track.pk])
    link = f'href="{reverse("admin:tracks_edition_change", args=[edition.pk])}"'
    seen = [world.send(role, "GET", page).content.decode() for role in ("organiser", "contact")]
    assert [(link in html, str(edition) in html) for html in seen] == [(True, True), (False, True)]
