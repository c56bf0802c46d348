"""Entitlements as a workbook for whoever grants them."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from core.accounts.models import User
from core.clock import BEIJING
from core.problems import Problem, Refused
from core.sheets import write_xlsx
from core.sheets.columns import Column
from registrations.services.exporting import note_export
from tracks.models import Edition

from ..models import Entitlement

COLUMNS = (
    Column("title", "权益"),
    Column("state", "状态"),
    Column("holder", "持有者种类"),
    Column("name", "持有者"),
    Column("award", "凭哪项奖"),
    Column("months", "月数"),
    Column("value", "价值（元）"),
    Column("granted", "授予时间"),
    Column("carried", "转入届次"),
    Column("note", "说明"),
)


def export(edition: Edition, found: QuerySet[Entitlement], *, reason: str, by: User) -> bytes:
    """A workbook; that it was taken is noted, with the reason. Raises Refused when there is nothing."""
    rows = list(found.select_related("edition", "line", "carried_to"))
    if not rows:
        raise Refused(Problem("entitlement.none", "还没有奖励权益，名单生效以后才有"))
    note_export(edition, scope="奖励权益", rows=len(rows), whole_phones=False, reason=reason, by=by)
    return write_xlsx(COLUMNS, _rows(rows), title=f"{edition.name} 奖励权益")


def _rows(found: Iterable[Entitlement]) -> Iterator[dict[str, str]]:
    """A line an entitlement."""
    for one in found:
        yield {
            "title": one.title,
            "state": one.get_state_display(),
            "holder": one.get_holder_display(),
            "name": one.name,
            "award": f"{one.line.award_name}{one.line.level_name if one.line.level else ''}",
            "months": str(one.months or ""),
            "value": "" if one.value_yuan is None else str(one.value_yuan),
            "granted": f"{one.granted_at.astimezone(BEIJING):%Y-%m-%d}" if one.granted_at else "",
            "carried": str(one.carried_to or ""),
            "note": one.note,
        }
