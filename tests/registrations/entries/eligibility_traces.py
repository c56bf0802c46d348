"""How the services of eligibility are called, for `tests/test_traces.py`; each takes the test's Stage."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core.sheets import find_table, read, write_xlsx
from core.states import move
from registrations.eligibility_models import EligibilityClaim, Honour
from registrations.honour_sheets import honour_columns
from registrations.services import eligibility, honours, revealing, verdicts

from .build import claim, entered
from .traces import Case, begun

LINK = "https://example.test/proof"
SOURCE = "粤科协发〔2021〕1号"


def waiting(stage: Any) -> EligibilityClaim:
    """A claim before the contact."""
    return entered(stage.edition, stage.person).claims.get()


def decided(stage: Any) -> EligibilityClaim:
    """An accepted claim whose entry has not been moved on."""
    found = waiting(stage)
    move(found, "accept")
    return found


def judged(act: Callable[..., Any], **more: Any) -> Callable[[Any], Callable[..., Any]]:
    """A decision upon a claim that waits, as it is seen."""

    def prepare(stage: Any) -> Callable[..., Any]:
        found = waiting(stage)
        return partial(act, found, seen=verdicts.mark(found), **more)

    return prepare


def all_judged(stage: Any) -> Callable[..., Any]:
    found = waiting(stage)
    return partial(verdicts.accept_claims, found.entry, {found.pk: verdicts.mark(found)})


def added(stage: Any) -> Callable[..., Any]:
    found = waiting(stage).entry
    claim(found, condition="teacher_or_medic")
    return partial(eligibility.submit_claims, found)


def honour(**more: Any) -> Honour:
    return Honour(**{"title": "finest_worker", "holder": "祝宇", "source": SOURCE} | more)


def stored() -> Honour:
    found = honour()
    found.save()
    return found


def listed(stage: Any) -> Callable[..., Any]:
    columns = honour_columns({"finest_worker": "广东省最美科技工作者"})
    content = write_xlsx(columns, [{"title": "广东省最美科技工作者", "holder": "王芳", "source": SOURCE}])
    return partial(honours.import_honours, find_table(read(content, "名单.xlsx"), columns))


CASES: dict[Callable[..., Any], Case] = {
    eligibility.save_claim: (
        "eligibility.saved",
        lambda s: partial(eligibility.save_claim, begun(s), "teacher_or_medic", {"link": LINK}),
    ),
    eligibility.remove_claim: (
        "eligibility.removed",
        lambda s: partial(eligibility.remove_claim, begun(s).claims.get()),
    ),
    eligibility.submit_claims: ("eligibility.submitted", added),
    verdicts.accept_claim: ("eligibility.accepted", judged(verdicts.accept_claim)),
    verdicts.accept_claims: ("eligibility.accepted", all_judged),
    verdicts.return_claim: ("eligibility.returned", judged(verdicts.return_claim, reason="没有公章")),
    verdicts.reject_claim: ("eligibility.rejected", judged(verdicts.reject_claim, reason="不在范围")),
    verdicts.reconsider: (
        "eligibility.reconsidered",
        lambda s: partial(verdicts.reconsider, decided(s), reason="来电说明"),
    ),
    verdicts.settle: ("entry.accepted", lambda s: partial(verdicts.settle, decided(s).entry)),
    honours.save_honour: ("honour.saved", lambda s: partial(honours.save_honour, honour())),
    honours.remove_honour: ("honour.removed", lambda s: partial(honours.remove_honour, stored())),
    honours.import_honours: ("honour.imported", listed),
    revealing.reveal_member_phone: (
        "member.phone_shown",
        lambda s: partial(revealing.reveal_member_phone, begun(s).people.get()),
    ),
}
