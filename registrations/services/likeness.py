"""What a reader may know of the likenesses of a work, and the note of whoever has compared."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.audit.redaction import redact
from core.problems import Problem, Refused
from tracks.models import Track

from ..likeness_models import Likeness
from ..work_models import Work, WorkVersion

NO_NOTE = Problem("likeness.no_note", "请写明比对的结论，如“同一素材库的图片，不是抄袭”", "note")
PARTS = ("version__work__entry", "version__work__current", "other__work__entry", "other__work__current", "looked_by")


@dataclass(frozen=True)
class Alike:
    """One likeness for one reader. Of a work on somebody else's track only number, track and edition are told."""

    likeness: Likeness
    open: bool  # the reader may look at the other work

    @property
    def other(self) -> Work:
        """The other work."""
        return self.likeness.other.work

    @property
    def same_entry(self) -> bool:
        """The same entry's work in another category."""
        return self.other.entry_id == self.likeness.version.work.entry_id

    @property
    def earlier_edition(self) -> bool:
        """From another year."""
        return self.other.edition_id != self.likeness.version.work.edition_id

    @property
    def superseded(self) -> bool:
        """The other work has handed in something else since."""
        return self.other.current_id != self.likeness.other_id


def likenesses_of(version: WorkVersion, user: User) -> list[Alike]:
    """What a version has in common with others, the likeliest first and what was looked at last; four queries."""
    found = Likeness.objects.visible_to(user).filter(version=version).select_related(*PARTS)
    return alike(sorted(found, key=lambda one: (one.looked_at is not None, -one.score, one.pk)), user)


def alike(likenesses: Iterable[Likeness], user: User) -> list[Alike]:
    """With what the reader may know of each, and tracks with their editions read once."""
    found = list(likenesses)
    works = [work for one in found for work in (one.version.work, one.other.work)]
    tracks = Track.objects.select_related("edition").in_bulk({work.entry.track_id for work in works})
    for work in works:
        work.entry.track = tracks[work.entry.track_id]
        work.edition = work.entry.edition = work.entry.track.edition
    others = {one.other.work_id for one in found}
    seen = set(Work.objects.reviewed_by(user).filter(pk__in=others).values_list("pk", flat=True))
    return [Alike(one, one.other.work_id in seen) for one in found]


def forget_notes(works: Iterable[Work]) -> None:
    """Blank what was noted about works, on either side and in history: it may name whoever is to be forgotten."""
    works = list(works)
    found = Likeness.objects.filter(Q(version__work__in=works) | Q(other__work__in=works)).exclude(looked_at=None)
    keys = list(found.values_list("pk", flat=True))
    Likeness.objects.filter(pk__in=keys).update(note="")
    redact(Likeness, keys)


def note_likeness(likeness: Likeness, note: str, *, by: User) -> None:
    """Keep what somebody who compared has found; neither work changes. Raises Refused without a note."""
    if not note.strip():
        raise Refused(NO_NOTE)
    with transaction.atomic(), recorded("likeness.noted", by=by, reason=note.strip()):
        found = Likeness.objects.select_for_update(no_key=True).get(pk=likeness.pk)
        found.note, found.looked_at, found.looked_by = note.strip(), clock.now(), by
        found.save(update_fields=["note", "looked_at", "looked_by"])
