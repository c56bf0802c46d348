"""Works of somebody whose data are deleted: content and files go, receipts stay and say so; and when terms run out."""

from pathlib import Path

import pytest
from django.urls import reverse

from aisc_portal import invariants, personal
from core import clock
from core.accounts.models import User
from core.files.derived.making import derive
from core.files.models import StoredFile
from core.jobs.services import drain_all
from core.notices.models import Notice
from registrations.services import entering, personal_requests, personal_retention, works
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
    assert ("应作者申请，内容已删除" in page, work.current.receipt in page, STORY in page) == (True, True, False)


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
    late = max(term.until for term in personal_retention.terms(edition) if term.until)
    assert Notice.objects.filter(template="work-submitted").exclude(text="").exists()
    Notice.objects.update(created=clock.now())  # a notice's own clock is the real one
    personal.expire(late)
    assert (build.fresh(work).title, len(files_of(work.current))) == (f"{STORY}（{NAME}）", 1)
    assert set(Notice.objects.filter(template="work-submitted").values_list("text", flat=True)) == {""}
    assert broken() == []


def broken() -> list[str]:
    """Every invariant that does not hold."""
    return [name for name, wrong in invariants.check() if wrong]
