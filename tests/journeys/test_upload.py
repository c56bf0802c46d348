"""A large file over a line that is cut, a page that is reloaded; small ones side by side; without JavaScript."""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from core.accounts.models import User
from core.files.models import StoredFile, Upload
from tests.core.uploading.site import TEMPLATES

pytestmark = [pytest.mark.django_db(transaction=True)]

MB = 1_000_000
SLOW = 3 * MB  # bytes a second


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Hashing and sending take their time on a busy machine."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def slot(settings, tmp_path: Path, live_server, page: Page) -> str:
    """The address of a page with a slot; its owner is signed in."""
    settings.ROOT_URLCONF = "tests.core.uploading.site"
    settings.MEDIA_ROOT = tmp_path / "files"
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], TEMPLATES]}]
    client = Client()
    client.force_login(User.objects.create_user("上传人", email="owner@example.test"))
    cookie = {"name": "session", "value": client.cookies["session"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return f"{live_server.url}/slot/"


@pytest.fixture
def line(page: Page) -> Callable[[int], None]:
    """Sets how many bytes a second go up; 0 cuts the line."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def set_to(speed: int) -> None:
        facts = {"offline": not speed, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed or -1}
        session.send("Network.emulateNetworkConditions", facts)

    return set_to


def file_of(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(b"%PDF-1.7\n" + hashlib.sha256(name.encode()).digest() * (size // 32))
    return path


def offset() -> int:
    return Upload.objects.get().offset


def wait_until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing happened")


def kept(name: str) -> str:
    return StoredFile.objects.get(original_name=name).sha256


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_upload_over_a_line_that_is_cut(page: Page, slot: str, line, tmp_path: Path, at) -> None:
    path = file_of(tmp_path, "潮间带_成片.pdf", 24 * MB)
    page.goto(slot)
    at("1-before")
    line(SLOW)
    page.get_by_label("课程方案或课件").set_input_files(path)
    row = page.locator("[data-list] li")
    expect(row).to_contain_text(re.compile(r"[3-9]\d%，.* / 24 MB"))
    line(0)
    expect(row).to_contain_text("网络断开，恢复后自动继续。已传的还在。")
    cut_at = offset()
    at("2-cut")
    line(SLOW // 12)
    wait_until(page, lambda: offset() > cut_at)
    row.get_by_role("button", name="暂停").click()
    expect(row).to_contain_text("暂停在")
    at("3-paused")

    page.reload()
    expect(row).to_contain_text("要接着传，请再选一次这个文件")
    at("4-reloaded")
    begun = Upload.objects.get()
    assert begun.offset > MB
    line(100 * MB)
    page.get_by_label("课程方案或课件").set_input_files(path)
    expect(row).to_contain_text("已传完，24 MB")
    at("5-done")
    assert (kept(path.name), Upload.objects.get().pk) == (sha256(path), begun.pk)


def test_upload_of_several_files(page: Page, slot: str, tmp_path: Path, at) -> None:
    paths = [file_of(tmp_path, f"第{number}课.pdf", number * MB) for number in range(1, 4)]
    empty = tmp_path / "空白.pdf"
    empty.write_bytes(b"")
    page.goto(slot)
    page.get_by_label("课程方案或课件").set_input_files([*paths, empty])
    expect(page.locator("[data-list] li", has_text="已传完")).to_have_count(3)
    expect(page.locator("[data-list] li", has_text="空白.pdf")).to_contain_text("文件是空的")
    at("done")
    assert [kept(path.name) for path in paths] == [sha256(path) for path in paths]


def test_upload_that_is_given_up_or_not_taken(page: Page, slot: str, line, tmp_path: Path, at) -> None:
    page.goto(slot)
    page.get_by_label("课程方案或课件").set_input_files(file_of(tmp_path, "unwanted.pdf", MB))
    expect(page.locator("[data-list] li")).to_contain_text("这里不收 PDF")
    at("refused")
    line(SLOW)
    page.get_by_label("课程方案或课件").set_input_files(file_of(tmp_path, "大.pdf", 24 * MB))
    row = page.locator("[data-list] li", has_text="大.pdf")
    expect(row).to_contain_text("%，")
    row.get_by_role("button", name="取消").click()
    expect(row).to_have_count(0)
    wait_until(page, lambda: set(Upload.objects.values_list("state", flat=True)) == {"cancelled"})


def test_upload_without_script(browser: Browser, page: Page, slot: str, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(slot)
    expect(plain.get_by_text("现在能直接提交不超过 20 MB 的文件")).to_be_visible()
    plain.get_by_label("课程方案或课件").set_input_files(file_of(tmp_path, "小.pdf", MB))
    plain.get_by_role("button", name="上传").click()
    expect(plain.get_by_text("小.pdf，1 MB")).to_be_visible()
    context.close()
