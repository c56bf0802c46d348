"""What a change of dates does, in words for the organiser."""

from dataclasses import replace
from datetime import datetime

from core.clock import BEIJING
from tests.contest import GUANGDONG
from tracks.rulebook import parse
from tracks.rules import Dates, effects

BOOK = parse(GUANGDONG.read_text(encoding="utf-8")).rulebook
assert BOOK is not None
CALENDAR = [
    Dates(m.code, m.name, m.kind, m.starts_at, m.ends_at, m.opens, m.closes, m.categories) for m in BOOK.milestones
]
NOW = datetime(2024, 12, 16, 9, tzinfo=BEIJING)


def moved(code: str, **dates: datetime) -> list[Dates]:
    return [replace(m, **dates) if m.code == code else m for m in CALENDAR]


def test_no_change_has_no_effect() -> None:
    assert effects(CALENDAR, moved("ceremony", starts_at=datetime(2025, 1, 3, tzinfo=BEIJING)), NOW) == []


def test_a_later_deadline_opens_the_door_again() -> None:
    after = moved("recommend_due", ends_at=datetime(2024, 12, 18, 17, 0, 1, tzinfo=BEIJING))
    assert effects(CALENDAR, after, NOW) == [
        "单位推荐：2024 年 11 月 26 日（周二）起，2024 年 12 月 15 日（周日）17:00 止"
        " → 2024 年 11 月 26 日（周二）起，2024 年 12 月 18 日（周三）17:00 止。保存后立即开放"
    ]


def test_a_category_has_windows_of_its_own() -> None:
    after = moved("theme1", ends_at=datetime(2025, 1, 1, tzinfo=BEIJING))
    said = effects(CALENDAR, after, NOW)
    assert [line.partition("：")[0] for line in said] == ["培训学习（类别 A）", "提交作品（类别 A）"]
    assert said[0].endswith("2024 年 12 月 28 日（周六）起，2024 年 12 月 31 日（周二）24:00 止")
