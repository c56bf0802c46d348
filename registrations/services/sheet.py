"""What a clerk does on the grid beside typing: put drafts in order, confirm a phone, look at one."""

import pghistory
from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused
from core.states import StaleState

from .. import states
from ..models import Recommendation, RecommendationRow


def move_row(row: RecommendationRow, *, before: RecommendationRow, by: User) -> None:
    """Put a draft in the place of another one; those between them make way, all other rows keep their 序号.

    Raises Refused when either is no draft of this form.
    """
    with transaction.atomic(), recorded("row.moved", by=by):
        Recommendation.objects.select_for_update(no_key=True).get(pk=row.recommendation_id)
        drafts = list(row.recommendation.rows.select_for_update(no_key=True, of=("self",)).filter(state="draft"))
        if row not in drafts or before not in drafts:
            raise Refused(Problem("row.not_draft", "只有草稿可以调整次序，请刷新页面后再操作"))
        places = [draft.position for draft in drafts]
        target = drafts.index(before)
        moved = drafts.pop(drafts.index(row))
        drafts.insert(target, moved)
        for draft, position in zip(drafts, places, strict=True):
            draft.position = position
        RecommendationRow.objects.bulk_update(drafts, ["position"])


def confirm_phone(row: RecommendationRow, *, by: User) -> None:
    """The clerk says that a phone is right though another row of the unit has it; another number asks again."""
    with transaction.atomic(), recorded("row.phone_confirmed", by=by):
        found = RecommendationRow.objects.select_for_update(no_key=True).get(pk=row.pk)
        if found.state not in states.EDITABLE:
            raise StaleState(found.get_state_display())
        found.confirmed_phone = found.phone
        found.save(update_fields=["confirmed_phone"])
        pghistory.create_event(found, label="confirmed")


def reveal_phone(row: RecommendationRow, *, by: User) -> str:
    """The whole number; that somebody looked is recorded."""
    with transaction.atomic(), recorded("row.phone_shown", by=by):
        pghistory.create_event(row, label="shown")
    return row.phone
