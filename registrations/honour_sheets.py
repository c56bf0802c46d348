"""The columns of a list of honours."""

from collections.abc import Mapping

from core.sheets import Column, write_xlsx


def honour_columns(titles: Mapping[str, str]) -> tuple[Column, ...]:
    """荣誉名单. titles: code → name, offered in the template's drop-down."""
    return (
        Column("title", "称号", ("荣誉称号", "荣誉", "奖项"), required=True, width=30, choices=tuple(titles.values())),
        Column("holder", "获得者", ("姓名", "获奖者", "获得者姓名", "团队"), required=True, width=20),
        Column("organisation", "单位", ("所在单位", "工作单位"), width=30),
        Column("year", "年份", ("年度", "获得年份"), fold=True, width=8, example="四位数字，可以不填"),
        Column("detail", "说明", ("届次", "等级", "奖项等级"), width=24, example="如届次、奖项等级，可以不填"),
        Column("source", "依据", ("文号", "来源", "发文"), required=True, width=36, example="公布名单的文号或网址"),
    )


def honour_template(titles: Mapping[str, str]) -> bytes:
    """An empty workbook for honours."""
    notes = ["注：称号、获得者、依据都要填；单位、年份、说明可以不填，填了便于核对同名的人。"]
    return write_xlsx(honour_columns(titles), [], title="荣誉名单", sheet="荣誉名单", notes=notes, spare_rows=50)
