"""Loading and amending an edition: each app adopts it, from left to right, in one transaction."""

from dataclasses import dataclass

from django.db import transaction

import judging.services.adoption
import registrations.services.adoption
import seasons.services.adoption
import tracks.services
from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from tracks.models import Edition, RuleText
from tracks.rulebook import Difference, Parsed, Rulebook, diff, parse


@dataclass(frozen=True)
class Amendment:
    """What loading a text would change."""

    text: str
    parsed: Parsed
    rulebook: Rulebook
    edition: Edition | None  # the stored one of the same slug, as it was examined
    base: str  # SHA-256 of the text stored then; empty for a new edition
    differences: list[Difference]

    @property
    def changes_text(self) -> bool:
        """False when exactly this text is stored already."""
        return RuleText.digest(self.text) != self.base

    @property
    def needs_reason(self) -> bool:
        """Once registration is open, a change needs a reason (decision 3), were it only a comment."""
        return bool(self.edition and self.changes_text and registration_has_opened(self.edition))


def examine(text: str) -> Amendment:
    """Compare a text with the stored edition of its slug. Raises Refused, with each error's path, for a wrong file."""
    return _examine(text, lock=False)


def refusals(text: str) -> list[Problem]:
    """What would refuse this text at present, a missing reason apart; tried out and taken back, nothing is written."""
    try:
        with transaction.atomic():
            _write(_examine(text, lock=True), by=None, reason="")
            transaction.set_rollback(True)
    except Refused as refused:
        return refused.problems
    return []


def load(text: str, *, by: User | None = None, reason: str = "", base: str | None = None) -> Amendment:
    """Store an edition's text and let every app adopt it; the first one loaded becomes the current edition.

    base: the `Amendment.base` that somebody looked at before they agreed. Raises Refused for a wrong file, a change
    without a reason once registration is open, an edition that was changed since `base`, and for whatever the
    apps cannot adopt, a quota below what is taken for instance; then nothing was written.
    """
    with transaction.atomic():
        amendment = _examine(text, lock=True)
        if base is not None and base != amendment.base:
            raise Refused(Problem("edition.stale", "这一届规则刚被别人修订过，请重新上传，看过新的变化再确认"))
        if amendment.needs_reason and not reason.strip():
            raise Refused(Problem("edition.reason", "报名已经开始，修订规则须写明理由", "reason"))
        _write(amendment, by=by, reason=reason.strip())
    return amendment


def registration_has_opened(edition: Edition) -> bool:
    """True once either channel has opened, by the dates in force."""
    now = clock.now()
    opens = [edition.window(action).opens for action in ("recommend", "register")]
    return any(moment is not None and moment <= now for moment in opens)


def _examine(text: str, *, lock: bool) -> Amendment:
    parsed = parse(text)
    if parsed.rulebook is None:
        errors = [(fault.path, fault.message) for fault in parsed.errors]
        raise Refused([Problem("edition.error", f"{path}：{words}" if path else words, path) for path, words in errors])
    stored = Edition.objects.select_for_update(no_key=True) if lock else Edition.objects.all()
    edition = stored.filter(slug=parsed.rulebook.edition.slug).first()
    differences = diff(edition.rulebook, parsed.rulebook) if edition else []
    return Amendment(text, parsed, parsed.rulebook, edition, edition.sha256 if edition else "", differences)


def _write(amendment: Amendment, *, by: User | None, reason: str) -> None:
    """Every app adopts the text; what any of them refuses is told together."""
    before = amendment.edition.rulebook if amendment.edition else None
    verb = "edition.amended" if amendment.edition else "edition.loaded"
    problems: list[Problem] = []
    with recorded(verb, by=by, reason=reason):
        edition = _store(amendment, verb, by=by, reason=reason)
        for adopt in (
            lambda: tracks.services.adopt(edition, before),
            lambda: registrations.services.adoption.adopt(edition),
            lambda: judging.services.adoption.adopt(edition),
            lambda: seasons.services.adoption.adopt(edition),
        ):
            try:
                adopt()
            except Refused as refused:
                problems += refused.problems
    refuse_if(problems)


def _store(amendment: Amendment, verb: str, *, by: User | None, reason: str) -> Edition:
    """Keep the exact text; its history names each difference."""
    rulebook = amendment.rulebook
    edition = amendment.edition or Edition(slug=rulebook.edition.slug, is_current=Edition.objects.current() is None)
    if not amendment.changes_text:
        return edition
    edition.name, edition.rules = rulebook.edition.name, RuleText.kept(amendment.text)
    told = {difference.label: difference.told for difference in amendment.differences}
    with recorded(verb, by=by, reason=reason, changes=told):
        edition.save()
    return edition
