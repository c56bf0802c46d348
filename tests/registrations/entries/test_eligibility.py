"""Claims as the participant makes them: kept, corrected, sent in, each within its time."""

import io
from datetime import date, timedelta

import pytest

from core import clock
from core.audit.timeline import timeline
from core.notices.models import Notice
from core.problems import Refused
from registrations.eligibility_models import EligibilityClaim, Honour
from registrations.services import eligibility, entering, honours, verdicts
from registrations.services.stamping import Upload
from tests.core import good_files
from tests.core.hostile_files import pdfs
from tests.registrations import build as desks

from .build import REGISTERING, draft, entered, person

pytestmark = pytest.mark.django_db
LINK = "https://example.test/proof"
PNG = good_files.png()
RUNS = next(one.content for one in pdfs() if one.why == "script on opening")


@pytest.fixture
def by():
    return person()


@pytest.fixture
def entry(edition, by):
    clock.set_now(REGISTERING)
    return draft(edition, by)


@pytest.fixture
def returned(edition, by):
    """A returned claim of an entry whose window has closed."""
    found = entered(edition, by)
    contact = desks.contact(edition)
    claim = found.claims.get()
    clock.set_now(found.edition.window("register").closes - timedelta(minutes=5))
    verdicts.return_claim(claim, reason="没有公章", seen=verdicts.mark(claim), by=contact)
    clock.set_now(clock.now() + timedelta(minutes=10))
    claim.refresh_from_db()
    return claim


def refused(act, *args, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def upload(content: bytes, name="证明.pdf") -> Upload:
    return Upload(name, io.BytesIO(content))


def save(entry, by, condition="teacher_or_medic", **values):
    file = values.pop("upload", None)
    return eligibility.save_claim(entry, condition, values, by=by, upload=file)


def test_evidence_is_kept_bit_by_bit(entry, by):
    save(entry, by, statement="  信息科技教师 ")
    claim = save(entry, by, upload=upload(PNG, "证书.png"), dated=date(2024, 1, 1))
    stored = EligibilityClaim.objects.get()
    assert (claim, stored.statement, stored.file.original_name) == (stored, "信息科技教师", "证书.png")
    assert [moment.changes.get("证明文件") for moment in timeline(stored)] == [("", "证书.png"), None]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"link": "javascript:alert(1)"}, ("evidence.link", "link")),
        ({"link": "https://example.test/" + "a" * 500}, ("evidence.link_long", "link")),
        ({"statement": "长" * 301}, ("evidence.statement_long", "statement")),
        ({"condition": "pupil"}, ("condition.unknown", "condition")),
        ({"upload": upload(b"<svg>", "图.png")}, ("file.kind", "file")),
        ({"upload": upload(b"PK\x03\x04", "证明.pdf")}, ("file.kind", "file")),
        ({"upload": upload(b"", "证明.pdf")}, ("file.empty", "file")),
        ({"upload": upload(RUNS, "证明.pdf")}, ("file.active", "file")),
        ({"upload": upload(b"%PDF-" + b"0" * eligibility.LIMIT)}, ("file.too_large", "file")),
    ],
)
def test_what_cannot_be_kept(entry, by, values, problem):
    assert refused(save, entry, by, **{"link": LINK} | values) == [problem]
    assert EligibilityClaim.objects.count() == 0


def test_only_ones_own_honour_counts(entry, by):
    kept = {"title": "finest_worker", "source": "粤科协发〔2021〕1号"}
    mine, other = (honours.save_honour(Honour(holder=name, **kept), by=by) for name in ("祝宇", "王芳"))
    assert save(entry, by, "honoured", honour=mine).honour == mine
    assert refused(save, entry, by, "honoured", honour=other) == [("honour.unknown", "honour")]
    assert refused(save, entry, by, "teacher_or_medic", honour=mine) == [("honour.unknown", "honour")]


def test_a_draft_can_be_taken_back_a_sent_claim_not(entry, by):
    eligibility.remove_claim(save(entry, by), by=by)
    save(entry, by, link=LINK)
    entering.enter(entry, by=by, accepted=("privacy", "originality"))
    assert refused(eligibility.remove_claim, entry.claims.get(), by=by) == [("claim.sent", "condition")]
    assert refused(save, entry, by, link=LINK) == [("claim.sent", "")]


def test_what_was_added_later_is_sent_in(edition, by):
    found, contact = entered(edition, by), desks.contact(edition)
    save(found, by, link=LINK)
    sent = eligibility.submit_claims(found, by=by)
    assert [(claim.condition, claim.state) for claim in sent] == [("teacher_or_medic", "submitted")]
    assert Notice.objects.get(template="claims-arrived").recipient == contact


def test_nothing_incomplete_is_sent(edition, by):
    found = entered(edition, by)
    assert refused(eligibility.submit_claims, found, by=by) == [("claims.none", "eligibility")]
    claim = save(found, by)
    assert refused(eligibility.submit_claims, found, by=by) == [("evidence.missing", f"claim-{claim.pk}-file")]


def test_a_returned_claim_is_mended_after_the_close(returned, by):
    entry = returned.entry
    assert refused(save, entry, by, link=LINK) == [("window.late", "")]  # no new one
    assert refused(eligibility.submit_claims, entry, by=by) == [("claims.untouched", "eligibility")]
    save(entry, by, returned.condition, link=returned.link)  # saved as it was: still untouched
    assert refused(eligibility.submit_claims, entry, by=by) == [("claims.untouched", "eligibility")]
    save(entry, by, returned.condition, link=LINK + "/2")
    (sent,) = eligibility.submit_claims(entry, by=by)
    assert (sent.state, sent.correct_until) == ("submitted", None)


def test_too_late_to_mend(returned, by):
    clock.set_now(returned.correct_until)
    assert refused(save, returned.entry, by, returned.condition, link=LINK + "/2") == [("row.correction_late", "")]


def test_changed_in_time_but_sent_too_late(returned, by):
    save(returned.entry, by, returned.condition, link=LINK + "/2")
    clock.set_now(returned.correct_until)
    problems = refused(eligibility.submit_claims, returned.entry, by=by)
    assert problems == [("row.correction_late", f"claim-{returned.pk}-condition")]


def test_an_unlocked_entry_opens_its_claims(returned, by):
    clock.set_now(returned.correct_until)
    until = clock.now() + timedelta(days=1)
    entering.unlock_entry(returned.entry, until, by=desks.contact(returned.entry.edition, "youth"), reason="来电")
    assert save(returned.entry, by, link=LINK).state == "draft"
