"""Guides, the map for search engines, filing numbers: what belongs to no contest's data."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageColor

from aisc_portal.found import PAGES
from aisc_portal.guides import FOLDER, GUIDES
from tests.tracks import build
from tools.share_picture import PICTURE, SIZE, tokens
from tracks.models import Edition


def test_every_guide_of_the_repository_is_a_page() -> None:
    assert set(GUIDES.values()) == {path.stem for path in Path(FOLDER).glob("*.md")}


@pytest.mark.parametrize("who", GUIDES)
def test_a_guide_is_shown_whole_with_its_pictures(client: Client, edition: Edition, who: str) -> None:
    html = client.get(reverse("guide", args=[who])).content.decode()
    text = (FOLDER / f"{GUIDES[who]}.md").read_text(encoding="utf-8")
    assert re.findall(r"<h2>", html) or "<h3>" in html
    pictures = re.findall(r'<img src="/static/([^"]+)"', html)
    assert len(pictures) == text.count("![")
    assert [name for name in pictures if finders.find(name) is None] == []


def test_the_sitemap_names_the_site_and_what_is_public(edition: Edition, settings: LazySettings) -> None:
    one = build.published(edition)
    hidden = build.draft(edition, title="草稿")
    settings.ALLOWED_HOSTS = ["*"]
    found = ElementTree.fromstring(Client().get("/sitemap.xml", headers={"host": "evil.test"}).content)
    paths = {loc.text.removeprefix(settings.SITE_URL) for loc in found.iter() if loc.tag.endswith("}loc") and loc.text}
    assert {reverse(name) for name in PAGES} | {f"/news/{one.pk}/"} <= paths
    assert f"/news/{hidden.pk}/" not in paths
    assert [path for path in paths if "evil" in path] == []


def test_robots_leave_the_accounts_alone(client: Client, settings: LazySettings) -> None:
    said = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in said
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in said


def test_the_foot_shows_the_filing_numbers_once_there_are_any(
    client: Client, edition: Edition, settings: LazySettings
) -> None:
    assert "ICP备案号（上线前填写）" in client.get("/").content.decode()
    settings.ICP_NUMBER = "粤ICP备00000000号"
    assert re.search(
        r'<a href="https://beian[^"]+" rel="noopener">粤ICP备00000000号</a>', client.get("/").content.decode()
    )


SHARED = ["home", "announcements", "publicity", "rankings", "wall", "leaderboard", "verify"]


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_link_has_a_picture(client: Client, edition: Edition, settings: LazySettings, name: str) -> None:
    html = client.get(reverse(name)).content.decode()
    address = re.findall(r'<meta property="og:image" content="([^"]+)">', html)
    assert (address, html.count("og:title")) == ([f"{settings.SITE_URL}/static/icons/share.png"], 1)


def test_the_shared_picture_wears_the_tokens() -> None:
    with Image.open(PICTURE) as picture:
        ground = picture.convert("RGB").getpixel((5, 5))
    assert (picture.size, ground) == (SIZE, ImageColor.getrgb(tokens()["navy"]))
