"""What the contacts' services leave behind; cases of `tests/test_traces.py`."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from core.sheets import find_table, read, write_xlsx
from registrations.models import UnitQuota
from registrations.services import (
    claim_urging,
    exporting,
    extending,
    receiving,
    recommending,
    reminders,
    reviewing,
    workbooks,
)
from registrations.services.previewing import preview
from registrations.services.stamping import Upload
from registrations.sheets import row_columns

LETTER = "12 月 9 日来信"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def silent(stage: Any) -> UnitQuota:
    """The quota of a unit that has withdrawn all it had submitted."""
    stage.withdrawn()
    return stage.quota


def unclaimed(stage: Any) -> Callable[..., Any]:
    reviewing.approve_row(stage.ready(), by=stage.officer.user)
    return partial(claim_urging.urge, stage.quota)


def sent_in(stage: Any) -> tuple[Any, Any, io.BytesIO]:
    """A form, the table of a one-row workbook for it, and the file itself."""
    form, columns = stage.row.recommendation, row_columns(stage.edition.rulebook)
    row = {"seq": 9, "name": "李小芳", "organisation": "城南中学", "phone": "13800138077", "categories": "A"}
    content = io.BytesIO(write_xlsx(columns, [row]))
    table = find_table(read(content, "来件.xlsx"), columns)
    content.seek(0)
    return form, table, content


def brought(stage: Any) -> Callable[..., Any]:
    form, _, content = sent_in(stage)
    return partial(workbooks.bring, form, content, "来件.xlsx")


def taken_in(stage: Any) -> Callable[..., Any]:
    form, table, _ = sent_in(stage)
    return partial(workbooks.take_in, form, table, workbooks.Choice(), seen=preview(form, table).digest)


def mailed(stage: Any) -> Callable[..., Any]:
    form, table, content = sent_in(stage)
    workbook = workbooks.bring(form, content, "来件.xlsx", by=stage.officer.user, letter=LETTER)
    seen = preview(form, table).digest
    return partial(receiving.take_in_for_unit, workbook, table, workbooks.Choice(), seen=seen)


def draft(stage: Any) -> Callable[..., Any]:
    recommending.withdraw_row(stage.row, by=stage.officer.user)
    recommending.restore_row(stage.row, by=stage.officer.user)
    return partial(receiving.submit_for_unit, stage.row.recommendation, [stage.row], letter=LETTER)


def scan(stage: Any) -> Callable[..., Any]:
    uploads = [Upload("盖章.pdf", io.BytesIO(PDF))]
    return partial(receiving.receive_scan, stage.row.recommendation, uploads, letter=LETTER, compared=True)


def longer(stage: Any) -> Callable[..., Any]:
    until = stage.edition.window("recommend").closes.replace(year=2025)
    return partial(extending.extend, stage.quota, until, reason="来函")


def export(stage: Any) -> Callable[..., Any]:
    return partial(exporting.note_export, stage.edition, scope="全部", rows=1, whole_phones=False, reason="")


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    reminders.urge: ("unit.urged", lambda s: partial(reminders.urge, silent(s))),
    reminders.urge_many: ("unit.urged", lambda s: partial(reminders.urge_many, [silent(s)])),
    claim_urging.urge: ("unit.claims_urged", unclaimed),
    extending.extend: ("quota.extended", longer),
    exporting.note_export: ("summary.exported", export),
    receiving.take_in_for_unit: ("rows.imported_for_unit", mailed),
    workbooks.bring: ("workbook.brought", brought),
    workbooks.take_in: ("rows.imported", taken_in),
    receiving.submit_for_unit: ("row.submitted_for_unit", draft),
    receiving.receive_scan: ("scan.received", scan),
}
