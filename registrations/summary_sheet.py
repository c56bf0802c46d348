"""汇总表: all rows of a contact's tracks in the official columns, with what a contact sorts by beside them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.accounts.contacts import mask_phone
from core.clock import BEIJING
from core.sheets import Column, write_xlsx
from tracks.models import Edition

from . import states
from .models import RowQuerySet, UnitQuota
from .sheets import row_columns

ADDED = (
    Column("state", "状态", width=12),
    Column("unit_category", "单位类别", width=24),
    Column("city", "地市", width=12),
    Column("county", "县（市、区）", width=14),
    Column("submitted", "提交时间", width=18),
    Column("note", "审核意见", width=30),
)
UNIT, REGION = "recommendation__unit", "recommendation__unit__region"
READ = (
    "name", "team_name", "organisation", "phone", "categories", "email", "state", "submitted_at", "review_note",
    "track__code", "recommendation__unit_id", f"{UNIT}__full_name", f"{REGION}__name", f"{REGION}__level",
    f"{REGION}__parent__name",
)  # fmt: skip


def summary_rows(rows: RowQuerySet, edition: Edition, *, whole_phones: bool) -> Iterator[dict[str, str | int]]:
    """Rows by column key, in the order of city, unit and 序号, numbered through; two queries, however many."""
    rulebook = edition.rulebook
    tracks = {track.code: track.short_name for track in rulebook.tracks}
    categories = {category.code: category.name for category in rulebook.unit_categories}
    given = dict(UnitQuota.objects.filter(edition=edition).values_list("unit_id", "category"))
    ordered = rows.order_by(f"{REGION}_id", f"{UNIT}__full_name", "position", "pk")
    for number, row in enumerate(ordered.values(*READ), start=1):
        county = row[f"{REGION}__name"] if row[f"{REGION}__level"] == "county" else ""
        yield {
            "seq": number,
            "name": row["name"],
            "team": row["team_name"],
            "organisation": row["organisation"],
            "phone": row["phone"].removeprefix("+86") if whole_phones else mask_phone(row["phone"]),
            "categories": "、".join(row["categories"]),
            "recommender": row[f"{UNIT}__full_name"],
            "track": tracks.get(row["track__code"], ""),
            "email": row["email"] if whole_phones else "",
            "state": states.ROW.labels[row["state"]],
            "unit_category": categories.get(given.get(row["recommendation__unit_id"], ""), ""),
            "city": (row[f"{REGION}__parent__name"] or "") if county else row[f"{REGION}__name"],
            "county": county,
            "submitted": _told(row["submitted_at"]),
            "note": row["review_note"],
        }


def summary_book(rows: list[dict[str, Any]], edition: Edition, *, whole_phones: bool) -> bytes:
    """The workbook; without whole phones it has no mailboxes either."""
    rulebook = edition.rulebook
    columns = [column for column in row_columns(rulebook) if whole_phones or column.key != "email"]
    plain = [Column(column.key, column.label, width=column.width) for column in columns]
    title = f"{rulebook.edition.short_name}推荐汇总表"
    return write_xlsx([*plain, *ADDED], rows, title=title, sheet="汇总表")


def rows_of(rows: RowQuerySet, edition: Edition) -> RowQuerySet:
    """What a 汇总表 lists: whatever was submitted in this edition, unless it was withdrawn."""
    return rows.filter(edition=edition, state__in=states.HOLDS_A_PLACE)


def _told(moment: datetime | None) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}" if moment else ""
