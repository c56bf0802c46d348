"""The columns of what is uploaded: units, whom to invite, and the 推荐申报表 of a unit."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from core.sheets import Column, write_xlsx
from tracks.rulebook import Rulebook

from .models import Recommendation, Region, Unit
from .services.facts import FormFacts
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


# --- The 推荐申报表 (附件2, G19): code in the edition's form → how the column is read and written.

SPARE_ROWS = 30  # of a template whose unit has no places yet
ROW_COLUMNS = {
    "seq": Column("seq", "序号", ("编号", "序", "NO"), filler=True, width=6),
    "name": Column(
        "name", "姓名", ("参赛者姓名", "参赛者", "参赛队伍代表", "队伍代表", "代表姓名", "负责人"), width=16
    ),
    "team": Column("team", "参赛队伍名称", ("队伍名称", "参赛队伍", "队名", "团队名称", "参赛团队名称"), width=40),
    "organisation": Column(
        "organisation",
        "参赛者所在单位/学校院系",
        (
            "所在单位",
            "参赛者所在单位",
            "所在单位/学校",
            "学校院系",
            "单位/学校院系",
            "单位",
            "学校",
            "工作单位",
            "参赛者单位",
            "参赛单位",
        ),
        width=30,
    ),
    "phone": Column(
        "phone",
        "联系电话",
        ("手机", "手机号", "手机号码", "电话", "电话号码", "联系方式", "联系手机", "移动电话"),
        fold=True,
        width=18,
    ),
    "categories": Column("categories", "报名类别", ("类别", "参赛类别", "报名项目", "报名奖项"), width=14),
    "unit": Column("recommender", "推荐单位", ("推荐单位名称", "推荐单位全称"), filler=True, width=30),
}
TRACK = Column(
    "track", "赛道", ("参赛赛道", "所属赛道", "报名赛道", "赛道名称"), width=20, example="不填按本单位类别预设"
)
EMAIL = Column("email", "邮箱", ("电子邮箱", "电子邮件", "邮箱地址", "email"), width=26, example="可以不填")


def row_columns(rulebook: Rulebook) -> tuple[Column, ...]:
    """The edition's official columns in its own words and order, then the optional track and e-mail (G23)."""
    form = next((form for form in rulebook.forms if form.code == rulebook.recommendation.form), None)
    labels = {column.code: column.label for column in form.columns} if form else {}
    official = [replace(ROW_COLUMNS[code], label=label) for code, label in labels.items() if code in ROW_COLUMNS]
    codes = [category.code for category in rulebook.categories]
    chosen = ["、".join(some) for count in range(1, len(codes) + 1) for some in combinations(codes, count)]
    choices = {"categories": tuple(chosen[:30]), "track": tuple(track.short_name for track in rulebook.tracks)}
    columns = [*(official or ROW_COLUMNS.values()), TRACK, EMAIL]
    return tuple(replace(column, choices=choices.get(column.key, ())) for column in columns)


def row_template(facts: FormFacts) -> bytes:
    """An empty 推荐申报表 with 序号 and 推荐单位 filled in, as many rows as the unit has places."""
    count = facts.quota.limit or SPARE_ROWS
    rows: list[dict[str, str | int]] = [
        {"seq": number, "recommender": facts.form.unit.full_name} for number in range(1, count + 1)
    ]
    return _row_book(facts, rows)


def row_export(form: Recommendation, facts: FormFacts) -> bytes:
    """The form as it stands, withdrawn rows apart; uploaded again it changes nothing."""
    rows: list[dict[str, str | int]] = [
        {
            "seq": row.position,
            "name": row.name,
            "team": row.team_name,
            "organisation": row.organisation,
            "phone": row.phone.removeprefix("+86"),
            "categories": "、".join(row.categories),
            "recommender": form.unit.full_name,
            "track": facts.track_names[row.track.code],
            "email": row.email,
        }
        for row in form.rows.exclude(state="withdrawn").select_related("track")
    ]
    return _row_book(facts, rows)


def _row_book(facts: FormFacts, rows: Sequence[dict[str, str | int]]) -> bytes:
    rulebook = facts.rulebook
    form = next((form for form in rulebook.forms if form.code == rulebook.recommendation.form), None)
    notes = ["注：", "1.一个参赛名额可报名多个参赛类别，“报名类别”一栏选项如下："]
    notes += [f"{category.code}.{category.name}" for category in rulebook.categories]
    notes += [f"2.队伍填参赛队伍名称，个人填所在单位；本单位名额 {facts.quota.limit or 0} 个，行数不够可以自行增加"]
    title = form.name if form else f"{rulebook.edition.short_name}推荐申报表"
    return write_xlsx(row_columns(rulebook), rows, title=title, sheet="推荐申报表", notes=notes)
