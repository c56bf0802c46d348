"""The organiser's list of placements as a workbook. It gives no phones."""

from collections.abc import Iterator

from core.accounts.models import User
from core.clock import BEIJING
from core.problems import Problem, Refused
from core.sheets import write_xlsx
from core.sheets.columns import Column
from registrations.services.dossier import title_of
from registrations.services.exporting import note_export
from tracks.models import Edition

from ..models import Placement
from ..rules.placing import AGES

COLUMNS = (
    Column("number", "编号", width=18),
    Column("day", "日期", width=12),
    Column("hours", "时间", width=14),
    Column("city", "市", width=10),
    Column("county", "县（市、区）", width=12),
    Column("venue", "场所", width=28),
    Column("kind", "场所类型", width=18),
    Column("place", "地点", width=24),
    Column("topic", "题材", width=16),
    Column("age", "受众", width=12),
    Column("expected", "预计人数", width=10),
    Column("entrant", "队伍/个人", width=28),
    Column("track", "赛道", width=14),
    Column("state", "状态", width=12),
    Column("reason", "理由", width=24),
    Column("heads", "实际到场人数", width=12),
    Column("word", "场所评价", width=30),
    Column("record", "服务记录", width=14),
)
NONE = Problem("placement.none", "还没有服务安排，不用导出")


def export_placements(edition: Edition, *, reason: str, by: User) -> bytes:
    """All placements of the edition, by day; that it was taken is noted. Raises Refused when there is none."""
    rows = list(_rows(edition))
    if not rows:
        raise Refused(NONE)
    note_export(edition, scope="服务安排", rows=len(rows), whole_phones=False, reason=reason, by=by)
    return write_xlsx(COLUMNS, rows, title=f"{edition.name} 服务安排")


def _rows(edition: Edition) -> Iterator[dict[str, str | int | None]]:
    related = ("need__venue__region__parent", "need__edition", "entry__track", "entry__row", "entry__edition", "record")
    for one in Placement.objects.filter(need__edition=edition).select_related(*related).order_by("day", "pk"):
        need, venue = one.need, one.need.venue
        begins, ends = (at.astimezone(BEIJING) if at else None for at in (need.starts_at, need.ends_at))
        region = venue.region
        county = region.level == "county" and region.parent is not None
        record = getattr(one, "record", None)
        yield {
            "number": one.number,
            "day": f"{one.day:%Y-%m-%d}",
            "hours": f"{begins:%H:%M}–{ends:%H:%M}" if begins and ends else "",
            "city": region.parent.name if county and region.parent else region.name,
            "county": region.name if county else "",
            "venue": venue.name,
            "kind": venue.get_kind_display(),
            "place": need.place,
            "topic": need.topic or "不限",
            "age": AGES[need.age],
            "expected": need.heads,
            "entrant": title_of(one.entry),
            "track": one.entry.track.name,
            "state": one.get_state_display(),
            "reason": one.reason,
            "heads": one.heads,
            "word": one.word,
            "record": record.get_state_display() if record else "",
        }
