"""More time for one unit (单独延期), with a reason."""

from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if

from ..models import UnitQuota
from ..rules.places import check_extension
from .reminders import reachable, tell_extended

NO_REASON = Problem("reason.missing", "请写明延长的理由，会记入办理记录，也会告诉推荐单位", "reason")


def extend(quota: UnitQuota, until: datetime | None, *, reason: str, by: User) -> None:
    """Let one unit submit until later than the others; its officers are told. until: exclusive; None ends it.

    Raises Refused without a reason, or when `until` is not later than the common deadline and this moment.
    """
    if not reason.strip():
        raise Refused(NO_REASON)
    verb = "quota.extended" if until else "quota.extension_ended"
    with transaction.atomic(), recorded(verb, by=by, reason=reason.strip()):
        found = reachable(UnitQuota.objects.select_for_update(no_key=True, of=("self",)).filter(pk=quota.pk))[0]
        if until:
            refuse_if(check_extension(found.edition.window("recommend"), until, clock.now()))
        found.extended_until, found.extension_reason = until, reason.strip() if until else ""
        found.save(update_fields=["extended_until", "extension_reason"])
        if until:
            tell_extended(found)
