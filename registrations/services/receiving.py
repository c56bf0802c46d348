"""What a unit mailed instead of using the portal, taken in on its behalf by a contact and recorded as such."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, errors, refuse_if
from core.sheets import Table

from .. import states
from ..models import Recommendation, RecommendationRow, StampedScan, Workbook
from .contents import stands_as
from .previewing import Preview
from .recommending import submit_rows
from .stamping import Upload, code_of, print_form, upload_scan
from .workbooks import Choice, Taken, take_in

NO_LETTER = Problem("letter.missing", "请写明来信的日期或文号，会记入办理记录", "letter")


def take_in_for_unit(workbook: Workbook, table: Table, choice: Choice, *, by: User, seen: str) -> Taken:
    """Write a mailed workbook's rows as drafts of its unit. Raises Refused as `take_in` does, or without a letter."""
    refuse_if([] if workbook.letter.strip() else [NO_LETTER])
    form = workbook.recommendation
    return take_in(form, table, choice, by=by, seen=seen, workbook=workbook, reason=workbook.letter, on_behalf=True)


def ready_rows(preview: Preview, left: int) -> list[RecommendationRow]:
    """The rows of a workbook that stand in the form as the file has them and can be submitted: drafts within the
    places left, and rows that were mended since they were sent back. Nothing else in the unit's form is touched."""
    found = []
    for line in preview.lines:
        if line.verdict != "unchanged" or errors(line.problems) or line.row.state not in states.EDITABLE:
            continue
        if line.row.returned_as and stands_as(line.row, line.row.returned_as):
            continue
        if line.row.state == "draft":
            left -= 1
            if left < 0:
                continue
        found.append(line.row)
    return found


def submit_for_unit(
    form: Recommendation, rows: Iterable[RecommendationRow], *, letter: str, by: User
) -> list[RecommendationRow]:
    """Send rows in for their unit, within its own time. Raises Refused as `submit_rows` does, or without a letter."""
    refuse_if([] if letter.strip() else [NO_LETTER])
    with transaction.atomic(), recorded("row.submitted_for_unit", by=by, reason=letter.strip()):
        return submit_rows(form, rows, by=by, on_behalf=True)


def receive_scan(
    form: Recommendation, uploads: Sequence[Upload], *, letter: str, by: User, typed: str = "", compared: bool = False
) -> list[StampedScan]:
    """Keep a stamped form that came by mail. compared: it is no print of ours, and the contact has compared it row by
    row with the form as it stands. Raises Refused as `upload_scan` does, or without a letter."""
    refuse_if([] if letter.strip() else [NO_LETTER])
    with transaction.atomic(), recorded("scan.received", by=by, reason=letter.strip()):
        if compared and not typed.strip():
            typed = code_of(print_form(form, by=by)[0])
        return upload_scan(form, uploads, by=by, typed=typed, on_behalf=True)
