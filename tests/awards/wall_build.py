"""A prize whose work may be seen: a work handed in, everybody's consent, a list that is final.

Judging and the window for objections are passed over: rows are made and moved by the tables of states.
"""

from datetime import timedelta
from typing import Any

from awards.models import AwardLine, AwardList, AwardVersion, Release
from core import clock
from core.accounts.models import User
from core.states import move
from judging.services import pool
from registrations.entry_models import Entry
from registrations.personal_models import Consent
from registrations.work_models import Work, WorkVersion
from tests.judging import build as judging
from tests.registrations.works import handed_in
from tests.registrations.works.pictures import picture
from tracks.models import Edition

RESULT = {"levels": [{"code": "first", "name": "一等奖", "count": 5, "given": 1, "vacant": 0}], "missed": [],
          "ties": [], "problems": [], "sources": {"final": "终审路演"}, "formula": []}  # fmt: skip


def handed(edition: Edition, title: str = "识鸟小程序", *, ai: bool = True, track: str = "worker") -> WorkVersion:
    """A work of category B with one picture, made with AI; its author agreed to be shown."""
    entry = judging.entry(edition, 1, track)
    version = handed_in.hand_in(
        entry,
        handed_in.shot(picture(1)),
        category="B",
        title=title,
        description="认识身边的鸟。",
        app_id="wx0",
        material="app_code",
        ai=ai,
    )
    if entry.state == "draft":
        move(entry, "enter", entered_at=clock.now())
    agree(entry)
    return version


def agree(entry: Entry) -> None:
    """Everybody consents to display."""
    for member in entry.people.all():
        Consent.objects.create(
            edition=entry.edition, user=member.user, entry=entry, code="display", version="1", sha256="0" * 64,
            given_at=clock.now(),
        )  # fmt: skip


def announced(edition: Edition, by: User, *versions: WorkVersion, **scope: Any) -> AwardList:
    """A list of first prizes for these works, public, its window open."""
    now = clock.now()
    category = edition.categories.get(code="B")
    found = AwardList.objects.create(edition=edition, award="leader", category=category, **scope)
    made = AwardVersion.objects.create(
        award_list=found, number=1, made_at=now, made_by=by, inputs="{}", sha256="0" * 64, result=RESULT
    )
    round_ = judging.round_of(edition, "final", "B")
    things = [pool.thing_of(Work.objects.select_related("entry__track", "current").get(pk=v.work_id)) for v in versions]
    for place, one in enumerate(pool.add(round_, things, by=None), 1):
        AwardLine.objects.create(
            version=made, key=one.key, place=place, level="first", level_name="一等奖", position=place, rank=place,
            holder="person", entry=one.entry, candidate=one, award_name="广东省 AI 编程领军人物",
            name=f"获奖者{place}", title=one.title, reason=f"第 {place} 名",
        )  # fmt: skip
    move(found, "lock", locked_at=now, locked_by=by)
    move(found, "publish", opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=5))
    Release.objects.create(award_list=found, version=made, number=1, at=now, by=by)
    return found


def won(edition: Edition, by: User, *versions: WorkVersion, **scope: Any) -> list[AwardLine]:
    """The same, final."""
    found = announced(edition, by, *versions, **scope)
    move(found, "finalise", final_at=clock.now())
    return list(AwardLine.objects.filter(version__award_list=found).order_by("place"))
