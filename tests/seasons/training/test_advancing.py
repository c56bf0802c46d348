"""From training into the contest (G5, Q9): a list with reasons, adjusted, published once; works enter the pool."""

import pytest

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from judging.models import Candidate
from registrations.entry_models import Entry
from seasons.models import Advance, Course, Season
from seasons.services import advancing
from seasons.services.training_facts import trained
from seasons.training_attention import tiles
from tests.judging.build import contact, organiser
from tests.registrations.works import build as works
from tests.seasons.training import build
from tracks.models import Edition, Track


@pytest.fixture
def course(edition: Edition) -> Course:
    """Two sessions; the rule is adopted."""
    return build.course(build.decided(edition))


@pytest.fixture
def theme(course: Course) -> Season:
    return build.theme(course.season.edition)


@pytest.fixture
def track(course: Course) -> Track:
    return course.season.edition.tracks.get(code="worker")


def diligent(course: Course, number: int = 1, sessions: int = 2) -> Entry:
    """Somebody who was at this many sessions."""
    entry = build.accepted(course.season.edition, number)
    seat = build.seat(course, entry)
    for session in build.all_of(course)[:sessions]:
        build.attend(session, seat)
    return entry


def publish(theme: Season, track: Track) -> list[Advance]:
    return advancing.publish(theme, track, seen=advancing.seen_mark(trained(theme, [track])), by=organiser())


def test_the_list_says_who_goes_on_and_why(course: Course, theme: Season) -> None:
    diligent(course, 1)
    diligent(course, 2, sessions=1)
    build.accepted(course.season.edition, 3)
    assert [(line.goes, line.why) for line in trained(theme)] == [
        (True, "出勤 180/180 分钟（100%），要求 60%"),
        (False, "出勤 90/180 分钟（50%），要求 60%"),
        (False, "没有报名本主题的课程"),
    ]


def test_the_list_costs_the_same_for_one_entry_and_three(
    course: Course, theme: Season, django_assert_num_queries
) -> None:
    diligent(course, 1)
    with django_assert_num_queries(9):
        trained(theme)
    diligent(course, 2)
    diligent(course, 3)
    with django_assert_num_queries(9):
        trained(theme)


def test_publishing_tells_everybody_once(course: Course, theme: Season, track: Track) -> None:
    diligent(course, 1)
    diligent(course, 2, sessions=0)
    build.end(course)
    made, again = publish(theme, track), publish(theme, track)
    told = Notice.objects.filter(template="advance-published").values_list("subject", flat=True)
    assert ([one.goes for one in made], again, sorted(told)) == (
        [True, False],
        [],
        ["已推选参赛：参训甲", "本次未推选参赛：参训乙"],
    )


@pytest.mark.parametrize("count", [1, 3])
def test_publishing_costs_the_same_for_one_entry_and_three(
    count: int, course: Course, theme: Season, track: Track, django_assert_num_queries
) -> None:
    for number in range(1, count + 1):
        diligent(course, number)
    build.end(course)
    seen, by = advancing.seen_mark(trained(theme, [track])), organiser()
    with django_assert_num_queries(25):
        advancing.publish(theme, track, seen=seen, by=by)


def test_accepted_works_of_those_who_go_on_enter_the_pool_once(course: Course, theme: Season, track: Track) -> None:
    going, staying = diligent(course, 1), diligent(course, 2, sessions=0)
    build.end(course)
    clock.set_now(works.SUBMITTING)
    for entry in (going, staying):
        works.passed(entry, organiser())
    publish(theme, track)
    publish(theme, track)
    assert [(one.entry, one.round.code) for one in Candidate.objects.all()] == [(going, "review")]


def test_a_work_that_passes_later_enters_by_itself(course: Course, theme: Season, track: Track) -> None:
    entry = diligent(course)
    build.end(course)
    publish(theme, track)
    clock.set_now(works.SUBMITTING)
    works.passed(entry, organiser())
    assert [advancing.fill_pools(), advancing.fill_pools()] == [1, 0]


def test_a_pick_needs_a_reason_and_stands_beside_the_rule(course: Course, theme: Season, track: Track) -> None:
    entry = diligent(course, sessions=0)
    with pytest.raises(Refused) as refused:
        advancing.adjust(theme, entry, True, reason=" ", by=organiser())
    advancing.adjust(theme, entry, True, reason="作品突出", by=contact(course.season.edition))
    build.end(course)
    advance = publish(theme, track)[0]
    assert (refused.value.codes, advance.goes, advance.by_rule, advance.reason) == (
        ["reason.missing"],
        True,
        False,
        "作品突出",
    )


def test_a_pick_taken_back_follows_the_rule_again(course: Course, theme: Season) -> None:
    entry = diligent(course, sessions=0)
    advancing.adjust(theme, entry, True, reason="作品突出", by=organiser())
    assert advancing.adjust(theme, entry, False, reason="", by=organiser()) is None
    assert not Advance.objects.exists()


def test_a_contact_of_another_track_decides_nothing(course: Course, theme: Season, track: Track) -> None:
    entry, stranger = diligent(course), contact(course.season.edition, "youth")
    build.end(course)
    with pytest.raises(Refused) as adjusting:
        advancing.adjust(theme, entry, False, reason="不行", by=stranger)
    with pytest.raises(Refused) as publishing:
        advancing.publish(theme, track, seen="", by=stranger)
    assert (adjusting.value.codes, publishing.value.codes) == (["advance.track"], ["advance.track"])


def test_a_list_that_changed_meanwhile_is_looked_at_again(course: Course, theme: Season, track: Track) -> None:
    diligent(course, 1)
    build.end(course)
    seen = advancing.seen_mark(trained(theme, [track]))
    advancing.adjust(theme, Entry.objects.get(), False, reason="抄袭", by=organiser())
    with pytest.raises(Refused) as refused:
        advancing.publish(theme, track, seen=seen, by=organiser())
    assert (refused.value.codes, Advance.objects.filter(state="published").exists()) == (["advance.changed"], False)


def test_nothing_is_published_before_the_last_session(course: Course, theme: Season, track: Track) -> None:
    diligent(course, sessions=1)
    with pytest.raises(Refused) as refused:
        publish(theme, track)
    assert refused.value.codes == ["advance.sessions_left"]


def test_nothing_is_published_on_a_rule_left_open(edition: Edition) -> None:
    course = build.course(edition)
    build.end(course)
    with pytest.raises(Refused) as refused:
        publish(build.theme(edition), edition.tracks.get(code="worker"))
    assert refused.value.codes == ["advance.undecided"]


def test_a_published_decision_may_be_turned_and_its_people_are_told(
    course: Course, theme: Season, track: Track
) -> None:
    entry = diligent(course)
    build.end(course)
    clock.set_now(works.SUBMITTING)
    works.passed(entry, organiser())
    publish(theme, track)
    advancing.adjust(theme, entry, False, reason="查实代签", by=organiser())
    assert (Candidate.objects.get().state, Notice.objects.filter(template="advance-published").count()) == ("out", 2)


def test_what_is_being_judged_is_not_taken_back_here(course: Course, theme: Season, track: Track) -> None:
    entry = diligent(course)
    build.end(course)
    clock.set_now(works.SUBMITTING)
    works.passed(entry, organiser())
    publish(theme, track)
    type(Candidate.objects.get().round).objects.filter(code="review").update(state="open")
    with pytest.raises(Refused) as refused:
        advancing.adjust(theme, entry, False, reason="查实代签", by=organiser())
    assert refused.value.codes == ["advance.judging"]


def test_a_list_that_waits_is_told_to_staff(course: Course, theme: Season, track: Track) -> None:
    diligent(course)
    build.end(course)
    waiting = [[tile.label for tile in tiles(user)] for user in (organiser(), contact(track.edition))]
    assert waiting == [["推选名单待公布"]] * 2
    publish(theme, track)
    assert tiles(organiser()) == []
