"""What the contact decides about claims, upon what was seen, and what comes of it for the entry."""

from datetime import datetime, timedelta

import pytest

from core import clock
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.notices.models import Notice
from core.problems import Refused
from core.states import StaleState
from registrations.eligibility_models import EligibilityClaim
from registrations.invariants import invariants
from registrations.services import eligibility, entering, guardians, verdicts
from tests.registrations import build as desks

from .build import REGISTERING, TEXTS, claim, draft, entered, person

pytestmark = pytest.mark.django_db
LINK = "https://example.test/proof"


@pytest.fixture
def contact(edition):
    return desks.contact(edition)


@pytest.fixture
def by():
    return person()


@pytest.fixture
def entry(edition, by):
    return entered(edition, by)


def accept(found, by):
    found.refresh_from_db()
    return verdicts.accept_claim(found, seen=verdicts.mark(found), by=by)


def send_back(found, by, reason="没有公章"):
    found.refresh_from_db()
    return verdicts.return_claim(found, reason=reason, seen=verdicts.mark(found), by=by)


def reject(found, by, reason="不在范围内"):
    found.refresh_from_db()
    return verdicts.reject_claim(found, reason=reason, seen=verdicts.mark(found), by=by)


def letters() -> list[str]:
    return sorted(Notice.objects.filter(template__regex="^(claim-|entry-(acc|rej))").values_list("template", flat=True))


def test_one_accepted_condition_is_enough(entry, contact, by):
    found = accept(entry.claims.get(), contact)
    assert (found.state, letters()) == ("accepted", ["entry-accepted"])
    assert Notice.objects.get(template="entry-accepted").recipient == by
    assert [moment.verb for moment in timeline(found)][:1] == ["entry.accepted"]


def test_a_return_tells_why_and_until_when(entry, contact):
    found = entry.claims.get()
    send_back(found, contact, " 没有公章 ")
    found.refresh_from_db()
    letter = Notice.objects.get(template="claim-returned")
    assert (found.state, found.review_note, found.corrected) == ("returned", "没有公章", False)
    assert found.correct_until == datetime(2024, 12, 27, tzinfo=BEIJING)  # Monday: Tue, Wed, Thu; exclusive
    assert "请在 12 月 26 日" in letter.text


def test_a_rejection_ends_the_entry_when_nothing_else_is_claimed(entry, contact):
    found = reject(entry.claims.get(), contact)
    assert (found.state, letters()) == ("rejected", ["entry-rejected"])


def test_a_rejection_among_others_leaves_the_entry_open(entry, contact, by):
    eligibility.save_claim(entry, "ai_author", {"link": LINK, "dated": clock.now().date()}, by=by)
    eligibility.submit_claims(entry, by=by)
    assert (reject(entry.claims.get(condition="ai_author"), contact).state, letters()) == (
        "entered",
        ["claim-rejected"],
    )
    assert accept(entry.claims.get(condition="social_organisation"), contact).state == "accepted"


@pytest.mark.parametrize("decide", [send_back, reject])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_no_verdict_against_somebody_without_a_reason(entry, contact, decide, reason):
    with pytest.raises(Refused) as refusal:
        decide(entry.claims.get(), contact, reason)
    assert (refusal.value.codes, entry.claims.get().state) == (["review.no_reason"], "submitted")


def test_what_was_changed_is_not_judged_unseen(entry, contact, by):
    found = entry.claims.get()
    seen = verdicts.mark(found)
    entering.save_entry(entry, {"organisation": "另一所学校"}, by=by)
    with pytest.raises(Refused) as refusal:
        verdicts.accept_claim(found, seen=seen, by=contact)
    assert (refusal.value.codes, entry.claims.get().state) == (["claim.changed_meanwhile"], "submitted")


def test_what_was_corrected_meanwhile_is_not_judged_by_the_old_page(entry, contact, by):
    found = entry.claims.get()
    seen = verdicts.mark(found)
    send_back(found, contact)
    eligibility.save_claim(entry, found.condition, {"link": LINK + "/2"}, by=by)
    eligibility.submit_claims(entry, by=by)
    with pytest.raises(Refused) as refusal:
        verdicts.accept_claim(found, seen=seen, by=contact)
    assert refusal.value.codes == ["claim.changed_meanwhile"]


def test_the_second_verdict_is_stale(entry, contact):
    found = entry.claims.get()
    seen = verdicts.mark(found)
    accept(found, contact)
    with pytest.raises(StaleState, match="资格已通过"):
        verdicts.reject_claim(found, reason="看错了", seen=seen, by=contact)


def test_a_returned_claim_has_its_time(entry, contact):
    found = entry.claims.get()
    send_back(found, contact)
    with pytest.raises(Refused) as refusal:
        reject(found, contact)
    clock.set_now(found.correct_until)
    assert (refusal.value.codes, reject(found, contact).state) == (["claim.correcting"], "rejected")


def test_a_verdict_can_be_taken_back(entry, contact):
    found = entry.claims.get()
    reject(found, contact)
    found.refresh_from_db()
    again = verdicts.reconsider(found, reason="来电说明", by=contact)
    assert (again.state, again.decided_at, found.state) == ("entered", None, "submitted")
    assert accept(found, contact).state == "accepted"


def test_nothing_is_reconsidered_after_a_withdrawal(entry, contact, by):
    found = entry.claims.get()
    accept(found, contact)
    entering.withdraw_entry(entry, by=by)
    found.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        verdicts.reconsider(found, reason="来电", by=contact)
    assert refusal.value.codes == ["entry.withdrawn"]


def test_the_letter_shown_is_the_letter_sent(entry, contact):
    found = entry.claims.get()
    shown = verdicts.letter(found, "return", "没有公章")
    send_back(found, contact)
    assert Notice.objects.get(template="claim-returned").subject == shown.subject
    clock.set_now(clock.now() + timedelta(days=9))
    assert verdicts.letter(found, "reject", "逾期").subject.startswith("参赛资格未通过")


def test_an_entry_waits_for_the_guardian(edition):
    """A minor of sixteen may enter; the entry is accepted when the consent arrives."""
    child = person("李小芳", "13800138002")
    clock.set_now(REGISTERING)
    found, contact = draft(edition, child, "youth"), desks.contact(edition, "youth")
    one, member = claim(found), found.people.get()
    guardians.save_birth(member, "2008-05", by=child)
    guardian = guardians.ask(member, name="李大明", phone="13800138003", relation="父亲", by=child)
    entering.enter(found, by=child, accepted=TEXTS)
    assert (accept(one, contact).state, letters()) == ("entered", ["claim-accepted"])
    assert "还差监护人" in Notice.objects.get(template="claim-accepted").text
    guardians.give(guardian, signed="李大明")
    found.refresh_from_db()
    assert (found.state, letters()) == ("accepted", ["claim-accepted", "entry-accepted"])


def test_unsettled_entries_stay(entry):
    assert verdicts.settle(entry, by=None).state == "entered"


def test_two_claims_at_once(entry, contact, by):
    claim(entry, condition="teacher_or_medic")
    eligibility.submit_claims(entry, by=by)
    seen = {found.pk: verdicts.mark(found) for found in entry.claims.all()}
    assert (verdicts.accept_claims(entry, seen, by=contact).state, letters()) == ("accepted", ["entry-accepted"])


def test_an_acceptance_without_a_verdict_is_found(entry, contact):
    accept(entry.claims.get(), contact)
    before = dict(invariants())["资格已通过的报名，参赛条件都已认可"]
    EligibilityClaim.objects.update(state="submitted")
    assert (before, dict(invariants())["资格已通过的报名，参赛条件都已认可"]) == ([], [f"报名 {entry.pk}"])
