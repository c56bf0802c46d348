"""Writing what the public is told: announcements, their files, and the codes of customer groups.

An announcement is published by its time alone: setting one that lies ahead schedules it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.kinds import DOCX, JPEG, PDF, PNG, XLSX, ZIP
from core.files.papers import keep_paper, load_pages, look_into
from core.files.services import MB, erase
from core.files.states import PASSED
from core.links import link_to
from core.markdown import pictures_in
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused, refuse_if

from .announcement_access import may_announce
from .models import Announcement, AnnouncementFile, Edition, GroupCode, Track
from .rules import Text, check_text, check_validity

FILE_LIMIT, FILE_KINDS = 20 * MB, (PDF, JPEG, PNG, DOCX, XLSX, ZIP)
FILES_MAX = 20
CODE_LIMIT, CODE_KINDS = 5 * MB, (JPEG, PNG)
CODE_DAYS = 7  # WeChat's own limit
NEAR = timedelta(days=1)  # so long before a code runs out its contacts are told
NEAR_KIND = "group-code-near"
NOT_YOURS = Problem("announcement.track", "只能写自己负责的赛道的公告，请选自己的赛道", "track")
GONE = Problem("announcement.withdrawn", "这条公告已撤下。请另写一条，或先重新发布")


def save_text(
    edition: Edition, values: Mapping[str, Any], *, by: User, announcement: Announcement | None = None
) -> Announcement:
    """Begin an announcement, or change its words. values: kind (of a new one), track, title, body, position.

    A draft may be incomplete; what the public reads already must stay readable. Raises Refused.
    """
    if not may_announce(by, values["track"]):
        raise Refused(NOT_YOURS)
    verb = "announcement.changed" if announcement else "announcement.added"
    with transaction.atomic(), recorded(verb, by=by):
        now = clock.now()
        made = _locked(announcement) if announcement else Announcement(
            edition=edition, kind=values.get("kind", "news"), created_at=now
        )  # fmt: skip
        for field in ("track", "title", "body", "position"):
            setattr(made, field, values[field])
        made.changed_at = now
        if made.pk and made.published_at and not made.withdrawn_at:
            refuse_if(check_text(_text(made)))
        made.save()
    return made


def publish(announcement: Announcement, at: datetime | None, *, by: User) -> Announcement:
    """Let the public read it from a moment of contest time on (None: at once); also after it was withdrawn.

    Raises Refused for a moment that is over, and for what cannot be read yet: no words, a picture that is not attached,
    a file still being checked.
    """
    with transaction.atomic(), recorded("announcement.published", by=by):
        found, now = _locked(announcement), clock.now()
        if at and at < now:
            said = f"{at.astimezone(clock.BEIJING):%F %H:%M} 已经过去。要现在发布，请不填时间"
            raise Refused(Problem("announcement.past", said, "at"))
        refuse_if(check_text(_text(found)))
        found.published_at, found.withdrawn_at = at or now, None
        found.changed_at = min(found.changed_at, found.published_at)
        found.save(update_fields=["published_at", "withdrawn_at", "changed_at"])
    return found


def withdraw(announcement: Announcement, *, reason: str, by: User) -> None:
    """Take it from the public's sight; it stays, with the reason. Raises Refused for one that is not out."""
    with transaction.atomic(), recorded("announcement.withdrawn", by=by, reason=reason.strip()):
        found = _locked(announcement)
        if found.published_at is None or found.withdrawn_at is not None:
            raise Refused(Problem("announcement.not_out", "这条公告没有发布，不用撤下"))
        found.withdrawn_at = clock.now()
        found.save(update_fields=["withdrawn_at"])


def add_file(announcement: Announcement, upload: IO[bytes], name: str, *, by: User) -> AnnouncementFile:
    """Attach a file. Raises Refused for a broken one, another kind, the same name twice, or too many."""
    looked = look_into(upload, name, limit=FILE_LIMIT, kinds=FILE_KINDS)  # takes a moment: nothing is locked yet
    with transaction.atomic(), recorded("announcement.file_added", by=by):
        found = _locked(announcement)
        names = [one.file.original_name for one in found.files.select_related("file")]
        stored = keep_paper(upload, name, looked, owner=by)
        if stored.original_name in names:
            raise Refused(Problem("announcement.twice", f"已有附件“{stored.original_name}”，请先移除它或改个文件名"))
        if len(names) >= FILES_MAX:
            raise Refused(Problem("announcement.many", f"一条公告最多 {FILES_MAX} 个附件，请先移除不用的"))
        return AnnouncementFile.objects.create(announcement=found, file=stored, added_at=clock.now())


def remove_file(attached: AnnouncementFile, *, by: User) -> None:
    """Take a file away for good. Raises Refused where the published text draws it."""
    with transaction.atomic(), recorded("announcement.file_removed", by=by):
        found = _locked(attached.announcement)
        out = found.published_at is not None and found.withdrawn_at is None
        if out and attached.file.original_name in pictures_in(found.body):
            words = "正文里还用着这张图片，请先从正文里删去再移除"
            raise Refused(Problem("announcement.drawn", words))
        file = attached.file
        attached.delete()
        erase([file])


def _locked(announcement: Announcement) -> Announcement:
    return Announcement.objects.select_for_update(no_key=True).get(pk=announcement.pk)


def _text(announcement: Announcement) -> Text:
    attached = [one.file for one in announcement.files.select_related("file")] if announcement.pk else []
    load_pages(attached)
    passed = [file for file in attached if file.check_state == PASSED]
    return Text(
        title=announcement.title,
        body=announcement.body,
        drawn=pictures_in(announcement.body),
        pictures=[file.original_name for file in passed if file.kind in (JPEG, PNG)],
        waiting=any(file.unready for file in attached),
    )


# --- Customer groups ----------------------------------------------------------------------------------


def add_group_code(
    track: Track, values: Mapping[str, Any], upload: IO[bytes], file_name: str, *, by: User
) -> GroupCode:
    """Show the code of a group until it runs out. values: name, expires_at (exclusive). Raises Refused."""
    refuse_if(check_validity(clock.now(), values["expires_at"], CODE_DAYS))
    looked = look_into(upload, file_name, limit=CODE_LIMIT, kinds=CODE_KINDS)
    with transaction.atomic(), recorded("group_code.added", by=by):
        return GroupCode.objects.create(
            track=track, name=values["name"], file=keep_paper(upload, file_name, looked, owner=by),
            added_at=clock.now(), expires_at=values["expires_at"],
        )  # fmt: skip


def remove_group_code(code: GroupCode, *, by: User) -> None:
    """Take a code away, with its picture."""
    with transaction.atomic(), recorded("group_code.removed", by=by):
        file = code.file
        code.delete()
        erase([file])


def remind_of_codes(now: datetime) -> int:
    """Tell a track's contacts once that a code runs out within a day, or has. Returns how many were told of."""
    due = GroupCode.objects.filter(expires_at__lte=now + NEAR, track__edition__is_current=True).select_related("track")
    with transaction.atomic(), recorded("group_code.reminded", by=None):
        for code in due:
            later = GroupCode.objects.filter(track=code.track, expires_at__gt=code.expires_at)
            if later.exists():  # another one stands in its place
                continue
            said = {
                "track": code.track.name,
                "group": code.name,
                "expires": code.expires_at,
                "link": link_to("admin:tracks_groupcode_changelist"),
            }
            notify_all([Word(user, NEAR_KIND, said) for user in code.track.contact_users], code, f"{code.pk}")
    return len(due)
