"""The three ways by which a unit's rows get into the portal: typed on the grid, uploaded, mailed to the contact."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from core import clock
from core.accounts.models import User
from core.problems import errors, refuse_if
from core.sheets import Table, find_table, read
from registrations.grid import Cells, Posted, blank, cells_of, save_grid, team_box
from registrations.models import RecommendationRow, Workbook
from registrations.services import receiving, workbooks
from registrations.services.facts import FormFacts
from registrations.services.previewing import Preview, preview
from registrations.services.stamping import Upload
from registrations.services.workbooks import Choice, Taken
from registrations.sheets import row_columns

from . import books
from .books import File
from .people import Attempt, Typed
from .scene import Changes, Desk

SENT_TWICE, KEEPS_DRAFTS, OLD_TAB, NO_LETTER = 0.1, 0.5, 0.2, 0.2  # shares


class Grid(Desk):
    """Types on the grid. A block pasted from a spreadsheet arrives as such rows too."""

    way = "grid"

    def enter(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """New rows, saved at once; sometimes sent again, because the answer was lost."""
        facts, chance = self.facts, self.scene.people.chance
        start = blank(facts)
        tokens = [f"n{UUID(int=chance.getrandbits(128)).hex}" for _ in attempts]
        posted = [
            Posted(token, start.mark, _cells(facts, attempt.typed))
            for token, attempt in zip(tokens, attempts, strict=True)
        ]
        saved = self._post(facts, posted)
        self.entered = [saved[token] for token in tokens]
        if self.scene.people.some(SENT_TWICE):
            self.scene.expect(self._post(facts, posted) == saved, f"{self.unit}：重发的行存成了新行")
        return attempts

    def mend(self, attempts: Sequence[Attempt]) -> None:
        """Type over what was wrong."""
        facts, rows = self.facts, {row.pk: row for row in self.rows("draft")}
        wrong = [(rows[pk], attempt.right) for pk, attempt in zip(self.entered, attempts, strict=True) if attempt.codes]
        self._post(facts, [_over(facts, row, _cells(facts, right)) for row, right in wrong])

    def overwrite(self, changes: Changes) -> None:
        """Type over some cells of rows that are there. Raises Refused."""
        facts = self.facts
        posted = [_over(facts, row, replace(cells_of(facts, row), **_typed(new))) for row, new in changes.items()]
        self._post(facts, posted)

    def _post(self, facts: FormFacts, posted: Sequence[Posted]) -> dict[str, int]:
        """As the page's script does. Gives the rows' ids by token; raises Refused for what was not saved."""
        outcome = save_grid(self.form, facts, posted, by=self.by)
        refuse_if(outcome.problems)
        return outcome.saved


def _cells(facts: FormFacts, typed: Typed) -> Cells:
    """A row as it is typed: of a team's name only its slot, where the rest is given."""
    team = team_box(facts.naming, typed.team_name).value if typed.team_name else ""
    track = str(facts.default_track.pk)
    return Cells(typed.name, team, typed.organisation, typed.phone, typed.categories, track)


def _over(facts: FormFacts, row: RecommendationRow, cells: Cells) -> Posted:
    return Posted(str(row.pk), cells_of(facts, row).mark, cells)


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


class Uploaded(Desk):
    """Fills a file in, uploads it, looks at the preview and confirms; what was wrong comes in a corrected file."""

    way = "upload"
    first = 1  # 序号 at which its file begins
    drafts = False  # whether wrong rows are taken in, to be mended
    seen = ""  # digest of the latest preview

    @property
    def letter(self) -> str:
        """Only what is mailed has one."""
        return ""

    def enter(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """A file with all of them. Wrong rows stay out, or go in as drafts, as the clerk likes."""
        self.first = max((row.position for row in self.form.rows.all()), default=0) + 1
        self.drafts = self.scene.people.some(KEEPS_DRAFTS)
        right = [attempt for attempt in attempts if not attempt.codes]
        file = self._file([attempt.typed for attempt in attempts])
        seen = self._bring(file, new=len(right), wrong=len(attempts) - len(right))
        codes = [{problem.code for problem in errors(line.problems)} for line in seen.lines]
        expected = [attempt.codes for attempt in attempts]
        self.scene.expect(codes == expected, f"{self.unit}：预览应逐行指出 {expected}，实为 {codes}")
        return attempts if self.drafts else right

    def mend(self, attempts: Sequence[Attempt]) -> None:
        """The corrected file; and once more the same file, which changes nothing."""
        file, count = self._file([attempt.right for attempt in attempts]), len(attempts)
        if wrong := sum(bool(attempt.codes) for attempt in attempts):
            self._bring(file, **{"changed" if self.drafts else "new": wrong}, unchanged=count - wrong)
        self._bring(file, unchanged=count)

    def overwrite(self, changes: Changes) -> None:
        """The export with some cells changed. Raises Refused for what the preview calls wrong."""
        words = {row.position: {name: _word(value) for name, value in new.items()} for row, new in changes.items()}
        others = len(self.rows("draft", "submitted", "returned", "approved")) - len(changes)
        self._bring(books.amended(self.form, self.facts, words), changed=len(changes), unchanged=others)

    def _file(self, rows: Sequence[Typed]) -> File:
        return books.filled_in(self.facts, rows, self.scene.people, self.first)

    def _bring(self, file: File, **expected: int) -> Preview:
        """Upload, preview, confirm, and click once more. expected: rows by verdict. Gives the preview; raises Refused
        for rows that were not expected to be wrong."""
        scene = self.scene
        brought = workbooks.bring(self.form, io.BytesIO(file.content), file.name, by=self.by, letter=self.letter)
        with brought.file.blob.open("rb") as stored:
            table = find_table(read(stored, file.name), row_columns(scene.edition.rulebook))
        refuse_if(table.problems)
        seen = preview(self.form, table)
        scene.counts.update({"workbooks": 1, **{f"workbooks.{verdict}": n for verdict, n in seen.counts.items()}})
        if "wrong" not in expected:
            refuse_if([problem for line in seen.lines if line.verdict == "wrong" for problem in line.problems])
        counted = {verdict: count for verdict, count in expected.items() if count}
        scene.expect(dict(seen.counts) == counted, f"{self.unit}：预览应为 {counted}，实为 {dict(seen.counts)}")
        same = frozenset(line.number for line in seen.lines if line.asks)
        choice = Choice(replacing=same, drafts=self.drafts)
        if self.seen not in ("", seen.digest) and scene.people.some(OLD_TAB):  # confirmed from the preview before
            scene.refused({"preview.stale"}, self._take, brought, table, choice, self.seen)
        self._take(brought, table, choice, seen.digest)
        scene.expect(self._take(brought, table, choice, seen.digest) == Taken(), f"{self.unit}：确认两次存了两次")
        self.table, self.seen = table, seen.digest
        return seen

    def _take(self, brought: Workbook, table: Table, choice: Choice, seen: str) -> Taken:
        return workbooks.take_in(self.form, table, choice, by=self.by, seen=seen, workbook=brought)


def _word(value: object) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


class Mailed(Uploaded):
    """Mails file and paper to the contact, who takes both in and submits for the unit."""

    way = "mailed"

    @property
    def by(self) -> User:
        """The contact, whether or not somebody of the unit has joined."""
        return self.contact

    @property
    def letter(self) -> str:
        """What the contact notes down."""
        return f"{clock.now():%m 月 %d 日}来信"

    def ready(self) -> list[RecommendationRow]:
        """What the page offers to submit: rows that stand in the form as the file has them."""
        quota = self.quota
        return receiving.ready_rows(preview(self.form, self.table), max((quota.limit or 0) - quota.taken, 0))

    def submit(self, rows: Sequence[RecommendationRow]) -> None:
        """For the unit; not without a letter. Raises Refused."""
        if self.scene.people.some(NO_LETTER):
            self.scene.refused({"letter.missing"}, receiving.submit_for_unit, self.form, rows, letter=" ", by=self.by)
        receiving.submit_for_unit(self.form, rows, letter=self.letter, by=self.by)

    def send_scan(self, scan: Upload, *, typed: str = "") -> None:
        """For the unit. Raises Refused."""
        receiving.receive_scan(self.form, [scan], letter=self.letter, by=self.by, typed=typed)

    def send_own(self, scan: Upload) -> None:
        """No print of ours: the contact has compared it row by row. Raises Refused."""
        receiving.receive_scan(self.form, [scan], letter=self.letter, by=self.by, compared=True)

    def _take(self, brought: Workbook, table: Table, choice: Choice, seen: str) -> Taken:
        return receiving.take_in_for_unit(brought, table, choice, by=self.by, seen=seen)


WAYS: dict[str, type[Desk]] = {way.way: way for way in (Grid, Uploaded, Mailed)}
SHARES = {"upload": 0.3, "mailed": 0.15, "grid": 1.0}  # the last one takes the rest
