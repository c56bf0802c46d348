"""The organiser allocates and announces; an objection holds and makes version 2; the list is final; receipts; the
certificates of that version are printed, a winner takes theirs, a stranger verifies it by phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.models import AwardLine, AwardList, Certificate, Objection
from core import clock
from core.printing.codes import read_codes
from tests.awards import build
from tests.journeys.conftest import deliver, enters
from tests.journeys.looking import ADMIN, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_awards(page, live_server, contest, at, see, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    server, edition, boss = live_server.url, build.edition(), build.organiser()
    found: AwardList = build.category(edition)
    admin = f"{server}/admin/awards/awardlist/{found.pk}/change/"

    enters(page, server, boss)
    page.goto(f"{server}/admin/awards/awardlist/")
    at("1-lists")
    page.goto(admin)
    page.get_by_role("link", name="生成草案").click()
    page.get_by_role("button", name="生成").click()
    at("2-draft")
    page.get_by_role("link", name="权重试算").click()
    page.get_by_label("一等奖取几名").fill("2")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_text("谁进谁出")).to_be_visible()
    at("3-what-if")
    page.goto(admin)
    page.get_by_role("link", name="确定名单").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_role("link", name="公示", exact=True).click()
    at("4-publish")
    page.get_by_role("button", name="公示", exact=True).click()
    deliver()

    enters(page, server, build.citizen())
    page.goto(f"{server}/awards/")
    at("5-publicity")
    see()
    page.get_by_role("link", name=re.compile("A 类")).click()
    expect(page.get_by_text("获奖名单的公示")).to_be_visible()
    at("6-list")
    see()
    page.get_by_role("link", name="提出异议").click()
    page.get_by_label("对哪一项有异议").select_option("test-1")
    page.get_by_label("异议内容和依据").fill("与 2023 年公开发表的一件作品雷同")
    page.get_by_role("button", name="提交异议").click()
    expect(page.get_by_text("请上传证据").first).to_be_visible()
    at("7-objection")
    see()
    picture, name = build.paper()
    page.get_by_label("证据，或盖章的异议书").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": picture.read()}
    )
    page.get_by_role("button", name="提交异议").click()
    expect(page.get_by_role("heading", name=re.compile("异议第 .* 号"))).to_be_visible()
    deliver()
    page.reload()
    at("8-filed")
    see()

    enters(page, server, boss)
    page.goto(f"{server}/admin/awards/objection/{Objection.objects.get().pk}/change/")
    for word in ("受理", "开始核查"):
        page.get_by_role("link", name=word, exact=True).click()
        page.get_by_role("button", name=word).click()
    page.get_by_role("link", name="作出结论").click()
    page.get_by_label("取消奖项").check()
    page.get_by_label("核查情况").fill("比对属实")
    at("9-decide")
    page.get_by_role("button", name="作出结论").click()
    page.get_by_role("link", name="答复", exact=True).click()
    page.get_by_label("写给提出人的话").fill("经核查，异议成立，该奖项已取消，名单已更正。")
    page.get_by_role("button", name="答复").click()
    at("10-answered")

    page.goto(f"{server}/awards/{found.pk}/")
    expect(page.get_by_text("第 2 版的变动")).to_be_visible()
    at("11-version-2")
    see()
    build.after(found)
    page.goto(admin)
    page.get_by_role("link", name="生效").click()
    page.get_by_role("button", name="生效").click()
    at("12-final")
    assert build.again(found).state == "final"

    line = AwardLine.objects.final().select_related("entry").first()
    enters(page, server, line.entry.people.get(role="representative").user)
    page.goto(f"{server}/entries/{line.entry_id}/receipt/")
    expect(page.get_by_text("高于").first).to_be_visible()
    at("13-receipt")
    see()
    page.goto(f"{server}/entries/{line.entry_id}/")
    expect(page.get_by_role("link", name="看成绩单")).to_be_visible()
    at("14-progress")
    assert clock.now() >= build.again(found).closes_at
    enters(page, server, boss)
    page.goto(f"{server}/admin/awards/entitlement/")
    at("15-entitlements")

    page.goto(f"{server}{reverse('admin:awards_certificatebatch_new_page')}")  # on a phone its link is in a menu
    page.get_by_label("获奖名单").select_option(str(found.pk))
    page.get_by_role("button", name="试制").click()
    expect(page.get_by_role("heading", name=re.compile("将要制作"))).to_be_visible()
    at("16-batch")
    assert look(page, ADMIN) == []
    page.get_by_role("link", name="开始制作").click()
    page.get_by_role("button", name="开始制作").click()
    count = AwardLine.objects.final().count()
    expect(page.get_by_text(f"已制作 0 / {count} 张")).to_be_visible()
    at("17-running")
    assert look(page, ADMIN) == []
    deliver()
    expect(page.get_by_role("link", name="全部证书（ZIP）")).to_be_visible()  # the page found out by itself
    expect(page.get_by_text(f"已制作 {count} / {count} 张")).to_be_visible()
    at("18-done")
    assert look(page, ADMIN) == []

    enters(page, server, line.entry.people.get(role="representative").user)
    page.goto(f"{server}/certificates/")
    page.get_by_role("link", name=re.compile("查看和保存")).click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 PDF").click()
    ((code,),) = read_codes(taken.value.path().read_bytes())
    page.context.clear_cookies()
    page.goto(code)
    expect(page.get_by_role("heading", name="有效")).to_be_visible()
    expect(page.get_by_text(Certificate.objects.get(line=line).number)).to_be_visible()
    at("19-verified")
    see()
