"""Builders for what the public is told, by the services."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from core import clock
from core.accounts.models import User
from core.files.derived.models import Derived
from core.files.models import StoredFile
from core.files.services import keep
from core.states import move
from tests.registrations.staff import organiser
from tracks import announcement_services as services
from tracks.models import Announcement, AnnouncementFile, Edition, GroupCode, Track

BODY = "各有关单位：\n\n报名**今天**开始。"


def boss() -> User:
    """The organiser, one."""
    return User.objects.filter(is_superuser=True).first() or organiser()


def picture(name: str = "现场.png") -> tuple[BytesIO, str]:
    """A small picture."""
    made = BytesIO()
    Image.new("RGB", (60, 40), "white").save(made, "PNG")
    made.seek(0)
    return made, name


def draft(edition: Edition, by: User | None = None, **values: Any) -> Announcement:
    """One for everybody, unless said otherwise."""
    said = {"kind": "news", "title": "开始报名", "body": BODY, "position": 0, "track": None} | values
    return services.save_text(edition, said, by=by or boss())


def published(edition: Edition, at: datetime | None = None, **values: Any) -> Announcement:
    """Out now, or at a moment."""
    return services.publish(draft(edition, **values), at, by=boss())


def attached(announcement: Announcement, name: str = "现场.png") -> AnnouncementFile:
    """A picture, drawn by the job that never runs in a test."""
    made = services.add_file(announcement, *picture(name), by=boss())
    drawn(made.file)
    return made


def drawn(file: StoredFile) -> Derived:
    """What the job would have made of it."""
    making = file.derivation
    for verb in ("begin", "finish"):
        move(making, verb)
    made = BytesIO()
    Image.new("RGB", (400, 300), "lightsteelblue").save(made, "WEBP")
    preview = keep(made, name="预览.webp", owner=None, limit=10**6)
    return Derived.objects.create(original=file, kind="picture", width=400, height=300, stored=preview)


def group_code(track: Track, **values: Any) -> GroupCode:
    """Good for five days."""
    said = {"name": "客服一群", "expires_at": clock.now() + timedelta(days=5)} | values
    made = services.add_group_code(track, said, *picture("群.png"), by=boss())
    drawn(made.file)
    return made
