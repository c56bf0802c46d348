"""What counts as evidence, and what the single verdicts come to (G24–G26)."""

from datetime import date

import pytest

from registrations.rules.eligibility import ClaimFacts, check_claim, check_claims, verdict_of, years_before
from tracks.rulebook.contest import Condition

TODAY = date(2024, 12, 23)


def condition(code="a", **more) -> Condition:
    return Condition(code=code, text=f"条件 {code}", source="G24", **more)


def codes(facts: ClaimFacts, **more) -> list[str]:
    return [problem.code for problem in check_claim(facts, condition(**more), TODAY)]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (ClaimFacts(), ["evidence.missing"]),
        (ClaimFacts(statement="我是教师"), ["evidence.missing"]),
        (ClaimFacts(file=True), []),
        (ClaimFacts(honour=True), []),
        (ClaimFacts(link="https://example.test/a"), []),
        (ClaimFacts(statement="推荐表已盖章", recommended=True), []),
        (ClaimFacts(recommended=True), ["evidence.missing"]),
    ],
)
def test_something_must_show_it(facts, found):
    assert codes(facts) == found


@pytest.mark.parametrize(
    "link",
    [
        "ftp://example.test/a", "javascript:alert(1)", "data:text/html,x", "example.test/a", "//example.test/a",
        "http://", "http:///a", "https://[", "https://nowhere", "https://exam ple.test/a", "https://a.test/\x00",
        "file:///etc/passwd", "HTTP:example.test",
    ],
)  # fmt: skip
def test_what_is_no_link_of_the_web(link):
    assert codes(ClaimFacts(link=link, file=True)) == ["evidence.link"]


@pytest.mark.parametrize("link", ["http://example.test", "HTTPS://example.test/视频?v=1#t", "https://mp.例子.测试/s"])
def test_what_is_one(link):
    assert codes(ClaimFacts(link=link)) == []


def test_a_link_fits_its_column():
    assert codes(ClaimFacts(link="https://example.test/" + "a" * 480)) == ["evidence.link_long"]


@pytest.mark.parametrize(
    ("dated", "found"),
    [
        (None, ["evidence.date"]),
        (date(2022, 1, 23), []),  # two years and eleven months
        (date(2021, 12, 23), []),  # three years to the day
        (date(2021, 12, 22), ["evidence.old"]),
        (TODAY, []),
        (date(2024, 12, 24), ["evidence.future"]),
    ],
)
def test_three_years_before_registration(dated, found):
    assert codes(ClaimFacts(link="https://example.test/a", dated=dated), within_years=3) == found


def test_leap_day():
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)


def test_a_pledge_needs_no_evidence():
    assert codes(ClaimFacts(), pledge=True) == []


ANY = [condition("a"), condition("b")]
ALL = [condition("r", effect="requires"), condition("s", effect="requires"), condition("p", effect="prefers")]


@pytest.mark.parametrize(
    ("claimed", "conditions", "found"),
    [
        ([], ANY, ["eligibility.none"]),
        (["b"], ANY, []),
        (["r"], ALL, ["eligibility.required"]),
        (["r", "s"], ALL, []),
        (["r", "s"], ANY + ALL, ["eligibility.none"]),
    ],
)
def test_enough_is_claimed(claimed, conditions, found):
    assert [problem.code for problem in check_claims(claimed, conditions)] == found


@pytest.mark.parametrize(
    ("states", "conditions", "came"),
    [
        ({"a": "submitted"}, ANY, None),
        ({"a": "accepted"}, ANY, "accept"),
        ({"a": "rejected", "b": "accepted"}, ANY, "accept"),
        ({"a": "rejected", "b": "submitted"}, ANY, None),
        ({"a": "rejected", "b": "returned"}, ANY, None),
        ({"a": "rejected", "b": "draft"}, ANY, "reject"),
        ({"a": "rejected"}, ANY, "reject"),
        ({"a": "rejected", "b": "rejected"}, ANY, "reject"),
        ({"a": "draft"}, ANY, None),
        ({"r": "accepted"}, ALL, None),
        ({"r": "accepted", "s": "accepted"}, ALL, "accept"),
        ({"r": "accepted", "s": "rejected"}, ALL, "reject"),
        ({"r": "accepted", "s": "accepted", "p": "rejected"}, ALL, "accept"),
        ({"a": "accepted", "r": "submitted", "s": "accepted"}, ANY + ALL, None),
    ],
)
def test_what_the_verdicts_come_to(states, conditions, came):
    assert verdict_of(states, conditions) == came
