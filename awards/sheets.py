"""Award lists as workbooks."""

from collections.abc import Iterable, Iterator

from core.sheets.columns import Column

from .models import AwardLine

LIST = (
    Column("place", "序号"),
    Column("award", "奖项"),
    Column("level", "等次"),
    Column("name", "获奖者"),
    Column("organisation", "单位"),
    Column("title", "作品"),
    Column("reason", "依据"),
)


def list_rows(lines: Iterable[AwardLine]) -> Iterator[dict[str, str]]:
    """A line a prize."""
    for one in lines:
        yield {
            "place": str(one.place),
            "award": one.award_name,
            "level": one.level_name,
            "name": one.name,
            "organisation": one.organisation,
            "title": one.title,
            "reason": one.reason,
        }
