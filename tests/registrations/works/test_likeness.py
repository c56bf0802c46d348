"""Copies among works are noted for both sides' contacts, in this edition and in earlier ones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.files.derived.models import Derived
from core.files.services import erase
from core.jobs.services import drain_all
from registrations.entry_models import Entry
from registrations.likeness_invariants import invariants
from registrations.likeness_models import Fingerprint, FingerprintKey, Likeness
from registrations.rules.likeness import text_sketch
from registrations.services.comparing import compare
from registrations.services.examining import examine_later
from registrations.services.fingerprints import fingerprint
from registrations.services.likeness import forget_notes, note_likeness
from registrations.work_models import WorkVersion
from tests.registrations import build as desks
from tests.registrations.entries import build
from tests.registrations.works.handed_in import Brought, entry, hand_in, shot, text
from tests.registrations.works.pictures import EDITS, cut, picture, png
from tests.registrations.works.texts import edited, essay
from tracks.models import Edition, Track


def examined(version: WorkVersion) -> WorkVersion:
    fingerprint(version)
    compare(version)
    return version


def noted(version: WorkVersion) -> list[tuple[int, str]]:
    return list(version.likenesses.order_by("other", "kind").values_list("other", "kind"))


def test_the_same_file_is_noted_on_both_sides(edition):
    first = examined(hand_in(entry(edition), shot(picture(1))))
    second = examined(hand_in(entry(edition, "胡燕"), shot(picture(1), "改名.png")))
    assert (noted(first), noted(second)) == ([(second.pk, "exact")], [(first.pk, "exact")])
    assert {likeness.score for likeness in Likeness.objects.all()} == {100}


def test_two_workers_that_compare_both_sides_at_once_do_not_lock_each_other_out(edition, monkeypatch):
    """Whoever writes the same rows in another order may be waiting for one who waits for it."""
    both = [examined(hand_in(entry(edition, name), shot(picture(1)))) for name in ("祝宇", "胡燕")]
    written: list[list[tuple[int, int, str]]] = []

    def keep(_: object, rows: list[Likeness], **how: object) -> None:
        written.append([(row.version_id, row.other_id, row.kind) for row in rows])

    monkeypatch.setattr(type(Likeness.objects), "bulk_create", keep)
    for version in both:
        compare(version)
    assert (len(written[0]), written[0]) == (2, written[1])


@pytest.mark.parametrize("edit", ["recompressed", "mirrored", "cut by a tenth at the corner"])
def test_an_edited_picture_is_noted(edition, edit):
    first = examined(hand_in(entry(edition), shot(picture(3))))
    second = examined(hand_in(entry(edition, "胡燕"), shot(EDITS[edit](picture(3)))))
    assert noted(second) == [(first.pk, "picture")]
    assert 50 <= second.likenesses.get().score <= 100


def test_the_whole_of_a_part_is_noted(edition):
    """The cut copy came in first."""
    first = examined(hand_in(entry(edition), shot(cut(picture(5), 0, 0, 0.1, 0.1))))
    second = examined(hand_in(entry(edition, "胡燕"), shot(picture(5))))
    assert noted(second) == [(first.pk, "picture")]


def test_a_poster_is_compared_with_pictures_too(edition):
    film = Brought("片子.png", png(picture(90)), picture(7), Derived.Kind.POSTER)
    first = examined(hand_in(entry(edition), film))
    second = examined(hand_in(entry(edition, "胡燕"), shot(EDITS["recompressed"](picture(7)))))
    assert noted(second) == [(first.pk, "picture")]


def test_a_rewritten_text_is_noted_with_its_share(edition):
    first = examined(hand_in(entry(edition), text(essay(1))))
    second = examined(hand_in(entry(edition, "胡燕"), text(edited(essay(1), 5))))
    assert noted(first) == [(second.pk, "text")]
    assert 60 <= second.likenesses.get().score < 100


def test_other_works_are_not_noted(edition):
    for number, name in enumerate(("祝宇", "胡燕", "王小芳")):
        examined(hand_in(entry(edition, name), shot(picture(number)), text(essay(number))))
    assert not Likeness.objects.exists()


def test_versions_of_one_work_are_not_held_against_it(edition):
    own = entry(edition)
    versions = [examined(hand_in(own, shot(picture(1)))) for _ in range(2)]
    assert [noted(version) for version in versions] == [[], []]


def test_only_the_latest_version_of_another_work_is_named(edition):
    other = entry(edition)
    _, latest = [examined(hand_in(other, shot(picture(1)))) for _ in range(2)]
    assert noted(examined(hand_in(entry(edition, "胡燕"), shot(picture(1))))) == [(latest.pk, "exact")]


def test_earlier_editions_take_part(edition):
    earlier = Edition.objects.create(slug="earlier", name="上一届", rules=edition.rules)
    track = Track.objects.create(edition=earlier, code="worker", name="上一届的赛道", position=1)
    old = Entry.objects.create(edition=earlier, track=track, kind="individual", created_at=clock.now(), members_limit=1,
                               instructors_limit=1)  # fmt: skip
    person = build.person("去年的参赛者", "13800138999")
    old.people.create(
        edition=earlier, user=person, role="representative", name="去年的参赛者", scope="-", joined_at=clock.now()
    )
    first = examined(hand_in(old, shot(picture(1))))
    assert noted(examined(hand_in(entry(edition), shot(EDITS["grey"](picture(1)))))) == [(first.pk, "picture")]


def test_a_form_that_everybody_fills_in_is_no_copy(edition):
    """Once a shingle stands in more than fifty texts it is the form's."""
    form = essay(9, 600)
    first = examined(hand_in(entry(edition), text(form + essay(100, 900))))
    blank, bytes_ = text_sketch(form).keys, first.files.get().file.file
    known = [Fingerprint(file=bytes_, position=n, kind="text", keys=99, ceiling=1 << 56) for n in range(2, 53)]
    Fingerprint.objects.bulk_create(known)
    FingerprintKey.objects.bulk_create(FingerprintKey(key=key, fingerprint=one) for one in known for key in blank)
    assert noted(examined(hand_in(entry(edition, "胡燕"), text(form + essay(101, 900))))) == []


def test_repeating_changes_nothing_and_keeps_what_was_looked_at(edition):
    examined(hand_in(entry(edition), shot(picture(1)), text(essay(1))))
    second = examined(hand_in(entry(edition, "胡燕"), shot(picture(1)), text(essay(1))))
    Likeness.objects.update(note="同一素材库")
    counts = Fingerprint.objects.count(), FingerprintKey.objects.count(), Likeness.objects.count()
    examined(second)
    assert (Fingerprint.objects.count(), FingerprintKey.objects.count(), Likeness.objects.count()) == counts
    assert set(Likeness.objects.values_list("note", flat=True)) == {"同一素材库"}


def test_the_jobs_examine_what_came_in(edition):
    for name in ("祝宇", "胡燕"):
        examine_later(hand_in(entry(edition, name), shot(picture(1))))
    drain_all()
    assert Likeness.objects.count() == 2
    assert all(
        version.examination.scanned_at and version.examination.compared_at for version in WorkVersion.objects.all()
    )


def test_of_two_that_come_in_at_once_neither_is_missed(edition):
    """Both were fingerprinted before either was compared; the other way round, the second one sees the first."""
    versions = [hand_in(entry(edition, name), shot(picture(1))) for name in ("祝宇", "胡燕")]
    for version in versions:
        fingerprint(version)
    assert [compare(version) for version in versions] == [1, 1]


def test_comparing_asks_as_often_for_three_copies_as_for_one(edition):
    counts = []
    for name in ("祝宇", "胡燕", "王小芳", "李小明"):
        version = hand_in(entry(edition, name), shot(picture(1)), text(essay(1)))
        fingerprint(version)
        with CaptureQueriesContext(connection) as queries:
            compare(version)
        counts.append(len(queries))
    assert counts[1] == counts[3]


def test_contacts_see_their_own_side(edition):
    mine = examined(hand_in(entry(edition), shot(picture(1))))
    theirs = examined(hand_in(entry(edition, "胡燕", "university"), shot(picture(1))))
    contact = desks.contact(edition, "worker")
    assert [likeness.version for likeness in Likeness.objects.visible_to(contact)] == [mine]
    assert not Likeness.objects.visible_to(mine.submitted_by).exists()
    assert theirs.likenesses.count() == 1


def test_pairs_stand_twice(edition):
    examined(hand_in(entry(edition), shot(picture(1))))
    examined(hand_in(entry(edition, "胡燕"), shot(picture(1))))
    assert [things for _, things in invariants()] == [[], []]
    Likeness.objects.first().delete()
    assert [len(things) for _, things in invariants()] == [1, 0]


def test_what_was_noted_of_a_forgotten_work_is_blanked(edition):
    first = examined(hand_in(entry(edition), shot(picture(1))))
    examined(hand_in(entry(edition, "胡燕"), shot(picture(1))))
    note_likeness(first.likenesses.get(), "胡燕说明了来源", by=None)
    forget_notes([first.work])
    assert set(Likeness.objects.values_list("note", flat=True)) == {""}
    history = Likeness.pgh_event_model.objects.values_list("note", flat=True)
    assert not any("胡燕" in note for note in history)


def test_an_erased_file_takes_its_fingerprints_along(edition):
    version = examined(hand_in(entry(edition), shot(picture(1)), text(essay(1))))
    line = version.files.first().file
    stored, line.file = line.file, None
    line.save()
    before = Fingerprint.objects.filter(file=stored).count()
    assert erase([stored]) == 1
    assert (before, Fingerprint.objects.filter(file=stored.pk).count()) == (6, 0)
    assert FingerprintKey.objects.exists()  # the text's
