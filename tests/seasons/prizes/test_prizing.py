"""A theme's prizes through judging (G31, G34): who enters, what judges see, what is granted, what a change does."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.problems import Refused
from core.tokens import token_of
from judging.models import Candidate, Round, Snapshot
from judging.readers import content_of
from judging.services import adoption, closing, judges
from registrations.rules.leaks import Identity, Person
from registrations.services import entering
from seasons import point_invariants, tasks
from seasons.judged import HIDDEN, masked
from seasons.models import PointEntry, PointFact, Standing
from seasons.services import granting, posting, prizing, reviewing, themes
from tests.seasons.points import build as points
from tests.seasons.prizes import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(db):
    return build.theme(points.edition())


def prizes(theme) -> dict[int, str]:
    facts = PointFact.objects.filter(season=theme, kind="prize", voided_at=None)
    return dict(facts.values_list("entry", "level"))


def total(entry) -> Decimal:
    posting.post(entry.edition)
    found = Standing.objects.filter(entry=entry, period="").first()
    return found.points if found else Decimal(0)


def test_the_round_has_the_three_dimensions_and_is_made_once(theme):
    round_ = prizing.open_round(theme, by=build.organiser())
    assert prizing.open_round(theme, by=build.organiser()) == round_
    assert list(round_.criteria.values_list("dimension", flat=True).distinct().order_by("dimension")) == sorted(
        ["通识维度", "普及维度", "合规维度"]
    )
    assert (str(round_), round_.letter, round_.advance_rules.count()) == ("三月：健康科普月 主题评审", "T", 0)


def test_a_theme_keeps_its_name_once_its_round_is_made(theme):
    prizing.open_round(theme, by=build.organiser())
    theme.refresh_from_db()
    with pytest.raises(Refused) as refused:
        themes.save(theme.edition, {"name": "三月：心理科普月"}, by=build.organiser(), theme=theme)
    assert refused.value.codes == ["season.name_judged"]


def test_an_unprized_theme_has_no_round(theme):
    other = build.theme(theme.edition, code="april", prized=False)
    with pytest.raises(Refused) as refused:
        prizing.open_round(other, by=build.organiser())
    assert refused.value.codes == ["prize.not_prized"]


def test_loading_the_edition_again_leaves_the_round(theme):
    round_ = prizing.open_round(theme, by=build.organiser())
    adoption.adopt(theme.edition)
    assert Round.objects.filter(pk=round_.pk).exists()


def test_only_approved_records_of_the_theme_enter_and_once(theme):
    other = build.theme(theme.edition, code="april", name="四月")
    record = build.passed(theme, 1)
    build.passed(other, 2)
    points.submitted(points.entry(theme.edition, 3), season=theme)
    round_ = build.round_of(theme)
    assert [c.key for c in round_.candidates.all()] == [f"record-{record.pk}"]
    assert prizing.fill(theme, by=build.organiser()) == 0


def test_a_record_looked_at_again_leaves_and_comes_back(theme):
    record = build.passed(theme, 1)
    round_ = build.round_of(theme)
    again = reviewing.reconsider(record, reason="看错了", by=build.organiser())
    assert [c.state for c in round_.candidates.all()] == ["out"]
    reviewing.pass_record(again, seen=reviewing.mark(again), by=build.contact(theme.edition))
    prizing.fill(theme, by=build.organiser())
    assert [c.state for c in round_.candidates.all()] == ["in"]


def test_judges_read_it_without_names(theme):
    entry = points.entry(theme.edition, 1)
    name = points.lead(entry).real_name
    build.again(theme, entry, title=f"{name}的科普课", feedback="听众很多", place=entry.organisation)
    round_ = build.round_of(theme)
    candidate = round_.candidates.get()
    told = dict(content_of(candidate, blind=True).texts)
    assert (candidate.title, told["活动名称"], told["地点"], told["反馈与效果"]) == (
        "〔略〕的科普课", "〔略〕的科普课", "〔略〕", "听众很多",
    )  # fmt: skip
    assert "链接" not in told
    assert dict(content_of(candidate, blind=False).texts)["链接"] == "https://example.test/report"


def test_a_name_in_another_guise_hides_the_whole_text():
    who = Identity((Person("王小芳", "+8613800138000"),), ())
    assert masked(who, "请拨 138 0013 8000") == HIDDEN
    assert masked(who, "听众 60 人") == "听众 60 人"


def test_publishing_grants_the_prizes_and_their_points_once(theme):
    records = [build.passed(theme, n) for n in (1, 2, 3)]
    before = [total(record.entry) for record in records]
    build.judged(theme, {"一": 70, "二": 95, "三": 80})
    assert (prizing.settle_first(), prizing.settle_first()) == (3, 0)
    assert prizes(theme) == {records[1].entry_id: "first", records[2].entry_id: "second", records[0].entry_id: "second"}
    gained = [total(record.entry) - was for record, was in zip(records, before, strict=True)]
    assert gained == [30, 50, 30]
    said = PointEntry.objects.get(entry=records[1].entry, rule="prize_first")
    assert "第 1 名" in said.fact.reason
    assert posting.post(theme.edition) == 0
    assert not [finding for finding in point_invariants.invariants() if finding[1]]


def test_nothing_is_granted_before_the_result_is_public(theme):
    build.passed(theme, 1)
    build.judged(theme, {"一": 70}, publish=False)
    assert prizing.settle_first() == 0
    with pytest.raises(Refused) as refused:
        prizing.outlook(theme)
    assert refused.value.codes == ["prize.not_public"]


def test_a_changed_ranking_changes_prizes_only_on_command_by_reversals(theme):
    records = [build.passed(theme, n) for n in (1, 2, 3)]
    pool = build.judged(theme, {"一": 90, "二": 80, "三": 70})
    prizing.settle_first()
    posting.post(theme.edition)
    held = total(records[0].entry)
    closing.withdraw(Candidate.objects.get(pk=pool[0].pk), reason="材料不实", by=build.organiser())
    assert prizing.settle_first() == 0
    assert prizes(theme)[records[0].entry_id] == "first"
    found = prizing.outlook(theme)
    assert [(c.entry, c.old and c.old.level, c.new and c.new.level) for c in found.changes] == [
        (records[0].entry_id, "first", None), (records[1].entry_id, "second", "first"),
    ]  # fmt: skip
    prizing.settle(theme, reason="名次变动", by=build.organiser(), seen=found.mark)
    assert prizes(theme) == {records[1].entry_id: "first", records[2].entry_id: "second"}
    assert total(records[0].entry) == held - 50
    reversal = PointEntry.objects.exclude(reverses=None).get(entry=records[0].entry)
    assert (reversal.points, reversal.reason) == (-50, "名次变动")
    with pytest.raises(Refused) as refused:
        prizing.settle(theme, reason="再来一次", by=build.organiser())
    assert refused.value.codes == ["prize.nothing"]


def test_a_list_that_was_looked_at_before_the_change_is_refused(theme):
    build.passed(theme, 1)
    build.judged(theme, {"一": 90})
    with pytest.raises(Refused) as refused:
        prizing.settle(theme, reason="发放", by=build.organiser(), seen="别的名单")
    assert refused.value.codes == ["prize.changed"]
    assert prizes(theme) == {}


def test_what_the_organiser_granted_by_hand_stands(theme):
    records = [build.passed(theme, n) for n in (1, 2)]
    granting.award_prize(records[0].entry, theme, "third", reason="特别推荐", by=build.organiser())
    build.judged(theme, {"一": 90, "二": 80})
    prizing.settle_first()
    assert prizes(theme) == {records[0].entry_id: "third", records[1].entry_id: "second"}


def test_an_entry_that_left_the_contest_gets_nothing(theme):
    records = [build.passed(theme, n) for n in (1, 2)]
    build.judged(theme, {"一": 90, "二": 80})
    entering.withdraw_entry(records[0].entry, by=None, reason="不参加了")
    prizing.settle_first()
    assert prizes(theme) == {records[1].entry_id: "first"}


def test_the_sweep_grants_what_was_published(theme):
    build.passed(theme, 1)
    build.judged(theme, {"一": 90})
    tasks.train()
    assert len(prizes(theme)) == 1
    assert PointFact.objects.get(kind="prize").snapshot == Snapshot.objects.get(round=theme.round)


def test_an_invited_judge_reads_the_themes_name(theme):
    """Not the letter that its works are numbered by."""
    round_ = prizing.open_round(theme, by=build.organiser())
    asked = judges.invite(round_, by=build.organiser(), email="expert@example.test")
    assert judges.rounds_in_words(asked) == str(round_)
    page = Client().get(reverse("judge_invitation", args=[token_of(asked)])).content.decode()
    assert f"邀请您担任{round_}的评委" in page
