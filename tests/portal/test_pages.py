"""The pages of the contest as data, the blank form and the demo's clock."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client

from core import clock
from core.sheets import read
from tracks.models import Edition


def text_of(client: Client, path: str) -> str:
    return re.sub(r"<[^>]+>", "", client.get(path).content.decode())


def test_tracks_show_every_condition(client: Client, edition: Edition) -> None:
    said = text_of(client, "/tracks/")
    conditions = [c.text for track in edition.rulebook.tracks for c in track.conditions]
    assert (len(conditions), [c for c in conditions if c not in said]) == (11, [])


def test_quotas_in_the_order_of_the_notice(client: Client, edition: Edition) -> None:
    html = client.get("/quota/").content.decode()
    assert re.findall(r'class="big t-num">(\d+)<small>个', html) == ["50", "25", "3", "5", "1", "1"]
    assert "待开放" in html


def test_team_names_show_what_is_typed(client: Client, edition: Edition) -> None:
    html = client.get("/quota/").content.decode()
    assert '高校名称<span class="slot">团队名称</span>科技志愿服务支队' in html
    assert '学会名称科技志愿服务支队<span class="slot">专委会名称</span>分队' in html


def test_schedule_names_every_milestone_with_its_source(client: Client, edition: Edition) -> None:
    said = text_of(client, "/schedule/")
    wanted = [word for m in edition.calendar for word in (m.name, m.source)]
    assert [word for word in wanted if word not in said] == []
    assert said.count("截止待定") == 4  # three themes and the note


def test_blank_form_has_the_seven_columns(client: Client, edition: Edition) -> None:
    response = client.get("/downloads/recommendation.xlsx")
    rows = read(response.content, "表.xlsx").sheets[0].rows
    assert rows[1] == [
        "序号",
        "姓名(参赛者/参赛队伍代表)",
        "参赛队伍名称(参赛队伍填写)",
        "参赛者所在单位/学校院系(参赛者填写)",
        "联系电话",
        "报名类别(可多选)",
        "推荐单位",
    ]


def test_every_edition_page_stands_without_an_edition(client: Client, db: None) -> None:
    pages = ["/", "/tracks/", "/quota/", "/schedule/", "/downloads/", "/downloads/recommendation.xlsx"]
    assert {client.get(path).status_code for path in pages} == {200}


def test_demo_jumps(client: Client, edition: Edition, settings: LazySettings) -> None:
    settings.DEMO = True
    response = client.post("/demo/jump/", {"to": "serve", "next": "/schedule/"}, follow=True)
    assert "演示时间" in response.content.decode()
    assert f"{clock.now():%Y-%m-%d %H}" == "2025-03-10 09"


@pytest.mark.parametrize(("demo", "to", "status"), [(False, "serve", 404), (True, "nowhere", 400)])
def test_demo_refuses(
    client: Client, edition: Edition, settings: LazySettings, demo: bool, to: str, status: int
) -> None:
    settings.DEMO = demo
    assert client.post("/demo/jump/", {"to": to}).status_code == status


def test_demo_never_leaves_the_portal(client: Client, edition: Edition, settings: LazySettings) -> None:
    settings.DEMO = True
    response = client.post("/demo/jump/", {"to": "serve", "next": "https://example.org/"})
    assert response.headers["Location"] == "/"
