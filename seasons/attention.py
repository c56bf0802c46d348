"""What waits for staff in seasons: tiles of the admin's first page, from their rooms."""

from datetime import datetime

from core.accounts.models import User
from core.portal_admin import Tile

from . import placing_attention, point_attention, training_attention


def tiles(user: User, now: datetime | None = None) -> list[Tile]:
    """For contacts and the organiser."""
    return [
        *training_attention.tiles(user, now),
        *point_attention.tiles(user, now),
        *placing_attention.tiles(user, now),
    ]
