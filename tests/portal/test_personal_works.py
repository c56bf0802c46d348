"""Works of somebody whose data are deleted: content and files go, receipts stay and say so; and when terms run out."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from aisc_portal import invariants, personal
from core import clock
from core.accounts.models import User
from core.files.derived.making import derive
from core.files.models import StoredFile, Upload
from core.files.uploads import begin
from core.jobs.services import drain_all
from core.notices.models import Notice
from registrations.services import entering, personal_purge, personal_requests, personal_retention, works
from registrations.services.work_dossier import files_of
from registrations.work_models import Work
from tests.core import good_files
from tests.portal.test_personal_life import tables
from tests.registrations import staff
from tests.registrations.works import build
from tracks.models import Edition

NAME, MAIL, STORY = "祝小满宇", "zhu-xiaomanyu@example.test", "红树林里的招潮蟹怎样挥动大螯"


@pytest.fixture
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def author() -> User:
    return User.objects.create_user(NAME, phone="13800138701", email=MAIL)


def handed_in(work: Work) -> Work:
    """Two versions, with previews; the second file bears the author's name."""
    build.put(work, good_files.png(), f"{NAME}的图.png")
    for title in (STORY, f"{STORY}（{NAME}）"):
        works.save_work(work, build.TEXTS | {"title": title}, by=build.leader(work))
        build.submit(work)
    for file in work.files.all():
        derive(file.file)
    drain_all()
    return build.fresh(work)


def deleted(user: User) -> None:
    """At their request, by the organiser."""
    asked = personal_requests.ask(user, by=user)
    personal.carry_out(asked, reason="依本人申请", by=User.objects.get(real_name="组委"))
    drain_all()
    personal.expire(clock.now())  # the notice that told them


def named(*words: str) -> dict[str, list[str]]:
    """Tables that still say one of the words."""
    found = {place: [word for word in words if word in text] for place, text in tables().items()}
    return {place: said for place, said in found.items() if said}


def test_a_deleted_persons_work_is_empty_and_its_receipts_say_so(edition: Edition, media: Path):
    staff.organiser()
    work = handed_in(build.begun(build.accepted(edition, author())))
    receipts = list(work.versions.order_by("number").values_list("receipt", flat=True))
    assert named(STORY)
    deleted(build.leader(work))
    work = build.fresh(work)
    assert (work.title, work.fields, work.ai, work.state) == ("", {}, {}, "submitted")
    assert list(work.versions.order_by("number").values_list("receipt", flat=True)) == receipts
    assert [(v.title, v.fields, v.erased_at is not None) for v in work.versions.all()] == [("", {}, True)] * 2
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert (StoredFile.objects.count(), named(STORY, NAME), broken()) == (0, {}, [])


def test_organiser_reads_that_it_was_erased(edition: Edition, media: Path):
    organiser = staff.organiser()
    work = handed_in(build.begun(build.accepted(edition, author())))
    deleted(build.leader(work))
    review = staff.signed_in(organiser).get(reverse("admin:registrations_work_change", args=[work.pk]))
    page = review.content.decode()
    assert ("内容已删除：应作者申请" in page, work.current.receipt in page, STORY in page) == (True, True, False)


def test_a_teams_work_stays_without_the_name(edition: Edition, media: Path):
    staff.organiser()
    entry = build.accepted(edition, team_name="智绘科普队")
    gone = author()
    entering.add_person(entry, gone, "member", name=NAME)
    work = handed_in(build.begun(entry))
    deleted(gone)
    work = build.fresh(work)
    assert (work.title, work.fields["description"]) == (f"{STORY}（（已删除））", build.TEXTS["description"])
    assert [str(one.file) for one in files_of(work.current)] == ["作品文件.png"]
    leader = staff.signed_in(build.leader(work))
    page = leader.get(reverse("work_version", args=[work.pk, 2])).content.decode()
    assert ("部分内容已删除" in page, work.current.receipt in page, "下载清单" in page) == (True, True, False)
    assert named(NAME) == {}


def test_when_terms_run_out_works_stay_and_what_notices_said_of_them_goes(edition: Edition, media: Path):
    work = handed_in(build.begun(build.accepted(edition, author())))
    late = until(edition, "contact")
    assert Notice.objects.filter(template="work-submitted").exclude(text="").exists()
    Notice.objects.update(created=clock.now())  # a notice's own clock is the real one
    personal.expire(late)
    assert (build.fresh(work).title, len(files_of(work.current))) == (f"{STORY}（{NAME}）", 1)
    assert set(Notice.objects.filter(template="work-submitted").values_list("text", flat=True)) == {""}
    assert broken() == []


def until(edition: Edition, data: str) -> datetime:
    """When a kind's term is up."""
    return next(term.until for term in personal_retention.terms(edition) if term.data == data and term.until)


def test_a_works_files_and_texts_go_when_their_term_is_up(edition: Edition, media: Path):
    work = handed_in(build.begun(build.accepted(edition, author(), categories=["A", "C"])))
    draft = build.begun(work.entry, "C")
    works.save_work(draft, {"title": "课程", "description": STORY}, by=build.leader(work))
    begin(
        owner=build.leader(work), purpose=f"work:{work.pk}:images", name=f"{NAME}.png", size=9, sha256="0" * 64, limit=9
    )
    receipts, before, late = versions_of(work), personal_purge.statistics(), until(edition, "work")
    assert "作品的文件、文字和 AI 使用说明" not in kinds(personal.expire(late - timedelta(seconds=1)))
    assert kinds(personal.expire(late))["作品的文件、文字和 AI 使用说明"] == 2
    drain_all()
    work = build.fresh(work)
    assert (work.title, work.fields, work.ai, work.state) == (f"{STORY}（{NAME}）", {}, {}, "submitted")
    assert (versions_of(work), personal_purge.statistics()) == (receipts, before)
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert (StoredFile.objects.count(), Upload.objects.count(), build.fresh(draft).fields, broken()) == (0, 0, {}, [])
    assert kinds(personal.expire(late + timedelta(days=1))) == {}


def test_what_was_erased_is_told_and_the_pages_stand(edition: Edition, media: Path):
    organiser = staff.organiser()
    work = handed_in(build.begun(build.accepted(edition, author())))
    personal.expire(until(edition, "work"))
    leader, staffs = staff.signed_in(build.leader(work)), staff.signed_in(organiser)
    shown = leader.get(reverse("work_version", args=[work.pk, 2])).content.decode()
    review = staffs.get(reverse("admin:registrations_work_change", args=[work.pk])).content.decode()
    assert ("保存期限已到" in shown, "保存期限已到" in review, work.current.receipt in review) == (True, True, True)
    assert leader.get(reverse("work", args=[work.pk])).status_code == 200


def versions_of(work: Work) -> list[tuple[int, str, str]]:
    """What stays of them."""
    return list(work.versions.order_by("number").values_list("number", "title", "receipt"))


def kinds(found: dict[tuple[str, str], int]) -> dict[str, int]:
    """What was cleared, of the one edition."""
    return {kind: number for (_, kind), number in found.items()}


def broken() -> list[str]:
    """Every invariant that does not hold."""
    return [name for name, wrong in invariants.check() if wrong]
