"""An uploaded 推荐申报表: keep it, and take the rows in that the clerk has chosen from its preview."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.services import keep
from core.problems import Problem, Refused
from core.sheets import Table

from ..models import Recommendation, RecommendationRow, Workbook
from .facts import FormFacts
from .previewing import RowLine, judge
from .recommending import FIELDS

MAX_BYTES = 10 * 1024 * 1024  # as core.sheets reads
STALE = Problem("preview.stale", "预览之后推荐表有了改动，没有写入。下面是重新核对的结果，请看过再确认")


@dataclass(frozen=True)
class Choice:
    """What goes in beside the good rows. Numbers are the sheet's own row numbers."""

    replacing: frozenset[int] = frozenset()  # found by 序号: it is the same row
    adding: frozenset[int] = frozenset()  # found by 序号: it is somebody else, a new row
    drafts: bool = False  # wrong rows too, as drafts to be mended on screen

    def digest(self, seen: str) -> str:
        """The same for the same choice from the same preview."""
        told = (seen, sorted(self.replacing), sorted(self.adding), self.drafts)
        return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True)
class Taken:
    """What was written."""

    new: int = 0
    changed: int = 0
    drafts: int = 0  # wrong ones, beside the new

    @property
    def told(self) -> str:
        """For the clerk."""
        parts = [(self.new, "新增 {} 行"), (self.changed, "改动 {} 行"), (self.drafts, "存为草稿待修改 {} 行")]
        return "，".join(words.format(count) for count, words in parts if count) or "没有需要写入的行"


def bring(form: Recommendation, upload: IO[bytes], name: str, *, by: User, letter: str = "") -> Workbook:
    """Keep an upload, so that its preview can be left and come back to. Read it first: this does not judge it.

    letter: date or number of the letter it came with, where a contact takes it in for the unit.
    """
    verb = "workbook.received" if letter else "workbook.brought"
    with transaction.atomic(), recorded(verb, by=by, reason=letter):
        stored = keep(upload, name=name, owner=by, limit=MAX_BYTES)
        return Workbook.objects.create(recommendation=form, file=stored, brought_by=by, letter=letter)


def take_in(
    form: Recommendation,
    table: Table,
    choice: Choice,
    *,
    by: User,
    seen: str,
    workbook: Workbook | None = None,
    reason: str = "",
    on_behalf: bool = False,
) -> Taken:
    """Write the new rows, the changed ones and what was chosen beside them, all in one transaction.

    seen: digest of the preview that was confirmed; the file is judged anew under a lock, and Refused
    (`preview.stale`) is raised when the form has changed since. The same confirmation of a workbook twice has one
    effect. New rows go to the end as drafts, those over the quota too. on_behalf: a contact took in what was mailed.
    """
    verb = "rows.imported_for_unit" if on_behalf else "rows.imported"
    with transaction.atomic(), recorded(verb, by=by, reason=reason):
        Recommendation.objects.select_for_update(no_key=True).get(pk=form.pk)  # two clerks, two positions
        if workbook is not None:
            workbook = Workbook.objects.select_for_update(no_key=True).get(pk=workbook.pk)
            confirmed = choice.digest(seen)
            if workbook.taken_as == confirmed:
                return Taken()
        rows = form.rows.select_related("track").select_for_update(no_key=True, of=("self",))
        preview = judge(FormFacts(form), rows, table)
        if preview.digest != seen:
            raise Refused(STALE)
        taken = _write(form, preview.lines, choice)
        if workbook is not None:
            workbook.taken_at, workbook.taken_as = clock.now(), confirmed
            workbook.save(update_fields=["taken_at", "taken_as"])
    return taken


def _write(form: Recommendation, lines: Iterable[RowLine], choice: Choice) -> Taken:
    new, changed, drafts = [], [], 0
    for line in lines:
        added = line.verdict == "new" or (line.asks and line.number in choice.adding)
        draft = choice.drafts and line.keepable
        if added or draft:
            new.append(_fresh(form, line.row))
            drafts += draft
        elif line.verdict == "changed" and (not line.asks or line.number in choice.replacing):
            changed.append(line.row)
    last = form.rows.aggregate(last=Max("position"))["last"] or 0
    for position, row in enumerate(new, start=last + 1):
        row.position = position
    for row in changed:
        row.changed_at = timezone.now()  # bulk_update does not
    for row in (*new, *changed):
        row.spell()
    RecommendationRow.objects.bulk_create(new)
    RecommendationRow.objects.bulk_update(changed, [*FIELDS, "pinyin", "changed_at"], batch_size=500)
    return Taken(len(new) - drafts, len(changed), drafts)


def _fresh(form: Recommendation, row: RecommendationRow) -> RecommendationRow:
    """The same contents as a row of its own."""
    return RecommendationRow(recommendation=form, **{name: getattr(row, name) for name in FIELDS})
