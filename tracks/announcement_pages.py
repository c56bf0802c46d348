"""An announcement as the public reads it, with its files; what the pages ask the database for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.safestring import SafeString

from core.files.derived.models import Derived
from core.files.kinds import JPEG, PNG
from core.files.models import StoredFile
from core.files.states import PASSED
from core.markdown import pictures_in, plain, render

from .models import Announcement, AnnouncementFile, Edition, GroupCode, Track

_FILES = Prefetch("files", AnnouncementFile.objects.select_related("file__check_result", "file__derivation"))
_DRAWN = Prefetch("files__file__derived", Derived.objects.order_by("kind", "position"))


def load_files(announcements: Iterable[Announcement]) -> None:
    """Let announcements know their files with checks and pictures: two queries, however many."""
    prefetch_related_objects(list(announcements), _FILES, _DRAWN)


@dataclass(frozen=True)
class Shown:
    """One announcement at a moment. `load_files` was called for those whose text or files are read."""

    row: Announcement
    now: datetime

    @property
    def new(self) -> bool:
        """最新."""
        return self.row.is_new(self.now)

    @property
    def summary(self) -> str:
        """Its beginning, plain."""
        return plain(self.row.body)

    @cached_property
    def attached(self) -> list[AnnouncementFile]:
        """Every file, in order."""
        return list(self.row.files.all())

    @property
    def html(self) -> SafeString:
        """Its text; pictures that are attached are drawn in it."""
        return render(self.row.body, pictures=self._pictures)

    @property
    def files(self) -> list[AnnouncementFile]:
        """What may be taken: the files that passed their check and do not stand in the text already."""
        drawn = set(pictures_in(self.row.body)) & set(self._pictures)
        return [one for one in self.attached if passed(one.file) and one.file.original_name not in drawn]

    @property
    def _pictures(self) -> dict[str, str]:
        """Name → address of what was drawn of the attached pictures."""
        found = {}
        for one in self.attached:
            pictures = one.file.pictures if one.file.kind in (JPEG, PNG) and passed(one.file) else []
            if pictures:
                found[one.file.original_name] = reverse("announcement_picture", args=[self.row.pk, pictures[0].pk])
        return found


def passed(file: StoredFile) -> bool:
    """May it go out?"""
    return file.check_state == PASSED


@dataclass(frozen=True)
class Group:
    """How a track's people are reached: mailbox, and the codes that still lead somewhere, (code, what was drawn)."""

    track: Track
    codes: list[tuple[GroupCode, Derived]]


def groups_of(edition: Edition, now: datetime) -> list[Group]:
    """Every track, with the customer groups that can be joined now; overdue codes are not shown."""
    drawn = Prefetch("file__derived", Derived.objects.filter(kind=Derived.Kind.PICTURE).order_by("position"))
    valid = GroupCode.objects.valid(now).filter(track__edition=edition, file__check_result__state=PASSED)
    groups = {track.pk: Group(track, []) for track in edition.tracks.all()}
    for code in valid.select_related("file").prefetch_related(drawn).order_by("-expires_at", "pk"):
        pictures = list(code.file.derived.all())
        if pictures:
            groups[code.track_id].codes.append((code, pictures[0]))
    return list(groups.values())
