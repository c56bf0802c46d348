"""Begin, fill in, hand in, replace, take back: what the services write and what they refuse."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from core.problems import Refused
from registrations.rules.manifest import sha256
from registrations.services import entering, work_files, works
from registrations.services.work_dossier import WorkDossier, content_of, files_of
from registrations.work_models import Work, WorkAuthor
from tests.contest import load_guangdong
from tests.core import good_files
from tests.registrations import staff
from tests.registrations.entries import build as entries

from . import build

pytestmark = pytest.mark.django_db


def codes(work: Work) -> list[str]:
    """What would refuse it now."""
    return [problem.code for problem in WorkDossier(build.fresh(work)).problems()]


def test_draft_is_kept_right_or_wrong_and_named_by_its_title():
    work = build.begun(build.accepted(load_guangdong()))
    works.save_work(work, {"title": "  潮间带  的一天 ", "description": "短"}, by=build.leader(work))
    work.refresh_from_db()
    assert (work.title, work.fields["description"], work.state) == ("潮间带 的一天", "短", "draft")
    assert "material.characters" in codes(work)


def test_entry_may_begin_before_it_is_accepted_but_not_hand_in():
    entry = entries.entered(load_guangdong(), entries.person())
    clock.set_now(build.SUBMITTING)
    assert codes(build.filled(entry)) == ["work.not_accepted"]


def test_draft_entry_and_foreign_category_begin_nothing():
    edition = load_guangdong()
    entry = entries.entered(edition, entries.person())
    with pytest.raises(Refused) as early:
        works.begin_work(entry, "A", by=build.leader(Work(entry=entry)))
    clock.set_now(build.SUBMITTING)
    with pytest.raises(Refused) as other:
        works.begin_work(entry, "B", by=build.leader(Work(entry=entry)))
    assert (early.value.codes, other.value.codes) == (["window.early"], ["work.category"])


def test_second_work_of_a_category_is_refused_by_the_database():
    entry = build.accepted(load_guangdong())
    build.begun(entry)
    with pytest.raises(Refused) as twice:
        build.begun(entry)
    assert twice.value.codes == ["work.twice"]


def test_everything_missing_is_told_at_once():
    work = build.begun(build.accepted(load_guangdong()))
    found = {(problem.code, problem.field) for problem in WorkDossier(build.fresh(work)).problems()}
    assert found >= {
        ("material.required", "title"), ("material.required", "description"), ("ai.unsaid", "ai_used"),
        ("material.one_of", "video"),
    }  # fmt: skip


def test_receipt_is_the_digest_of_the_manifest():
    work = build.submitted(build.accepted(load_guangdong()))
    version = work.versions.get()
    text = content_of(version, files_of(version)).manifest(number=work.number, version=1, at=version.submitted_at)
    assert (sha256(text), work.current) == (version.receipt, version)
    assert json.loads(text)["files"][0]["sha256"] == files_of(version)[0].file.file.sha256


def test_people_get_the_receipt_and_contacts_wait_for_the_morning():
    edition = load_guangdong()
    staff.contact(edition, "worker")
    by = User.objects.create_user("祝宇", email="zhu@example.test")  # a text message holds no digest
    version = build.submitted(build.accepted(edition, by)).versions.get()
    (told,) = Notice.objects.filter(template__startswith="work-")
    assert (told.template, version.receipt in told.text) == ("work-submitted", True)


def test_replacing_makes_a_version_and_keeps_the_first():
    work = build.submitted(build.accepted(load_guangdong()))
    first = work.current
    build.put(work, good_files.png(label="第二张"), "第二张.png")
    works.save_work(work, {"title": "潮间带的一夜"}, by=build.leader(work))
    second = build.submit(work)
    assert [v.title for v in work.versions.order_by("number")] == ["潮间带的一天", "潮间带的一夜"]
    assert (len(files_of(first)), len(files_of(second)), second.number) == (1, 2, 2)


def test_same_content_is_not_handed_in_twice():
    work = build.submitted(build.accepted(load_guangdong()))
    assert codes(work) == ["work.unchanged"]


def test_tab_that_is_behind_hands_nothing_in():
    work = build.filled(build.accepted(load_guangdong()))
    seen = WorkDossier(work).content.digest
    works.save_work(work, {"title": "另一页改的"}, by=build.leader(work))
    with pytest.raises(Refused) as behind:
        works.submit_work(work, by=build.leader(work), seen=seen)
    assert (behind.value.codes, work.versions.count()) == (["work.changed_meanwhile"], 0)


@pytest.mark.parametrize(("at", "problems"), [(-1, []), (0, ["window.late"]), (600, ["window.late"])])
def test_deadline_is_exclusive(at, problems):
    work = build.filled(build.accepted(load_guangdong()))
    clock.set_now(build.CLOSES + timedelta(seconds=at))
    assert codes(work) == problems


def test_after_the_deadline_nothing_changes_until_a_contact_opens_it():
    work = build.submitted(build.accepted(load_guangdong()))
    clock.set_now(build.CLOSES)
    for act in (
        lambda: works.save_work(work, {"title": "晚了"}, by=build.leader(work)),
        lambda: build.put(work, good_files.png(label="晚")),
        lambda: work_files.remove_file(work.files.get(), by=build.leader(work)),
        lambda: works.withdraw_work(work, by=build.leader(work)),
    ):
        with pytest.raises(Refused) as late:
            act()
        assert late.value.codes == ["window.late"]


def test_one_file_materials_take_the_new_one_and_keep_the_old_in_history():
    entry = build.accepted(load_guangdong(), categories=["C"])
    work = build.begun(entry, "C")
    build.put(work, good_files.pdf(), "一.pdf", "course")
    build.put(work, good_files.pdf("New"), "二.pdf", "course")
    assert [str(file) for file in WorkDossier(build.fresh(work)).files] == ["二.pdf"]
    assert work.files.count() == 2


def test_full_material_refuses_one_more():
    entry = build.accepted(load_guangdong(), categories=["C"])
    work = build.begun(entry, "C")
    for number in range(3):
        build.put(work, good_files.pdf(str(number)), f"{number}.pdf", "slides")
    with pytest.raises(Refused) as full:
        build.put(work, good_files.pdf("4"), "4.pdf", "slides")
    assert full.value.codes == ["material.count_max"]


def test_files_change_places():
    work = build.filled(build.accepted(load_guangdong()))
    second = build.put(work, good_files.png(label="二"), "二.png")
    work_files.move_file(second, up=True, by=build.leader(work))
    assert [str(file) for file in WorkDossier(build.fresh(work)).files] == ["二.png", "作品.png"]


def test_work_taken_back_frees_nothing_but_can_be_restored():
    work = build.submitted(build.accepted(load_guangdong()))
    works.withdraw_work(work, by=build.leader(work))
    works.restore_work(build.fresh(work), by=build.leader(work))
    work.refresh_from_db()
    assert (work.state, work.versions.count(), WorkAuthor.objects.count()) == ("draft", 1, 0)


def test_versions_cannot_be_rewritten():
    version = build.submitted(build.accepted(load_guangdong())).versions.get()
    for values in ({"receipt": "0" * 64}, {"fields": {"title": "别的"}}, {"title": "别的"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(version).objects.filter(pk=version.pk).update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()


def test_begun_category_stays_in_the_entry():
    edition = load_guangdong()
    entry = entries.entered(edition, entries.person(), categories=["A", "B"])
    by = entry.people.get().user
    clock.set_now(build.SUBMITTING)
    build.begun(entry)
    clock.set_now(entries.REGISTERING)
    with pytest.raises(Refused) as kept:
        entering.save_entry(entry, {"categories": ["B"]}, by=by)
    assert kept.value.codes == ["categories.worked_on"]


def test_too_long_text_is_refused_not_cut():
    work = build.begun(build.accepted(load_guangdong()))
    with pytest.raises(Refused) as long:
        works.save_work(work, {"description": "字" * 20_001}, by=build.leader(work))
    assert [(p.code, p.field) for p in long.value.problems] == [("work.long", "description")]


def test_leaving_takes_works_back_and_topics_free():
    work = build.submitted(build.accepted(load_guangdong()))
    assert WorkAuthor.objects.count() == 1
    entering.withdraw_entry(work.entry, by=build.leader(work))
    work.refresh_from_db()
    assert (work.state, WorkAuthor.objects.count()) == ("withdrawn", 0)


def test_joiners_hold_the_topic_too():
    edition = load_guangdong()
    entry = build.accepted(edition, team_name="智绘科普队")
    work = build.submitted(entry)
    entering.add_person(entry, entries.person("胡燕", "13800138002"), "member", name="胡燕")
    assert WorkAuthor.objects.filter(work=work).count() == 2
