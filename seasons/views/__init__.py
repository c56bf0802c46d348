"""The pages of seasons."""

from .points import dispute_new, leaderboard, passbook, points_bundle
from .records import (
    photo_add,
    photo_page,
    photo_remove,
    record,
    record_begin,
    record_photo,
    record_restore,
    record_withdraw,
    records,
)

__all__ = [
    "dispute_new",
    "leaderboard",
    "passbook",
    "photo_add",
    "photo_page",
    "photo_remove",
    "points_bundle",
    "record",
    "record_begin",
    "record_photo",
    "record_restore",
    "record_withdraw",
    "records",
]
