"""Private facts that are hidden until somebody asks for them, and that they asked is kept."""

import pghistory
from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded

from ..entry_models import Member


def reveal_member_phone(member: Member, *, by: User) -> str:
    """The whole number of somebody in an entry, "" for none."""
    with transaction.atomic(), recorded("member.phone_shown", by=by):
        pghistory.create_event(member, label="shown")
    return str(member.user.phone or "")
