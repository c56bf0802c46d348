"""An award list from frozen rankings to final: drafted, decided, announced, corrected by an objection, in force."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, transaction

from awards.models import AwardLine, AwardList, AwardVersion, Entitlement
from awards.services import drafting, entitling, objecting, publishing, whatif
from awards.tasks import close_windows
from core import clock
from core.clock import BEIJING
from core.problems import Refused
from core.states import StaleState
from judging.services import closing
from registrations.eligibility_models import Honour
from tests.awards import build
from tests.awards.build import organiser
from tests.judging import build as judging
from tracks.models import Edition, SpecialDay


@pytest.fixture
def edition(db: None) -> Edition:
    """An edition with few prizes, all decided."""
    return build.edition()


@pytest.fixture
def found(edition: Edition) -> AwardList:
    """The list of category A over eight works, nothing drafted."""
    return build.category(edition)


def test_prizes_follow_the_frozen_rankings(found: AwardList) -> None:
    version = drafting.draft(found, by=organiser())
    assert build.names(found) == [
        "一等奖 作品 1", "二等奖 作品 2", "二等奖 作品 3", "三等奖 作品 4", "三等奖 作品 5",
        "优秀奖 作品 6", "优秀奖 作品 7",
    ]  # fmt: skip
    first, last = version.lines.first(), version.lines.last()
    assert (first.award_name, first.holder) == ("广东省 AI 科普传播领军人物", "person")
    assert first.reason == "终审路演第 1 名，得分 95.0000；一等奖取 1 名，此为第 1 名"
    assert "前面有 5 件不占名额，顺次递补" in last.reason
    assert first.name.startswith("作者")


def test_nothing_is_frozen_nothing_is_drafted(edition: Edition) -> None:
    drafting.make_lists(edition, by=organiser())
    with pytest.raises(Refused, match="还没有封存"):
        drafting.draft(build.award_list(edition), by=organiser())
    assert AwardList.objects.count() == 5  # A, B, C, 100 佳, 优秀组织单位与指导教师


def test_a_tie_waits_for_the_organiser(edition: Edition) -> None:
    found = build.category(edition, final=[90, 90, 80, 79, 78, 77, 76, 75])
    drafting.draft(found, by=organiser())
    with pytest.raises(Refused, match="并列 2 件"):
        publishing.lock_list(found, by=organiser())
    with pytest.raises(Refused, match="不多不少"):
        drafting.rule(found, "order", keys=["test-1"], reason="复议", by=organiser())
    drafting.rule(found, "order", keys=["test-2", "test-1"], reason="专家组复议", by=organiser())
    with pytest.raises(Refused, match="重新生成"):
        publishing.lock_list(found, by=organiser())
    drafting.draft(found, by=organiser())
    assert build.names(found)[:2] == ["一等奖 作品 2", "二等奖 作品 1"]
    publishing.lock_list(found, by=organiser())


def test_who_is_left_out_makes_room_and_places_may_stay_vacant(found: AwardList) -> None:
    one = drafting.rule(found, "left_out", keys=["test-1"], reason="署名不实", by=organiser())
    drafting.rule(found, "count", level="second", count=1, reason="水平不够", by=organiser())
    drafting.draft(found, by=organiser())
    assert build.names(found)[:3] == ["一等奖 作品 2", "二等奖 作品 3", "三等奖 作品 4"]
    missed = found.versions.first().result["missed"][0]
    assert missed == ["test-1", "final", "组委会决定不授奖：见决定第 1 号"]
    drafting.unrule(one, reason="查明", by=organiser())
    drafting.draft(found, by=organiser())
    assert build.names(found)[:2] == ["一等奖 作品 1", "二等奖 作品 2"]
    with pytest.raises(Refused, match="最多 1 名"):
        drafting.rule(found, "count", level="first", count=2, reason="多给一个", by=organiser())


def test_a_work_withdrawn_from_judging_gets_no_prize(found: AwardList) -> None:
    final = judging.round_of(found.edition, "final")
    closing.withdraw(final.candidates.get(key="test-2"), reason="本人退出", by=organiser())
    drafting.draft(found, by=organiser())
    assert build.names(found)[:3] == ["一等奖 作品 1", "二等奖 作品 3", "二等奖 作品 4"]


def test_deciding_and_announcing_are_two_deeds_and_undoing_takes_two(found: AwardList) -> None:
    build.decided(found)
    with pytest.raises(Refused, match="已确定"):
        drafting.draft(found, by=organiser())
    with pytest.raises(Refused, match="另一位"):
        publishing.unlock_list(found, reason="再看", by=organiser())
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardList.objects.filter(pk=found.pk).update(unlocked_by=organiser())
    publishing.unlock_list(found, reason="再看", by=organiser(build.SECOND))
    assert build.again(found).state == "draft"


def test_nobody_sees_it_before_it_is_announced(found: AwardList) -> None:
    build.decided(found)
    people = [AnonymousUser(), build.citizen(), judging.contact(found.edition)]
    assert [AwardList.objects.visible_to(one).count() for one in people] == [0, 0, 0]
    publishing.publish_list(found, by=organiser())
    assert [AwardList.objects.visible_to(one).count() for one in people] == [1, 1, 1]


def test_the_window_is_five_working_days_as_the_organiser_has_them(found: AwardList) -> None:
    build.published(found)
    assert build.again(found).closes_at == datetime(2025, 9, 27, tzinfo=BEIJING)
    SpecialDay.objects.create(day="2025-09-24", works=False, name="台风停工")
    monday = datetime(2025, 9, 22, 10, tzinfo=BEIJING)
    assert publishing.window_from(found.edition, monday) == datetime(2025, 9, 29, tzinfo=BEIJING)


def test_open_questions_and_hidden_rankings_block_publication(edition: Edition) -> None:
    found = build.decided(build.category(edition))
    assert publishing.check_publishing(found) == []
    closing.retract(judging.round_of(edition, "final"), reason="复核", by=organiser())
    with pytest.raises(Refused) as refusal:
        publishing.publish_list(found, by=organiser())
    assert refusal.value.codes == ["list.round_hidden"]


def test_an_objection_that_holds_makes_version_two(found: AwardList) -> None:
    build.published(found)
    made = build.checked(found)
    objecting.decide(made, "cancelled", "比对属实，取消", by=organiser())
    first, second = found.releases.order_by("number")
    assert build.names(found)[:2] == ["一等奖 作品 2", "二等奖 作品 3"]
    assert (second.number, second.reason, made.made) == (2, f"采纳异议第 {made.pk} 号：取消奖项", second)
    changed = publishing.differences(
        publishing.places_of(first.version.lines.all()), publishing.places_of(second.version.lines.all())
    )
    assert [(one.how, one.key) for one in changed[:2]] == [("in", "test-8"), ("out", "test-1")]
    build.after(found)
    with pytest.raises(Refused, match="没有答复"):
        publishing.finalise(found, by=organiser())
    objecting.answer(made, "异议成立，奖项已取消", by=organiser())
    publishing.finalise(found, by=organiser())
    assert [line.title for line in AwardLine.objects.final()][:2] == ["作品 2", "作品 3"]


def test_words_are_corrected_and_newcomers_are_announced_for_a_whole_window(found: AwardList) -> None:
    build.published(found)
    clock.set_now(build.NOW + timedelta(days=3))
    objecting.decide(build.checked(found), "corrected", "姓名有误", words={"organisation": "第一中学"}, by=organiser())
    assert found.versions.first().lines.first().organisation == "第一中学"
    assert build.again(found).closes_at == datetime(2025, 9, 27, tzinfo=BEIJING)  # nobody new
    objecting.decide(build.checked(found, by=build.citizen(2)), "cancelled", "抄袭", by=organiser())
    assert build.again(found).closes_at == datetime(2025, 10, 1, tzinfo=BEIJING)


def test_kept_changes_nothing_and_a_correction_must_change_something(found: AwardList) -> None:
    build.published(found)
    made = build.checked(found)
    with pytest.raises(Refused, match="没有变化"):
        objecting.decide(made, "corrected", "看过", by=organiser())
    objecting.decide(made, "kept", "不成立", by=organiser())
    objecting.answer(made, "经核查，不成立", by=organiser())
    assert found.releases.count() == 1
    with pytest.raises(StaleState):
        objecting.answer(made, "再答一次", by=organiser())


def test_bad_objections(found: AwardList) -> None:
    with pytest.raises(Refused, match="还没有开始"):
        objecting.file(found, {"words": "x"}, build.paper(), by=build.citizen())
    build.published(found)
    found = build.again(found)
    build.objection(found)
    with pytest.raises(Refused, match="已对这一项"):
        build.objection(found)
    build.objection(found, about="")
    nameless = judging.organiser("mail@example.test")  # no phone
    with pytest.raises(Refused, match="实名"):
        build.objection(found, by=nameless)
    with pytest.raises(Refused, match="证据"):
        objecting.file(found, {"words": "x"}, None, by=build.citizen(2))
    build.after(found)
    with pytest.raises(Refused, match="已于 2025年9月26日 结束"):
        build.objection(found, by=build.citizen(3))


def test_the_beat_makes_it_final_and_what_follows_is_granted(found: AwardList) -> None:
    build.published(found)
    assert publishing.finalise_due(clock.now()) == []
    build.after(found)
    close_windows()
    assert build.again(found).state == "final"
    lines = AwardLine.objects.final()
    pool = Entitlement.objects.filter(code="organiser_pool", state="granted")
    assert (lines.count(), pool.filter(holder="person").count(), pool.filter(holder="organisation").count()) == (
        7,
        5,
        5,
    )
    assert not pool.filter(line__level="excellent").exists()
    assert set(Entitlement.objects.filter(code="short_drama_show").values_list("state", flat=True)) == {"candidate"}
    assert Honour.objects.filter(title="past_contest").count() == 7


def test_a_chance_comes_true_with_a_note(found: AwardList) -> None:
    build.published(found)
    build.after(found)
    publishing.finalise(found, by=organiser())
    one = Entitlement.objects.filter(code="short_drama_show").first()
    with pytest.raises(Refused):
        entitling.grant(one, note=" ", by=organiser())
    entitling.grant(one, note="短剧节组委会选定", by=organiser())
    with pytest.raises(Refused, match="只在本届"):
        entitling.carry(one, found.edition, by=organiser())


def test_other_weights_other_winners(found: AwardList) -> None:
    same = whatif.what_if(found, whatif.Change())
    assert same.differences == []
    more = whatif.what_if(found, whatif.Change(counts={"first": 2}))
    assert [(one.how, one.key) for one in more.differences if one.how != "position"] == [
        ("in", "test-8"), ("level", "test-2"), ("level", "test-4"), ("level", "test-6"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="现在加起来是 173.33，应为 100"):
        whatif.what_if(found, whatif.Change(criteria={"science": whatif.weight("90")}))
    assert AwardVersion.objects.count() == 0


def test_what_was_frozen_stays(found: AwardList) -> None:
    version = drafting.draft(found, by=organiser())
    line = version.lines.first()
    for rows, values in ((AwardLine.objects, {"level": "second"}), (AwardVersion.objects, {"sha256": "0" * 64})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().update(**values)
    for thing in (line, version, found):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(thing).objects.filter(pk=thing.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AwardList.objects.filter(pk=found.pk).update(state="final")
