"""The contact's decisions about works, more time, and the copy without names."""

from datetime import timedelta

import pytest

from core import clock
from core.files.inspection.checking import check
from core.problems import Refused
from core.states import StaleState
from registrations.services import anonymising, work_files, work_verdicts, works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import Work, WorkFile
from tests.contest import load_guangdong
from tests.core import good_files
from tests.registrations import staff
from tests.registrations.entries import build as entries

from . import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db):
    return staff.contact(load_guangdong(), "worker")


@pytest.fixture
def work(contact):
    return build.submitted(build.accepted(contact.track_contacts.get().track.edition))


def test_returned_work_comes_back_changed_or_with_a_word(work, contact):
    work_verdicts.return_work(work, reason="有校名", seen=work_verdicts.mark(work), by=contact)
    codes = [problem.code for problem in WorkDossier(build.fresh(work)).problems()]
    works.save_work(work, {"reply": "那是景区名称"}, by=build.leader(work))
    assert (codes, build.submit(work).number) == (["work.not_corrected"], 2)


def test_verdict_on_a_version_that_was_not_read_is_refused(work, contact):
    seen = work_verdicts.mark(work)
    works.save_work(work, {"title": "换了名字"}, by=build.leader(work))
    build.submit(work)
    with pytest.raises(Refused) as stale:
        work_verdicts.pass_work(work, seen=seen, by=contact)
    assert stale.value.codes == ["work.changed_since"]


def test_passed_work_that_is_replaced_waits_anew(work, contact):
    work_verdicts.pass_work(work, seen=work_verdicts.mark(work), by=contact)
    works.save_work(build.fresh(work), {"title": "换了名字"}, by=build.leader(work))
    build.submit(work)
    assert build.fresh(work).state == "submitted"


def test_contact_opens_a_closed_work_with_reason_and_date(work, contact):
    clock.set_now(build.CLOSES + timedelta(days=1))
    until = clock.now() + timedelta(days=2)
    with pytest.raises(Refused) as bare:
        work_verdicts.unlock_work(work, until, by=contact, reason=" ")
    work_verdicts.unlock_work(work, until, by=contact, reason="系统故障")
    works.save_work(work, {"title": "补交"}, by=build.leader(work))
    assert (bare.value.codes, build.submit(work).number) == (["reason.missing"], 2)
    clock.set_now(until)
    assert [problem.code for problem in WorkDossier(build.fresh(work)).closed] == ["window.late"]


def test_more_time_ends_after_the_deadline(work, contact):
    for until in (build.CLOSES, clock.now()):
        with pytest.raises(Refused) as early:
            work_verdicts.unlock_work(work, until, by=contact, reason="系统故障")
        assert early.value.codes == ["extension.not_later"]


def test_decided_work_is_not_decided_twice(work, contact):
    seen = work_verdicts.mark(work)
    work_verdicts.pass_work(work, seen=seen, by=contact)
    with pytest.raises(StaleState):
        work_verdicts.return_work(work, reason="再想想", seen=seen, by=contact)


def test_copy_without_names_is_what_judges_see(work, contact):
    work_verdicts.ask_anonymous(work, clock.now() + timedelta(days=3), note="片头有姓名", by=contact)
    original = work.files.get()
    copy = build.kept(good_files.png(label="匿名"), "匿名.png", build.leader(work))
    work_files.add_file(work, "images", copy, by=build.leader(work), anonymous_of=original)
    check(copy)
    anonymising.save_anonymous(work, {"title": "潮间带"}, by=build.leader(work))
    anonymising.give_anonymous(work, by=build.leader(work))
    shown = anonymising.blind(build.fresh(work))
    assert (shown.fields["title"], [str(file) for file in shown.files]) == ("潮间带", ["匿名.png"])
    assert build.fresh(work).current.title == "潮间带的一天"


def test_who_sees_what(work, contact):
    edition = work.edition
    stranger, officer = staff.contact(edition, "youth"), entries.person("别人", "13800138009")
    draft = build.put(work, good_files.png(label="草稿"), "草稿.png")
    seen = {user: set(WorkFile.objects.visible_to(user)) for user in (build.leader(work), contact, stranger, officer)}
    assert [len(files) for files in seen.values()] == [2, 1, 0, 0]
    assert draft not in seen[contact]
    assert [Work.objects.visible_to(user).count() for user in seen] == [1, 1, 0, 0]
