"""A participant keeps a certificate; a stranger checks it by its code, an altered one is refused; with the network cut
the offline page says the same; the clerk takes the unit's away in one file."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from awards.certificates.keys import keys
from awards.certificates.rendering import Sheet, print_all
from awards.models import Certificate
from awards.rules.certificates import Claim, Words, payload_of, read_payload
from core import clock
from core.accounts.models import User
from core.files.services import keep
from core.links import absolute
from core.printing.codes import read_codes
from registrations.services import entering
from tests.awards.certificates.build import certificate
from tests.journeys.conftest import PICTURES, enters
from tests.registrations import staff
from tracks.models import Edition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "欧阳明月"


def printed(edition: Edition, **more: object) -> Certificate:
    """As a batch would print it: the code leads to this server."""
    one = certificate(edition, NAME, key=keys().private, **more)
    link = absolute(reverse("verify_code", args=[one.payload]))
    words = Words(*one.words)
    (pdf,) = print_all([Sheet(one.title, words, tuple(one.issuers), one.issued_on, one.number, link)])
    one.file = keep(io.BytesIO(pdf), name=one.file_name, owner=None, limit=10**6)
    one.save(update_fields=["file"])
    return one


def altered(link: str) -> str:
    """The code of a forger: another name, the signature as it was."""
    claim, signature = read_payload(link)
    return payload_of(Claim(claim.number, "欧阳明日", claim.award, claim.date), signature)


def test_certificates(page: Page, live_server, contest, at, see, tmp_path: Path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    server, clerk = live_server.url, staff.officer()
    row = staff.submitted(contest, 1)[0]
    person = User.objects.create_user(NAME, email="person@example.test")
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    entry = entering.make_entry(contest, values, representative=person, row=row)
    one = printed(contest, entry=entry)
    clock.set_now(contest.window("final").opens + timedelta(days=1))

    enters(page, server, person)
    page.goto(f"{server}/entries/{entry.pk}/")
    at("1-progress")
    page.get_by_role("link", name="查看和下载").click()
    picture = page.get_by_role("img", name=NAME)
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 2000
    at("2-certificate")
    see()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 PDF").click()
    pdf = Path(taken.value.path()).read_bytes()
    png = page.request.get(f"{server}{reverse('certificate_picture', args=[one.pk])}").body()
    (PICTURES / "certificates-picture.png").write_bytes(png)
    assert read_codes(pdf) == read_codes(png) == [[absolute(reverse("verify_code", args=[one.payload]))]]
    page.goto(f"{server}/certificates/")
    at("3-mine")
    see()

    ((link,),) = read_codes(png)
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_role("heading", name="有效")).to_be_visible()
    expect(page.get_by_text("欧***")).to_be_visible()
    at("4-verified")
    see()
    page.get_by_role("link", name="核对全名").click()
    expect(page.get_by_label("证书编号")).to_have_value(one.number)
    page.get_by_label("证书上的姓名").fill("欧阳明日")
    page.get_by_role("button", name="查验").click()
    expect(page.get_by_text("没有编号和姓名都相符的证书").first).to_be_visible()
    at("5-wrong-name")
    see()
    page.get_by_label("证书上的姓名").fill(NAME)
    page.get_by_role("button", name="查验").click()
    expect(page.get_by_role("heading", name="有效")).to_be_visible()
    at("6-by-name")
    page.goto(f"{server}/verify/{altered(link)}")
    expect(page.get_by_role("heading", name="查验不通过")).to_be_visible()
    at("7-altered")
    see()
    Certificate.objects.filter(pk=one.pk).update(state="revoked", reason="抄袭", ended_at=clock.now())
    page.goto(link)
    page.reload()  # the browser may show for a minute what it was told
    expect(page.get_by_role("heading", name="已撤销")).to_be_visible()
    at("8-revoked")

    page.goto(f"{server}/verify/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载离线查验页").click()
    offline = tmp_path / "offline.html"
    taken.value.save_as(offline)
    page.context.set_offline(True)
    page.goto(offline.as_uri())
    page.get_by_label("扫二维码得到的链接").fill(link)
    page.get_by_role("button", name="查验").click()
    expect(page.get_by_role("heading", name="签名有效")).to_be_visible()
    expect(page.get_by_text(NAME)).to_be_visible()
    at("9-offline")
    for false, said in ((altered(link), "签名不对"), (link[:-5], "读不出来")):
        page.get_by_label("扫二维码得到的链接").fill(false)
        page.get_by_role("button", name="查验").click()
        expect(page.get_by_role("heading", name=said)).to_be_visible()
    page.context.set_offline(False)

    again = printed(contest, entry=entry)
    enters(page, server, clerk)
    page.goto(f"{server}/units/{row.recommendation.unit_id}/certificates/")
    at("10-unit")
    see()
    with page.expect_download() as taken:
        page.get_by_role("button", name="全部下载（ZIP）").click()
    with zipfile.ZipFile(taken.value.path()) as parts:
        assert parts.namelist() == [f"{again.number} {NAME}.pdf", "证书登记表.xlsx"]
