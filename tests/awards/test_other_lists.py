"""100 佳 from the frozen points (G40), and 优秀组织单位 with 优秀指导教师 from those behind prizes (G41)."""

import pytest

from awards.models import AwardList, Entitlement
from awards.services import drafting, entitling, publishing, whatif
from core import clock
from core.accounts.models import User
from core.files.models import StoredFile
from core.jobs.services import drain_all
from core.problems import Refused
from core.states import move
from registrations.services import entering, teams
from seasons.services import freezing
from tests.awards import build
from tests.awards.build import organiser
from tests.registrations.entries import build as entries
from tests.seasons.points import build as points
from tracks.models import Edition

TOP = ("count = 100\nstackable", "count = 3\nstackable")


@pytest.fixture
def frozen(db: None) -> Edition:
    """Five entries with 50, 40, 30, 20 and 10 minutes' worth; the best three win."""
    edition = build.edition(*build.SMALL, TOP)
    boss = organiser()
    for number in range(1, 6):
        one = points.entry(edition, number)
        points.fact(one, by=boss, minutes=60 * (6 - number))
    points.post(edition)
    freezing.freeze(edition, reason="演练", by=boss)
    drain_all()
    clock.set_now(build.NOW)
    drafting.make_lists(edition, by=boss)
    return edition


def top(edition: Edition) -> AwardList:
    return build.award_list(edition, None, "top100")


def test_the_best_of_the_frozen_points(frozen: Edition) -> None:
    lines = list(drafting.draft(top(frozen), by=organiser()).lines.all())
    assert [(one.rank, one.entry.organisation) for one in lines] == [(n, f"第 {n} 中学") for n in (1, 2, 3)]
    assert "分；广东省“AI科普+”100佳科普服务典型取 3 名，此为第 1 名" in lines[0].reason


def test_whoever_left_after_the_freeze_makes_room_for_the_next(frozen: Edition) -> None:
    leaving = drafting.preview(top(frozen)).lines[1].entry
    entering.withdraw_entry(leaving, by=organiser(), reason="本人退出")
    made = drafting.preview(top(frozen))
    assert [line.entry.organisation for line in made.lines] == ["第 1 中学", "第 3 中学", "第 4 中学"]
    assert made.allocation.missed[0].reason == "已退出比赛"


def test_a_bundle_that_is_not_the_frozen_one_is_refused(frozen: Edition) -> None:
    snapshot = frozen.point_snapshots.get()
    other = StoredFile.objects.exclude(pk=snapshot.bundle_id).first()
    assert other is None
    snapshot.bundle.blob.storage.delete(snapshot.bundle.blob.name)
    with pytest.raises(Refused, match="读不出来"):
        drafting.preview(top(frozen))


@pytest.fixture
def prized(db: None) -> Edition:
    """Category A judged; the best work's team has a teacher, a later one too, and one without a prize."""
    edition = build.edition()
    found = build.category(edition)
    clock.set_now(entries.REGISTERING)
    for number, name in ((1, "何老师"), (2, "何老师"), (8, "林老师")):
        entry = found.edition.entries.get(candidacies__key=f"test-{number}", candidacies__round__code="review")
        user = User.objects.filter(email=f"{name}@example.test").first()
        user = user or User.objects.create_user(name, email=f"{name}@example.test")
        asked = teams.invite(entry, "instructor", by=entry.people.get(role="representative").user, name=name)
        teams.join(asked, by=user, accepted=entries.TEXTS)
        move(entry, "enter", entered_at=clock.now())
    clock.set_now(build.NOW)
    return edition


def outstanding(edition: Edition) -> AwardList:
    return build.award_list(edition, None, "outstanding")


def test_only_those_behind_prizes_with_the_arithmetic(prized: Edition) -> None:
    found = outstanding(prized)
    with pytest.raises(Refused, match="先确定这些名单"):
        drafting.draft(found, by=organiser())
    build.decided(build.award_list(prized))
    AwardList.objects.filter(award="leader", category__code__in="BC").update(state="locked")
    lines = list(drafting.draft(found, by=organiser()).lines.all())
    teachers = [one for one in lines if one.holder == "instructor"]
    assert [one.name for one in teachers] == ["何老师"]  # 林老师's work has no prize
    assert len([one for one in lines if one.holder == "organisation"]) == 7
    assert teachers[0].award_name == "优秀指导教师"
    assert "参赛情况 2 ÷ 最多 2 × 40 = 40.0000" in teachers[0].reason
    assert "作品获奖情况 7 ÷ 最多 7 × 30 = 30.0000" in teachers[0].reason


def test_other_weights_of_the_composite(prized: Edition) -> None:
    build.decided(build.award_list(prized))
    AwardList.objects.filter(award="leader", category__code__in="BC").update(state="locked")
    found = outstanding(prized)
    with pytest.raises(Refused, match="之和应为 100"):
        whatif.what_if(found, whatif.Change(measures={"works": whatif.weight("50")}))
    change = whatif.Change(measures={"participation": whatif.weight("10"), "prizes": whatif.weight("60")})
    assert all(one.how == "position" for one in whatif.what_if(found, change).differences)


def test_teachers_go_over_to_the_next_edition(prized: Edition) -> None:
    leader = build.award_list(prized)
    build.published(leader)
    AwardList.objects.filter(award="leader", category__code__in="BC").update(state="locked")
    now = clock.now()
    closes = publishing.window_from(prized, now)
    AwardList.objects.filter(award="leader", state="locked").update(state="published", opens_at=now, closes_at=closes)
    found = outstanding(prized)
    build.published(found)
    build.after(found)
    publishing.finalise(found, by=organiser())
    mentor = Entitlement.objects.get(code="mentor", holder="instructor")
    following = Edition.objects.create(slug="next", name="下一届", rules=prized.rules)
    with pytest.raises(Refused, match="还是候选"):
        entitling.carry(mentor, following, by=organiser())
    entitling.grant(mentor, note="省科协推荐", by=organiser())
    assert entitling.carry_all(prized, following, by=organiser()) == 1
    assert [one.name for one in entitling.next_mentors(following)] == ["何老师"]
