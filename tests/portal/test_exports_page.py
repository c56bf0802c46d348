"""届次导出: open data without anybody in it, and next year's draft that can be loaded."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from aisc_portal import archive, editions, open_data
from aisc_portal.next_edition import Naming, draft
from core import clock
from core.problems import Refused
from tests.contest import GUANGDONG
from tests.registrations import build
from tests.registrations.staff import organiser, signed_in
from tracks.models import Edition
from tracks.rulebook import parse

NEXT = Naming("next-year", "GDAIKP9", "第九届")


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


@pytest.mark.parametrize(("count", "told"), [(0, "<5"), (4, "<5"), (5, 5), (12, 12)])
def test_small_counts_are_not_told(count, told):
    assert open_data.hidden(count) == told


@pytest.mark.django_db
def test_open_data_names_nobody(edition):
    desk = build.desk(edition)
    desk.submitted(6, name="王小芳", organisation="城南中学")
    files = unpacked(signed_in(organiser()).get(reverse("open_data")).content)
    assert files["rows.csv"].splitlines()[1:] == [f"韶关市,{edition.tracks.get(code='worker').name},6"]
    assert [word for word in ("王小芳", "城南", "始兴", "13800") if word in "".join(files.values())] == []


@pytest.mark.django_db
def test_the_manifest_holds(edition):
    content = open_data.pack(edition, clock.now())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = json.loads(archive.read("manifest.json"))["files"]
        found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in said}
    assert found == {name: one["sha256"] for name, one in said.items()}


@pytest.mark.parametrize("file", sorted(GUANGDONG.parent.glob("*.toml")), ids=lambda path: path.stem)
def test_every_edition_has_a_next_year(file: Path):
    old, new = parse(file.read_text()).rulebook, parse(draft(file.read_text(), NEXT)).rulebook
    years = [
        after.starts_at.year - before.starts_at.year
        for before, after in zip(old.milestones, new.milestones, strict=True)
        if before.starts_at
    ]
    assert (set(years), new.edition.slug, new.edition.code) == ({1}, "next-year", "GDAIKP9")


def test_the_last_of_february():
    text = GUANGDONG.read_text().replace("start = 2024-12-27", "start = 2024-02-29", 1)
    assert "start = 2025-02-28" in draft(text, NEXT)


def test_the_same_name_is_refused():
    with pytest.raises(Refused) as refused:
        draft(GUANGDONG.read_text(), Naming("guangdong-2024", "GDAIKP1", "首届"))
    assert [problem.field for problem in refused.value.problems] == ["slug", "code"]


@pytest.mark.django_db
def test_the_draft_loads_beside_this_year(edition):
    asked = {"slug": "guangdong-2025", "code": "GDAIKP2", "session": "第二届"}
    text = signed_in(organiser()).post(reverse("edition-exports"), asked).content.decode()
    editions.load(text)
    assert Edition.objects.get(slug="guangdong-2025").is_current is False


@pytest.mark.django_db
def test_next_year_is_nobodys_until_it_is_made_the_current_one(edition, client):
    editions.load(draft(edition.text, NEXT))
    new, desk = Edition.objects.get(slug="next-year"), signed_in(organiser())
    own, deed = reverse("edition", args=["next-year"]), reverse("admin:tracks_edition_make_current", args=[new.pk])
    assert (client.get(own).status_code, "next-year" in client.get(reverse("editions")).content.decode()) == (
        404,
        False,
    )
    assert "还没有联系人的赛道" in desk.get(deed).content.decode()
    assert (desk.post(deed, {"reason": " "}).status_code, Edition.objects.current()) == (422, edition)
    assert desk.post(deed, {"reason": "新的一届"}, follow=True).status_code == 200
    assert (Edition.objects.current(), client.get(own).status_code) == (new, 200)
    assert "已经结束" in client.get(reverse("edition", args=[edition.slug])).content.decode()
    assert desk.get(deed).status_code == 403


# --- The archive ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_archive_holds_every_row_and_its_manifest(edition):
    build.desk(edition).submitted(2, name="王小芳")
    answer = signed_in(organiser()).post(reverse("edition-archive"), {"reason": "年度归档"})
    files = unpacked(b"".join(answer.streaming_content))
    said = json.loads(files["manifest.json"])["files"]
    found = {name: hashlib.sha256(files[name].encode()).hexdigest() for name in said}
    assert found == {name: one["sha256"] for name, one in said.items()}
    assert (said["registrations.recommendationrow.jsonl"]["rows"], files["rules.toml"] == edition.text) == (2, True)


@pytest.mark.django_db
def test_no_contact_is_archived(edition):
    build.desk(edition).submitted(1, phone="13800138055", email="row@example.test")
    content = archive.archive(edition, reason="年度归档", now=clock.now(), by=organiser()).read()
    told = "".join(text for name, text in unpacked(content).items() if name.endswith("jsonl"))
    assert [word for word in ("13800138055", "row@example.test", "nonce") if word in told] == []


@pytest.mark.django_db
def test_an_archive_needs_a_reason(edition):
    with pytest.raises(Refused, match="理由"):
        archive.archive(edition, reason=" ", now=clock.now(), by=organiser())


def test_what_belongs_to_an_edition_is_archived():
    labels = {model._meta.label for model, _ in archive.models_of_an_edition()}
    assert {"registrations.Work", "judging.ScoreSheet", "seasons.PointEntry", "awards.Certificate"} <= labels
    assert not {label for label in labels if label.startswith("judging.Ballot")}
