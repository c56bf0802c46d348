"""What waits for staff in seasons: tiles of the admin's first page, from their rooms."""

from core.accounts.models import User
from core.portal_admin import Tile

from . import placing_attention, point_attention, training_attention


def tiles(user: User) -> list[Tile]:
    """For contacts and the organiser."""
    return [*training_attention.tiles(user), *point_attention.tiles(user), *placing_attention.tiles(user)]
