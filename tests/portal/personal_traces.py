"""How each service about personal data is called, for `tests/test_traces.py`; each takes the test's Stage."""

from collections.abc import Callable
from functools import partial
from typing import Any

from aisc_portal import archive, personal
from aisc_portal.cockpit import addresses
from core import clock
from core.notices.models import Notice
from core.states import move
from registrations.personal_models import Consent, DeletionRequest
from registrations.services import consenting, personal_audit, personal_requests

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def asked(stage: Any) -> DeletionRequest:
    """The stage's person wants to be deleted."""
    return personal_requests.ask(stage.person, by=stage.person)


def optional(stage: Any) -> Consent:
    """A consent of theirs that may be taken back."""
    texts = [text for text in consenting.texts_for(stage.edition, "participant") if not text.required]
    return consenting.give(texts, stage.edition, by=stage.person)[0]


def undelivered(stage: Any) -> Callable[..., Any]:
    """The stage's invitation did not arrive."""
    notice = Notice.objects.get(template="officer-invited", object_id=str(stage.invitation.pk))
    move(notice, "fail", last_error="mailbox unavailable")
    return partial(addresses.correct, notice, email="right@example.test")


CASES: dict[Callable[..., Any], Case] = {
    addresses.correct: ("officer.invited", undelivered),
    consenting.withdraw: ("consent.withdrawn", lambda s: partial(consenting.withdraw, optional(s))),
    archive.archive: (
        "edition.archived",
        lambda s: partial(archive.archive, s.edition, reason="年度归档", now=clock.now()),
    ),
    personal.export: ("personal.exported", lambda s: partial(personal.export, s.person)),
    personal.carry_out: ("personal.purged", lambda s: partial(personal.carry_out, asked(s), reason="依本人申请")),
    personal_requests.ask: ("deletion.asked", lambda s: partial(personal_requests.ask, s.person)),
    personal_requests.cancel: ("deletion.cancelled", lambda s: partial(personal_requests.cancel, asked(s))),
    personal_requests.refuse: ("deletion.refused", lambda s: partial(personal_requests.refuse, asked(s), reason="x")),
    personal_audit.audit: ("minors.audited", lambda s: partial(personal_audit.audit, s.edition, 2024)),
}
