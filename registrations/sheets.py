"""The columns of what organisers upload: units, and whom to invite."""

from collections.abc import Sequence

from core.sheets import Column, write_xlsx

from .models import Region, Unit
from .services.importing import KIND_LABELS


def unit_columns(regions: Sequence[str] = ()) -> tuple[Column, ...]:
    """推荐单位名单. regions: names offered in the template's drop-down."""
    return (
        Column("full_name", "单位全称", ("单位名称", "推荐单位", "推荐单位全称"), required=True, width=36),
        Column(
            "team_name", "用于队名的名称", ("队名用名", "单位简称", "简称"), width=24, example="广州大学（不带“科协”）"
        ),
        Column("kind", "单位类型", ("类型", "单位类别"), width=24, choices=tuple(KIND_LABELS.values())),
        Column("region", "所在地", ("地区", "行政区划", "所在地区"), fold=True, width=20, choices=tuple(regions)),
        Column("former_names", "曾用名", ("原名", "旧名"), multiline=True, width=30, example="多个用顿号隔开"),
        Column("note", "备注", ("说明",), width=30, example="待核实"),
    )


INVITE_COLUMNS = (
    Column("unit", "单位", ("单位名称", "单位全称", "推荐单位"), required=True, width=36),
    Column(
        "address",
        "邮箱或手机号",
        ("邮箱", "手机号", "联系方式", "联系电话", "电子邮箱"),
        required=True,
        fold=True,
        width=28,
    ),
    Column("name", "姓名", ("联系人", "填报人", "经办人"), width=14),
)


def unit_template() -> bytes:
    """An empty workbook for units, with drop-downs."""
    regions = Region.objects.select_related("parent").order_by("code")
    notes = [
        "注：1. 单位全称、用于队名的名称、单位类型、所在地都要填；曾用名、备注可以不填。",
        "2. 所在地填名称（如“韶关市始兴县”）或六位行政区划代码。",
        "3. 名单里已有的单位会按全称或曾用名认出来，空着的格子不改动原有内容。",
    ]
    columns = unit_columns([region_label(region) for region in regions])
    return write_xlsx(columns, [], title="推荐单位名单", sheet="推荐单位", notes=notes, spare_rows=50)


def invite_template() -> bytes:
    """A workbook with every unit that has nobody to fill in yet."""
    units = Unit.objects.filter(officers=None).order_by("region_id", "full_name")
    rows = [{"unit": unit.full_name} for unit in units]
    notes = ["注：只填要邀请的单位，其余各行可以删去或留空。"]
    return write_xlsx(INVITE_COLUMNS, rows, title="邀请填报人", sheet="邀请", notes=notes)


def region_label(region: Region) -> str:
    """韶关市始兴县: a county with its city, since county names alone may repeat."""
    return f"{region.parent}{region}" if region.level == "county" and region.parent else region.name
