"""告知与承诺: which versioned texts somebody has yet to accept, and keeping that they did."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.prepared import Prepared
from core.problems import Problem, Refused
from tracks.models import Edition
from tracks.rulebook.works import Consent as Text

from ..entry_models import Entry
from ..personal_models import Consent

# Whose texts somebody reads by their role in an entry.
READS = {"representative": "participant", "member": "participant", "instructor": "instructor"}
_GIVEN = Prepared(2, lambda user, edition: Consent.objects.filter(user=user, edition=edition, withdrawn_at=None))
AT_ENTRY = ("account", "register", "display")  # the steps whose texts stand on the entry's last page


def digest(text: Text) -> str:
    """SHA-256 of the exact words, hexadecimal."""
    return hashlib.sha256(text.text.encode()).hexdigest()


def texts_for(edition: Edition, who: str, steps: Iterable[str] = AT_ENTRY) -> list[Text]:
    """The texts put before these people at these steps, in the order of the file."""
    return [text for step in steps for text in edition.rulebook.consents_of(who, step)]


def given(user: User, edition: Edition) -> dict[str, Consent]:
    """What somebody has accepted and not taken back: code → the latest record."""
    return {consent.code: consent for consent in _GIVEN(user.pk, edition.pk)}


def missing(texts: Iterable[Text], have: dict[str, Consent]) -> list[Text]:
    """Required texts that were not accepted in their present version."""
    return [text for text in fresh(texts, have) if text.required]


def fresh(texts: Iterable[Text], have: dict[str, Consent]) -> list[Text]:
    """Texts, required or not, that were not accepted in their present version."""
    return [t for t in texts if t.code not in have or have[t.code].version != t.version]


def check_consents(texts: Iterable[Text], have: dict[str, Consent], accepted: Iterable[str]) -> list[Problem]:
    """A required text is accepted before, or now."""
    ticked = set(accepted)
    return [
        Problem("consent.missing", f"请阅读并勾选《{text.title}》", f"consent_{text.code}")
        for text in missing(texts, have)
        if text.code not in ticked
    ]


def give(
    texts: Iterable[Text],
    edition: Edition,
    *,
    by: User,
    entry: Entry | None = None,
    have: dict[str, Consent] | None = None,
    at: datetime | None = None,
) -> list[Consent]:
    """Keep that `by` accepted these texts as they are now; what was accepted before in this version stays as it is.

    have: what they have accepted, where it is known. at: contest time, where it was asked in this transaction.
    """
    unread = fresh(texts, given(by, edition) if have is None else have)
    if not unread:
        return []
    with transaction.atomic(), recorded("consent.given", by=by):
        now = at or clock.now()
        made = [
            Consent(
                edition=edition,
                user=by,
                entry=entry,
                code=text.code,
                version=text.version,
                sha256=digest(text),
                given_at=now,
            )
            for text in unread
        ]
        return Consent.objects.bulk_create(made)


def title_of(consent: Consent) -> str:
    """What the text is called; its code when the edition no longer has it."""
    return next((text.title for text in consent.edition.rulebook.consents if text.code == consent.code), consent.code)


def required(consent: Consent) -> bool:
    """Whether the edition makes it a condition of taking part."""
    return any(text.code == consent.code and text.required for text in consent.edition.rulebook.consents)


def withdraw(consent: Consent, *, by: User) -> None:
    """Take a consent back; only where the edition does not require it. Raises Refused."""
    if required(consent):
        words = f"《{title_of(consent)}》是参赛的前提，不能单独撤回；不再参赛请选“退出比赛”"
        raise Refused(Problem("consent.required", words))
    with transaction.atomic(), recorded("consent.withdrawn", by=by):
        Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
