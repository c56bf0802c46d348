"""Who may tell the public something."""

from core.accounts.models import User

from .models import Track


def may_announce(user: User, track: Track | None) -> bool:
    """The organiser for everybody; a contact for a track of their own."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    return track is not None and user.track_contacts.filter(track=track).exists()
