"""Verified hours as rows to fill into i志愿 (practice 11): our own record, never styled as theirs."""

from collections.abc import Iterator

from core.accounts.models import User
from core.clock import BEIJING
from core.problems import Problem, Refused
from core.sheets import write_xlsx
from core.sheets.columns import Column
from registrations.services.dossier import title_of
from registrations.services.exporting import note_export
from tracks.models import Edition

from ..models import ServiceHours
from ..rules.records import hours

COLUMNS = (
    Column("name", "姓名", width=12),
    Column("registry", "i志愿编号（本人提供）", width=22),
    Column("title", "活动名称", width=30),
    Column("activity", "服务类型", width=24),
    Column("day", "日期", width=12),
    Column("begins", "开始", width=8),
    Column("ends", "结束", width=8),
    Column("hours", "时长（小时）", width=12),
    Column("place", "地点", width=24),
    Column("entrant", "队伍/个人", width=24),
    Column("number", "记录编号", width=18),
)
NOTES = (
    "注：本表是大赛网站自己的服务记录，供活动组织方在 i志愿 补录时核对，不是《广东省志愿服务时间证书》。",
    "只含审核通过的记录；身份证号本网站不收集。",
)
NONE = Problem("hours.none", "这个月没有审核通过的服务时长，请另选一个月", "month")


def export_hours(edition: Edition, month: str, *, reason: str, by: User) -> bytes:
    """A workbook of one month (2025-03); that it was taken is noted. Raises Refused when there is nothing."""
    rows = list(_rows(edition, month))
    if not rows:
        raise Refused(NONE)
    note_export(edition, scope=f"志愿服务时长 {month}", rows=len(rows), whole_phones=False, reason=reason, by=by)
    return write_xlsx(COLUMNS, rows, title=f"{edition.name} 志愿服务时长 {month}", notes=NOTES)


def _rows(edition: Edition, month: str) -> Iterator[dict[str, str]]:
    kinds = {kind.code: kind.name for kind in edition.rulebook.activity_types}
    served = ServiceHours.objects.filter(record__edition=edition, record__state="passed")
    for one in served.select_related("record__entry__edition", "member").order_by("starts_at", "pk"):
        if one.starts_at is None or one.ends_at is None or one.record.month != month:
            continue
        begins, ends = one.starts_at.astimezone(BEIJING), one.ends_at.astimezone(BEIJING)
        yield {
            "name": one.member.name,
            "registry": "",
            "title": one.record.title,
            "activity": kinds.get(one.record.activity, ""),
            "day": f"{begins:%Y-%m-%d}",
            "begins": f"{begins:%H:%M}",
            "ends": f"{ends:%H:%M}",
            "hours": hours(one.length),
            "place": one.record.place,
            "entrant": title_of(one.record.entry),
            "number": one.record.number,
        }
