"""Builders for the tests of awards: a category judged to the end, its list, decided, announced; all by the services."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from aisc_portal import editions
from awards.models import AwardList, Objection, Release
from awards.services import drafting, objecting, publishing
from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from judging.models import Assignment, Round
from judging.services import closing, opening
from tests.contest import GUANGDONG
from tests.judging import build as judging
from tracks.models import Edition
from tracks.rulebook import adopt_defaults

NOW = datetime(2025, 9, 22, 10, tzinfo=BEIJING)  # a Monday; the 28th is a make-up Sunday
organiser = judging.organiser
SECOND = "second@example.test"
SMALL = (
    ('name = "一等奖", count = 5', 'name = "一等奖", count = 1'),
    ('name = "二等奖", count = 10', 'name = "二等奖", count = 2'),
    ('name = "三等奖", count = 20', 'name = "三等奖", count = 2'),
    ('name = "优秀奖", count = 30', 'name = "优秀奖", count = 2'),
)


def text(*changes: tuple[str, str]) -> str:
    """The Guangdong edition's file, every default adopted."""
    found = GUANGDONG.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in found
        found = found.replace(old, new)
    return adopt_defaults(found)


def edition(*changes: tuple[str, str]) -> Edition:
    """Of an edition with few prizes: 1, 2, 2 and 2."""
    editions.load(text(*(changes or SMALL)), reason="主办会议采纳缺省")
    return Edition.objects.get(is_current=True)


def judged(round_: Round, points: list[int]) -> Round:
    """Two judges agree on every work of the pool; locked and published."""
    works = list(round_.candidates.taking_part().order_by("number"))
    seats = [judging.judge(round_, n) for n in (1, 2)]
    made = judging.given(round_, seats, works)
    opening.set_window(round_, opens_at=None, closes_at=None, reason="测试", by=organiser())
    opening.open_round(round_, by=organiser(), reason="测试")
    value = {work.pk: points[n] for n, work in enumerate(works)}
    held = list(Assignment.objects.filter(pk__in=[one.pk for one in made]).select_related("judge", "round"))
    judging.signed(held, [value[one.candidate_id] for one in held])
    closing.lock_round(round_, by=organiser())
    closing.publish(round_, by=organiser())
    return Round.objects.select_related("category", "edition", "track").get(pk=round_.pk)


def category(edition: Edition, works: int = 8, *, final: list[int] | None = None, code: str = "A") -> AwardList:
    """Works judged in both rounds, the first the best: 作品 1, 作品 2, … `final`: other points there."""
    review, last = judging.round_of(edition, category=code), judging.round_of(edition, "final", code)
    judging.candidates(review, works)
    points = [95 - n for n in range(works)]
    review = judged(review, points)
    closing.advance(review, last, by=organiser())
    judged(judging.round_of(edition, "final", code), final or points)
    clock.set_now(NOW)
    drafting.make_lists(edition, by=organiser())
    return award_list(edition, code)


def award_list(edition: Edition, code: str | None = "A", award: str = "leader") -> AwardList:
    """The list of an award and category."""
    lists = AwardList.objects.select_related("edition", "category", "track")
    return lists.get(edition=edition, award=award, category__code=code)


def decided(found: AwardList) -> AwardList:
    """Drafted and locked."""
    drafting.draft(found, by=organiser())
    publishing.lock_list(found, by=organiser())
    return again(found)


def published(found: AwardList) -> Release:
    """Announced: 第 1 版."""
    return publishing.publish_list(decided(found), by=organiser())


def again(found: AwardList) -> AwardList:
    """As it stands in the database."""
    return AwardList.objects.select_related("edition", "category", "track").get(pk=found.pk)


def names(found: AwardList) -> list[str]:
    """一等奖 作品 1, … of the latest version."""
    return [f"{line.level_name} {line.title}" for line in found.versions.first().lines.all()]


def paper() -> tuple[BytesIO, str]:
    """A photo of something."""
    made = BytesIO()
    Image.new("RGB", (60, 40), "white").save(made, "PNG")
    made.seek(0)
    return made, "证据.png"


def citizen(number: int = 1) -> User:
    """Somebody with a phone."""
    phone = f"138001387{number:02}"
    return User.objects.filter(phone=f"+86{phone}").first() or User.objects.create_user("孙明", phone=phone)


def objection(found: AwardList, by: User | None = None, **values: Any) -> Objection:
    """To the first line, unless said otherwise."""
    first = found.releases.first().version.lines.first()
    said = {"kind": "person", "about": first.key, "words": "与 2023 年的一件作品雷同"} | values
    return objecting.file(found, said, paper(), by=by or citizen())


def checked(found: AwardList, **values: Any) -> Objection:
    """An objection that is being looked into."""
    made = objection(found, **values)
    objecting.accept(made, by=organiser())
    objecting.begin_check(made, by=organiser())
    return made


def after(found: AwardList) -> None:
    """The window is over."""
    closes = again(found).closes_at
    assert closes
    clock.set_now(closes + timedelta(minutes=1))


def final(found: AwardList) -> AwardList:
    """Announced, its window over, final."""
    published(found)
    after(found)
    publishing.finalise(again(found), by=organiser())
    return again(found)
