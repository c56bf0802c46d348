"""Loading and amending an edition over all apps."""

from datetime import datetime

import pytest

from aisc_portal import editions
from core import clock
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.problems import Refused
from registrations.models import RecommendationRow, Unit, UnitQuota
from registrations.services.adoption import set_limit
from registrations.services.register import load_register
from tests.contest import GUANGDONG
from tests.registrations.staff import SHIXING as COUNTY
from tests.registrations.staff import submitted
from tracks.models import Edition, RuleText, Track

TEXT = GUANGDONG.read_text(encoding="utf-8")


@pytest.fixture
def county(edition: Edition) -> Unit:
    """A county with three submitted rows of its 25."""
    load_register()
    editions.load(TEXT)
    submitted(edition, 3)
    return Unit.objects.get(full_name=COUNTY)


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def without(text: str, first: str, next_: str) -> str:
    """The text without the tables from one that begins so to the next."""
    return text[: text.index(first)] + text[text.index(next_) :]


def state() -> tuple[object, ...]:
    """All that an amendment writes."""
    quotas = list(UnitQuota.objects.order_by("pk").values_list("unit", "category", "limit"))
    return Edition.objects.get().sha256, list(Track.objects.values_list("code", "name")), quotas


def test_every_unit_gets_its_places(county: Unit) -> None:
    limits = {quota.unit.full_name: quota.limit for quota in UnitQuota.objects.select_related("unit")}
    assert (limits[COUNTY], limits["广州大学科学技术协会"], limits["广州市科学技术协会"]) == (25, 5, None)
    assert len(limits) == Unit.objects.count() == 330


def test_loading_the_same_text_again_changes_nothing(county: Unit) -> None:
    events = [model.pgh_event_model.objects.count() for model in (Edition, Track, UnitQuota)]
    assert editions.load(TEXT).needs_reason is False
    assert [model.pgh_event_model.objects.count() for model in (Edition, Track, UnitQuota)] == events


def test_an_amendment_needs_a_reason_once_registration_is_open(edition: Edition) -> None:
    with pytest.raises(Refused) as refused:
        editions.load(changed(("quota = 25\n", "quota = 30\n")))
    assert refused.value.codes == ["edition.reason"]
    clock.set_now(datetime(2024, 11, 25, 23, 59, tzinfo=BEIJING))
    assert len(editions.load(changed(("quota = 25\n", "quota = 30\n"))).differences) == 1


def test_a_comment_is_a_change_too(edition: Edition) -> None:
    amendment = editions.examine(TEXT + "\n# 说明\n")
    assert (amendment.differences, amendment.changes_text, amendment.needs_reason) == ([], True, True)


def test_the_timeline_tells_the_differences_and_why(edition: Edition) -> None:
    editions.load(changed(("quota = 25\n", "quota = 30\n")), reason="增加名额")
    moment = timeline(edition)[0]
    assert (moment.label, moment.reason) == ("修订届次规则", "增加名额")
    assert moment.changes["推荐单位与名额 [county_other] 名额"] == ("25", "30")
    assert moment.changes["规则文件"] == tuple(
        RuleText.digest(text)[:12] for text in (TEXT, Edition.objects.get().text)
    )


def test_more_places_reach_the_units(county: Unit) -> None:
    set_limit(county.quotas.get(), 40, reason="单独核定", by=None)
    editions.load(changed(("quota = 25\n", "quota = 30\n")), reason="增加名额")
    limits = {quota.unit.full_name: quota.limit for quota in UnitQuota.objects.select_related("unit")}
    assert (limits[COUNTY], limits["韶关市仁化县科学技术协会"]) == (40, 30)


def test_everything_that_stands_against_it_is_told_together_and_nothing_is_written(county: Unit) -> None:
    before = state()
    text = changed(("quota = 25\n", "quota = 2\n")).replace('"A"', '"D"')
    problems = editions.refusals(text)
    with pytest.raises(Refused) as refused:
        editions.load(text, reason="减少")
    assert [p.code for p in problems] == refused.value.codes == ["edition.in_use", "quota.below_taken"]
    assert problems[1].message.startswith(f"新名额少于已用的个数：{COUNTY}（已用 3，新名额 2）。")
    assert state() == before


def test_a_track_with_rows_cannot_vanish(county: Unit) -> None:
    before = state()
    text = without(TEXT, '[[tracks]]\ncode = "worker"', '[[tracks]]\ncode = "university"').replace(
        '"worker"', '"youth"'
    )
    text = text.replace('["youth", "university", "youth"]', '["youth", "university"]')
    with pytest.raises(Refused) as refused:
        editions.load(text, reason="并入青少年赛道")
    assert [p.message for p in refused.value.problems] == [
        "文件删去了赛道“AI 科普+【科普工作者】赛道”，但已有 3 行推荐用到它。请在文件里保留它，或先请推荐单位改填后再删"
    ]
    assert state() == before


def test_a_unit_category_with_rows_cannot_vanish(county: Unit) -> None:
    start, end = '[[unit_categories]]\ncode = "county_other"', '[[unit_categories]]\ncode = "society"'
    with pytest.raises(Refused) as refused:
        editions.load(without(TEXT, start, end), reason="删去")
    assert refused.value.codes == ["unit.no_category"]
    RecommendationRow.objects.update(state="withdrawn")
    editions.load(without(TEXT, start, end), reason="删去")
    assert not UnitQuota.objects.filter(unit=county).exists()


def test_somebody_else_amended_meanwhile(edition: Edition) -> None:
    looked_at = editions.examine(changed(("quota = 25\n", "quota = 30\n")))
    editions.load(changed(("quota = 25\n", "quota = 40\n")), reason="先到")
    with pytest.raises(Refused) as refused:
        editions.load(looked_at.text, reason="后到", base=looked_at.base)
    assert refused.value.codes == ["edition.stale"]


def test_a_second_edition_stands_beside_the_current_one(edition: Edition) -> None:
    editions.load((GUANGDONG.parent / "national-2024.toml").read_text(encoding="utf-8"))
    assert (Edition.objects.count(), Edition.objects.current()) == (2, edition)
