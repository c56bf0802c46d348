"""All forces of an edition with their figures as a workbook, for the organiser."""

from collections.abc import Iterator

from core import clock
from core.accounts.models import User
from core.problems import Problem, Refused
from core.sheets import write_xlsx
from core.sheets.columns import Column
from registrations.models import UnitQuota
from registrations.services.exporting import note_export
from tracks.models import Edition

from ..models import Force
from ..rules.forces import Month, run_of
from .force_facts import Counts, line_of

FIXED = (
    Column("name", "队伍名称", width=36),
    Column("unit", "单位", width=30),
    Column("category", "单位类别", width=24),
    Column("region", "所在地", width=14),
    Column("leader", "负责人", width=12),
    Column("post", "职务", width=20),
    Column("people", "人数", width=8),
    Column("minimum", "要求人数", width=10),
    Column("number", "i志愿编号", width=20),
    Column("areas", "服务范围", width=40),
    Column("run", "连续月数", width=10),
)
NONE = Problem("forces.none", "还没有单位登记志愿服务队伍", "reason")
NOTE = "注：人数和每月活动次数只作提示，不影响推荐和报名（粤科协普〔2020〕12号）。"


def export_forces(edition: Edition, *, reason: str, by: User) -> bytes:
    """A workbook, one line a force; that it was taken is noted. Raises Refused when there is none."""
    forces = list(Force.objects.filter(edition=edition).select_related("unit__region").order_by("unit", "committee"))
    if not forces:
        raise Refused(NONE)
    counts = Counts(edition, forces, clock.now())
    months = tuple(Column(key, key, width=9) for key in counts.months)
    rows = list(_rows(edition, forces, counts))
    note_export(edition, scope="志愿服务队伍", rows=len(rows), whole_phones=False, reason=reason, by=by)
    return write_xlsx((*FIXED, *months), rows, title=f"{edition.name} 科技志愿服务队伍", notes=(NOTE,))


def _rows(edition: Edition, forces: list[Force], counts: Counts) -> Iterator[dict[str, str]]:
    kinds = {kind.code: kind.name for kind in edition.rulebook.activity_types}
    quotas = {quota.unit_id: quota for quota in UnitQuota.objects.filter(edition=edition)}
    for force in forces:
        quota = quotas.get(force.unit_id)
        line = line_of(quota, force.unit, edition) if quota else None
        months: list[Month] = counts.of(force)
        yield {
            "name": force.name,
            "unit": force.unit.full_name,
            "category": line.category.name if line else "",
            "region": force.unit.region.name,
            "leader": force.leader,
            "post": force.post,
            "people": str(force.people),
            "minimum": str(line.rule.minimum) if line else "",
            "number": force.number,
            "areas": "、".join(kinds[code] for code in force.areas if code in kinds),
            "run": str(run_of(months)),
        } | {month.key: str(month.done) for month in months}
