"""The organiser amends a round's rules in the admin: form → difference → reason → done."""

from typing import Any

import pytest
from django.forms import MultiValueField
from django.test import Client
from django.urls import reverse

from core.audit.timeline import timeline
from judging.admin.amend_forms import AmendForm
from judging.models import Panel, Round
from judging.rules.amending import weight_of
from judging.services import adoption, judges
from tests.judging import build
from tests.registrations.staff import signed_in

REASON = "评委会意见"


@pytest.fixture
def staff(review: Round) -> Client:
    """The organiser's browser."""
    return signed_in(build.organiser())


def path(round_: Round) -> str:
    return reverse("admin:judging_round_amend", args=[round_.pk])


def filled(round_: Round, **changes: Any) -> dict[str, Any]:
    """What the page's form sends when only these fields are touched, named as `criteria_0_weight`."""
    form, sent = AmendForm(round_), dict[str, Any]()
    for name, field in form.fields.items():
        value = form.initial.get(name)
        if isinstance(field, MultiValueField):
            sent |= {f"{name}_{n}": part for n, part in enumerate(field.widget.decompress(value)) if part}
        elif value not in (None, False):
            sent[name] = "on" if value is True else value
    return sent | {name.replace("_", "-") if "_0_" in name or "_1_" in name else name: v for name, v in changes.items()}


def test_a_figure_is_shown_before_it_is_changed(review: Round, staff: Client) -> None:
    sent = filled(review, spread_threshold=25, reason=REASON)
    page = staff.post(path(review), sent).content.decode()
    assert ("20 分起" in page, "25 分起" in page, "确认后有 1 处变化" in page) == (True, True, True)
    review.refresh_from_db()
    assert (review.spread_threshold, review.amended) == (20, False)
    assert staff.post(path(review), sent | {"confirm": "1", "seen": adoption.mark(review)}).status_code == 302
    review.refresh_from_db()
    assert (review.spread_threshold, review.amended, review.tie_chain[0]) == (25, True, "science")
    deeds = [moment for moment in timeline(review) if moment.reason]
    assert [one.reason for one in deeds] == [REASON]


def test_going_back_keeps_what_was_typed(review: Round, staff: Client) -> None:
    page = staff.post(path(review), filled(review, spread_threshold=33, reason=REASON) | {"edit": "1"})
    assert (page.status_code, 'value="33"' in page.content.decode(), REASON in page.content.decode()) == (
        200,
        True,
        True,
    )


def test_weights_criteria_and_panels_change_together(review: Round, staff: Client) -> None:
    sent = filled(review, criteria_0_weight="0", criteria_1_weight="33", reason=REASON)
    assert "权重之和为 99.67" in staff.post(path(review), sent).content.decode()
    sent = filled(review, criteria_0_weight="50/6", criteria_1_weight="25", reason=REASON)
    sent |= {
        "criteria-6-added": "on",
        "criteria-6-name": "现场表达",
        "criteria-6-weight": "10",
    }
    del sent["criteria-6-counts"]
    assert staff.post(path(review), sent | {"confirm": "1"}).status_code == 302
    found = list(review.criteria.values_list("name", "weight", "counts"))
    assert (found[0][1], found[1][1], found[6]) == ("25/3", "25", ("现场表达", "10", False))


def test_advancement_changes_and_says_whose_it_is(review: Round, staff: Client) -> None:
    sent = filled(review, advance_0_kind="percent", advance_0_percent=20, advance_0_rounding="up", reason=REASON)
    assert "前 20%（进位取整）" in staff.post(path(review), sent).content.decode()
    staff.post(path(review), sent | {"confirm": "1"})
    rule = review.advance_rules.get()
    assert (rule.kind, rule.count, rule.percent, rule.rounding, rule.source) == (
        "percent",
        None,
        20,
        "up",
        "组委会修订",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"advance_0_count": ""}, "请写名额"),
        ({"criteria_0_weight": "一半"}, "不是 0 到 100 的数"),
        ({"panels_0_weight": "60"}, "评审团占比之和为 60"),
        ({"panels_0_gone": "on"}, "专家评审团"),
        ({"criteria_1_name": "科学性（一）", "criteria_0_name": "科学性（一）"}, "“科学性（一）”有两个"),
        ({"tie-1": "science"}, "同一项写了两次"),
        ({"reason": ""}, "修订理由"),
    ],
)
def test_what_makes_no_sense_comes_back_filled(
    review: Round, staff: Client, changes: dict[str, Any], said: str
) -> None:
    answer = staff.post(path(review), filled(review, **({"reason": REASON} | changes)))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_a_panel_with_judges_stays(review: Round) -> None:
    judges.invite(review, by=None, email="x@example.test")
    rows = [{"code": "other", "name": "另一团", "kind": "expert", "weight": "100"}]
    assert [p.code for p in adoption.check(review, {}, {Panel: rows})] == ["panel.in_use"]


def test_two_who_amend_at_once(review: Round, staff: Client) -> None:
    """The second is shown the rules as they now stand."""
    sent = filled(review, spread_threshold=25, reason=REASON) | {"confirm": "1", "seen": adoption.mark(review)}
    adoption.amend(review, {"severity_k": 5}, reason="先改", by=build.organiser())
    answer = staff.post(path(review), sent)
    assert (answer.status_code, "有人改过这一轮的规则" in answer.content.decode()) == (422, True)


def test_once_scoring_has_opened_nothing_is_amended(review: Round, staff: Client) -> None:
    sent = filled(review, spread_threshold=25, reason=REASON)
    build.opened(review, works=1, seats=1)
    assert "评分已经开始" in staff.post(path(review), sent).content.decode()


def test_a_round_without_sheets_has_only_times_and_advancement(review: Round) -> None:
    review.kind = "qualification"
    assert [kind for kind, *_ in AmendForm(review).rows()] == ["advance"]


def test_every_kind_of_row_can_be_sent_untouched(review: Round) -> None:
    """What the form makes of nothing changed is what there was."""
    final = build.round_of(review.edition, "final")
    for round_ in (review, final):
        form = AmendForm(round_, filled(round_, reason=REASON))
        assert form.is_valid(), form.errors
        assert form.amended() == adoption.rules_now(round_)


@pytest.mark.parametrize(
    ("typed", "stored"), [("25", "25"), ("12.5%", "25/2"), ("50/3", "50/3"), ("101", None), ("-1", None), ("x", None)]
)
def test_weights_are_exact_fractions(typed: str, stored: str | None) -> None:
    assert weight_of(typed) == stored


def test_a_weight_is_shown_in_per_cent_before_and_after(review: Round, staff: Client) -> None:
    page = staff.post(path(review), filled(review, criteria_0_weight="20", criteria_1_weight="40/3", reason=REASON))
    said = page.content.decode()
    assert ("占总分 16.67%" in said, "占总分 20%" in said, "占总分 13.33%" in said, "1/6" in said) == (
        True,
        True,
        True,
        False,
    )
