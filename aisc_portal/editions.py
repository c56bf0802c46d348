"""Loading and amending an edition: each app adopts it, from left to right, in one transaction."""

from dataclasses import dataclass

from django.db import transaction

import registrations.services.adoption
import tracks.services
from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused
from tracks.models import Edition
from tracks.rulebook import Difference, Parsed, Rulebook, diff, parse


@dataclass(frozen=True)
class Amendment:
    """What loading a text would change."""

    parsed: Parsed
    edition: Edition | None  # the stored one of the same slug
    differences: list[Difference]

    @property
    def needs_reason(self) -> bool:
        """Once registration is open, a change needs a reason (decision 3)."""
        return bool(self.edition and self.differences and registration_has_opened(self.edition))


def examine(text: str) -> Amendment:
    """Compare a text with the stored edition of its slug. Raises Refused, with each error's path, for a wrong file."""
    parsed = parse(text)
    if parsed.rulebook is None:
        raise Refused([Problem("edition.error", f"{fault.path}：{fault.message}", fault.path) for fault in parsed.errors])
    edition = Edition.objects.filter(slug=parsed.rulebook.edition.slug).first()
    differences = diff(edition.rulebook, parsed.rulebook) if edition else []
    return Amendment(parsed, edition, differences)


def load(text: str, *, by: User | None = None, reason: str = "") -> Amendment:
    """Store an edition's text and let every app adopt it; the first one loaded becomes the current edition.

    Raises Refused for a wrong file, for a change without a reason once registration is open, and for a quota
    below what is taken; then nothing was written.
    """
    amendment = examine(text)
    if amendment.needs_reason and not reason.strip():
        raise Refused(Problem("edition.reason", "报名已经开始，修订规则须写明理由（--reason）", "reason"))
    rulebook = amendment.parsed.rulebook
    assert rulebook is not None
    verb = "edition.amended" if amendment.edition else "edition.loaded"
    said = {"differences": [str(difference) for difference in amendment.differences]}
    with transaction.atomic(), recorded(verb, by=by, reason=reason.strip(), **said):
        _adopt(amendment.edition, rulebook, text)
    return amendment


def registration_has_opened(edition: Edition) -> bool:
    """True once either channel has opened."""
    now = clock.now()
    opens = [edition.window(action).opens for action in ("recommend", "register")]
    return any(moment is not None and moment <= now for moment in opens)


def _adopt(edition: Edition | None, rulebook: Rulebook, text: str) -> None:
    before = edition.rulebook if edition else None
    if edition is None:
        edition = Edition(slug=rulebook.edition.slug, is_current=Edition.objects.current() is None)
    edition.name, edition.text, edition.sha256 = rulebook.edition.name, text, Edition.digest(text)
    edition.save()
    tracks.services.adopt(edition, before)
    registrations.services.adoption.adopt(edition)
