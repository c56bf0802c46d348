"""Rounds follow the edition's file until the organiser amends them or scoring opens."""

from fractions import Fraction

import pytest

from aisc_portal import editions
from core.problems import Refused
from judging.models import Criterion, Panel, Round
from judging.services import adoption
from tests.contest import GUANGDONG
from tests.judging import build
from tracks.models import Edition

TEXT = GUANGDONG.read_text(encoding="utf-8")
SPREAD = ('default = 20, question = "G34"', 'default = 15, question = "G34"')


def load(*changes: tuple[str, str]) -> None:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    editions.load(text, by=build.organiser(), reason="修订")


def test_a_round_of_the_file_is_one_for_each_category(edition: Edition) -> None:
    rounds = Round.objects.filter(edition=edition)
    assert sorted(str(one) for one in rounds.select_related("category")) == [
        "A 类初评", "A 类终审路演", "B 类初评", "B 类终审路演", "C 类初评", "C 类终审路演",
    ]  # fmt: skip
    final = build.round_of(edition, "final")
    assert (str(final.follows), final.judges_per_work, final.aggregation) == ("A 类初评", None, "trimmed_mean")
    assert [(p.kind, p.share, p.ballots_min) for p in final.panels.all()] == [("expert", 70, None), ("public", 30, 100)]


def test_weights_are_exact(review: Round) -> None:
    shares = [criterion.share for criterion in review.criteria.all()]
    assert (len(shares), sum(shares), shares[0]) == (6, 100, Fraction(50, 3))


def test_loading_again_writes_nothing(review: Round) -> None:
    count = Round.pgh_event_model.objects.count() + Criterion.pgh_event_model.objects.count()  # type: ignore[attr-defined]
    load()
    assert Round.pgh_event_model.objects.count() + Criterion.pgh_event_model.objects.count() == count  # type: ignore[attr-defined]


def test_an_amended_file_reaches_a_round_in_preparation(review: Round) -> None:
    load(SPREAD)
    review.refresh_from_db()
    assert review.spread_threshold == 15


def test_what_the_organiser_amended_stays(review: Round) -> None:
    adoption.amend(review, {"spread_threshold": 25}, reason="评委会意见", by=build.organiser())
    load(SPREAD)
    review.refresh_from_db()
    assert review.spread_threshold == 25


def test_once_scoring_has_opened_the_rules_stand(review: Round) -> None:
    build.opened(review, works=1, seats=1)
    with pytest.raises(Refused) as refused:
        load(SPREAD)
    assert refused.value.codes == ["round.rules"]
    with pytest.raises(Refused):
        adoption.amend(review, {"spread_threshold": 25}, reason="改", by=build.organiser())
    with pytest.raises(Exception, match="round_rules_stay"):
        Panel.objects.filter(round=review).update(weight="50")


@pytest.mark.parametrize(
    ("values", "parts", "code"),
    [
        ({"tie_chain": ["beauty"]}, {}, "tie_chain.unknown"),
        ({"judges_per_work": 0}, {}, "judges.none"),
        ({}, {Panel: [{"code": "expert", "name": "专家", "kind": "expert", "weight": "60"}]}, "panels.sum"),
    ],
)
def test_rules_that_make_no_sense_are_refused(review: Round, values: dict, parts: dict, code: str) -> None:
    with pytest.raises(Refused) as refused:
        adoption.amend(review, values, parts, reason="改", by=build.organiser())
    assert refused.value.codes == [code]


def test_the_other_editions_load(edition: Edition) -> None:
    for name in ("national-2024", "national-2020"):
        editions.load((GUANGDONG.parent / f"{name}.toml").read_text(encoding="utf-8"))
    chain = Round.objects.get(edition__slug__startswith="national-2024", code="national", category__code="art")
    assert [chain.follows.code, chain.follows.follows.code] == ["provincial", "qualification"]  # type: ignore[union-attr]
    rules = chain.follows.advance_rules.values_list("kind", "percent", "count", "per")  # type: ignore[union-attr]
    assert list(rules) == [("percent", 20, None, ["region", "category"]), ("top", None, 10, ["region", "category"])]
