"""What the public is told in the small contest of `tests/world.py`."""

from datetime import timedelta

from django.db.models import Model

from core import clock
from core.files.models import StoredFile
from tracks.models import Announcement, AnnouncementFile, GroupCode, Track


def make(track: Track, file: StoredFile) -> tuple[dict[str, str | int], dict[str, Model]]:
    """(arguments of addresses, objects of the admin's pages). file: a picture that was checked and drawn."""
    now = clock.now()
    news = Announcement.objects.create(
        edition=track.edition, track=track, title="开始报名", body="正文", published_at=now - timedelta(hours=1),
        created_at=now, changed_at=now,
    )  # fmt: skip
    one = AnnouncementFile.objects.create(announcement=news, file=file, added_at=now)
    code = GroupCode.objects.create(
        track=track, name="客服一群", file=file, added_at=now, expires_at=now + timedelta(days=5)
    )
    return (
        {"news": news.pk, "attached": one.pk, "group": code.pk},
        {"tracks_announcement": news, "tracks_groupcode": code},
    )
