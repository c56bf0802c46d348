"""The front page: by phase, from the edition alone, small and self-contained."""

import gzip
import re
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from aisc_portal.demo import jumps_of
from aisc_portal.home import home
from awards.services.publishing import window_from
from core import clock
from tests.tracks import build
from tracks.models import Edition

BUDGET = 100_000  # bytes, gzipped, before pictures


def page(client: Client) -> str:
    return client.get("/").content.decode()


@pytest.mark.django_db
def test_without_an_edition_the_page_says_so(client: Client) -> None:
    assert "本届大赛还没有发布" in page(client)


@pytest.mark.parametrize(
    ("jump", "words"),
    [
        (
            "recommend",
            ["12 月 10 日，报名第 15 天。", "5 天后截止", "距推荐报送截止还有 5 天 8 小时 0 分", "12 月 22 日开放"],
        ),
        ("register", ["12 月 23 日，报名第 28 天。", "2 天后截止", "推荐报送已于 12 月 15 日（周日）17:00 截止"]),
        ("train", ["1 月 11 日，培训阶段。", "培训进行中"]),
        ("serve", ["3 月 10 日，积分赛季第 29 天。", "积分赛季进行中"]),
        ("final", ["9 月 11 日，终审阶段。", "评审阶段"]),
        ("publicity", ["10 月 1 日，终审已结束。", "等待公示"]),  # nothing announced yet
    ],
)
def test_the_page_follows_the_calendar(client: Client, edition: Edition, jump: str, words: list[str]) -> None:
    clock.set_now(next(j.moment for j in jumps_of(edition) if j.code == jump))
    said = page(client)
    assert [word for word in words if word not in said] == []


def test_the_year_is_merged_and_the_present_marked(client: Client, edition: Edition) -> None:
    steps = re.findall(
        r'<li(?: class="(is-now)" aria-current="step")?><span class="year__date">(.*?)</span><h3>(.*?)</h3>',
        page(client),
    )
    assert steps == [
        ("is-now", "11-26 至 12-25", "开放报名"),
        ("", "12-27", "启动仪式"),
        ("", "12-28 起", "第一主题赛季"),
        ("", "2025-01-10 起", "第二、三主题赛季"),
        ("", "2025-02-10 至 08-30", "N 主题积分赛季"),
        ("", "9 月中下旬", "终审暨颁奖典礼"),
    ]


def test_an_edited_date_moves_the_countdown(client: Client, edition: Edition) -> None:
    due = edition.milestones.get(code="recommend_due")
    due.ends_at = due.ends_at.replace(day=16)
    due.save()
    assert "距推荐报送截止还有 6 天 8 小时 0 分" in page(client)


def test_home_asks_the_database_little(
    client: Client, edition: Edition, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/")  # the process reads the edition
    with django_assert_max_num_queries(3):  # the edition's versions, the lists of winners, the announcements
        client.get("/")


def test_home_is_quick(rf: RequestFactory, edition: Edition) -> None:
    seconds = []
    for _ in range(20):
        request = rf.get("/")
        request.user, request.session = AnonymousUser(), {}
        begun = time.process_time()
        home(request)
        seconds.append(time.process_time() - begun)
    assert min(seconds) < 0.015


def test_home_is_small_and_asks_nobody_else(client: Client, edition: Edition) -> None:
    for number in range(3):
        build.published(edition, title=f"第{number}条公告", body="长" * 500)
    html = page(client)
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', html) == []
    assets = re.findall(r'"/static/([^"#]+\.(?:css|js|svg))[#"]', html)
    size = len(gzip.compress(html.encode()))
    for asset in set(assets):
        with open(finders.find(asset), "rb") as file:
            data = file.read()
        assert b"@font-face" not in data  # the system's own fonts: nothing else is loaded
        assert b"@import" not in data
        size += len(gzip.compress(data))
    assert size < BUDGET


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tracks/",
        "/quota/",
        "/schedule/",
        "/downloads/",
        "/privacy/",
        "/accessibility/",
        "/news/",
        "/questions/",
        "/guides/",
        "/guides/unit/",
        "/editions/",
        "/gallery/",
        "/none/",
    ],
)
def test_pages_hold_no_inline_script_or_style(client: Client, edition: Edition, path: str) -> None:
    html = client.get(path).content.decode()
    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", html) == []
    assert [mark for mark in ("<c-", "{%", "{{", "None") if mark in html] == []


def test_large_text_is_set_by_the_server(client: Client, edition: Edition) -> None:
    response = client.post("/text-size/", {"next": "/quota/"}, follow=True)
    assert response.redirect_chain == [("/quota/", 302)]
    assert '<html lang="zh-Hans" class="text-l">' in response.content.decode()


def test_not_found_in_plain_words(client: Client, edition: Edition) -> None:
    response = client.get("/none/")
    assert (response.status_code, "没有找到这一页" in response.content.decode()) == (404, True)


def test_the_demo_reaches_the_end_of_what_is_announced(edition: Edition) -> None:
    """A list that is announced at 公示 has run its window at 结束."""
    moments = {jump.code: jump.moment for jump in jumps_of(edition)}
    assert window_from(edition, moments["publicity"]) < moments["over"]
