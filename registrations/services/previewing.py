"""What an uploaded 推荐申报表 would do: every row judged against the form and the rules. Nothing is written."""

import copy
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core import clock
from core.problems import Problem
from core.sheets import Line, Table
from core.sheets import Row as SheetRow
from tracks.models import Track

from .. import states
from ..models import Recommendation, RecommendationRow
from ..rules import RowFacts, Twin, check_duplicates, check_row, fold, normal_categories, normal_text
from ..rules.matching import Brought, Kept, Match, match_rows, position_of, verdict_of
from .facts import FormFacts, category_words, row_facts, twin_of
from .recommending import FIELDS, normal_field, too_long

COLUMN_FIELDS = {"team": "team_name"}  # a column's key → the row's field, where they differ
# Kept as a draft there would be nothing to mend on screen: another unit's row would even be right at once.
UNSTORABLE = ("text.too_long", "row.locked", "person.twice", "sheet.formula", "recommender.other")
NEEDED = ("name", "phone", "categories")  # columns without which no new row can be right
LAST = 1_000_000  # a position behind every other
CLOSED = Problem("places.closed", "本单位类别的名额尚未开放，可以先存为草稿，暂时不能提交", level="warning")
WITHDRAWN = Problem("row.locked", "这一行已撤回，要改请先在推荐表里“恢复”")


@dataclass(frozen=True)
class RowLine(Line):
    """One row of the file judged, with the row as it would be stored."""

    row: RecommendationRow = field(default_factory=RecommendationRow)
    match: Match = field(default_factory=Match)

    @property
    def facts(self) -> RowFacts:
        """Its values as they would be stored."""
        return row_facts(self.row)

    @property
    def asks(self) -> bool:
        """Found by its 序号 alone: the clerk must say that it is the same row."""
        return self.verdict == "changed" and self.match.by == "position"

    @property
    def keepable(self) -> bool:
        """Wrong, yet it can be kept as a draft and mended on screen."""
        codes = {problem.code for problem in self.problems if problem.blocks}
        return self.verdict == "wrong" and self.match.key is None and not codes.intersection(UNSTORABLE)


@dataclass(frozen=True)
class Preview:
    """What a file would do, row by row."""

    table: Table
    problems: list[Problem]  # of the file as a whole
    lines: list[RowLine]

    @property
    def counts(self) -> Counter[str]:
        """Rows by verdict."""
        return Counter(line.verdict for line in self.lines)

    @property
    def digest(self) -> str:
        """Two previews with the same digest would do the same."""
        told = [(line.number, line.verdict, line.match, list(line.changes.items())) for line in self.lines]
        return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()

    @property
    def faults(self) -> dict[int, list[Problem]]:
        """Row number → problems, for the marked workbook."""
        return {line.number: list(line.problems) for line in self.lines if line.problems}


def preview(form: Recommendation, table: Table) -> Preview:
    """Judge every row of a file. `form` may be unsaved (a unit that never opened its form). Raises Refused when
    the edition does not know the unit."""
    return judge(FormFacts(form), form.rows.select_related("track") if form.pk else [], table)


def judge(facts: FormFacts, rows: Iterable[RecommendationRow], table: Table) -> Preview:
    """The same against rows that the caller has locked."""
    return _Judge(facts, list(rows), table).preview()


@dataclass(frozen=True)
class _Draft:
    """A row of the file on its way to a line."""

    given: SheetRow
    match: Match
    stored: RecommendationRow | None
    row: RecommendationRow  # as it would be stored
    ordinal: int  # which place it would take; 0: it holds its place already
    twin: Twin  # as another row of the file may be the same; its position is the sheet's own row number


class _Judge:
    """One form's rows and rules, read once for a whole file."""

    def __init__(self, facts: FormFacts, rows: list[RecommendationRow], table: Table) -> None:
        self.facts, self.table, self.now = facts, table, clock.now()
        self.rows = {row.pk: row for row in rows}
        self.words = category_words(facts.rulebook)
        self.tracks = {name: track for track in facts.tracks for name in _names(track, facts.track_names[track.code])}
        self.policy = facts.rulebook.recommendation.duplicates

    def preview(self) -> Preview:
        drafts = self._drafts()
        in_file = _Index(draft.twin for draft in drafts)
        elsewhere = _Index(self._elsewhere(drafts))
        lines = [self._line(draft, in_file, elsewhere) for draft in drafts]
        problems = [*self.table.problems, *self._missing(drafts), *self._over(drafts)]
        return Preview(self.table, problems, lines)

    def _drafts(self) -> list[_Draft]:
        """Every row of the file with the kept row it is and the values it would have."""
        values = [self._values(row.values) for row in self.table.rows]
        brought = [
            Brought(row.number, position_of(row.values.get("seq", "")), given.get("name", ""), given.get("phone", ""))
            for row, given in zip(self.table.rows, values, strict=True)
        ]
        kept = [
            Kept(r.pk, r.position, r.name, r.phone, r.state in states.EDITABLE, r.state == "withdrawn")
            for r in self.rows.values()
        ]
        matches = match_rows(brought, kept)
        ordinals = self._ordinals(matches)
        drafts = []
        for given, new, match, ordinal in zip(self.table.rows, values, matches, ordinals, strict=True):
            stored = self.rows[match.key] if match.key is not None else None
            row = copy.copy(stored or RecommendationRow(track=self.facts.default_track))
            for name, value in new.items():
                setattr(row, name, value)
            twin = replace(twin_of(row), key=-given.number, position=given.number)
            drafts.append(_Draft(given, match, stored, row, ordinal, twin))
        return drafts

    def _values(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The row's fields as they would be stored; of columns the file has, and no others."""
        values: dict[str, Any] = {}
        for key, cell in cells.items():
            name = COLUMN_FIELDS.get(key, key)
            if key == "categories":
                values[name] = list(normal_categories(cell, self.words))
            elif key == "track":
                if track := self.tracks.get(_key(cell)):
                    values[name] = track
            elif name in FIELDS:
                values[name] = normal_field(name, cell, self.facts)
        return values

    def _ordinals(self, matches: list[Match]) -> list[int]:
        """Which place each row of the file would take, in order (G22); 0 for one that holds its place already."""
        matched = {match.key for match in matches}
        before = sum(
            row.state in states.HOLDS_A_PLACE or (row.state == "draft" and row.pk not in matched)
            for row in self.rows.values()
        )
        ordinals = []
        for match in matches:
            takes = match.key is None or self.rows[match.key].state == "draft"
            before += takes
            ordinals.append(before if takes else 0)
        return ordinals

    def _elsewhere(self, drafts: list[_Draft]) -> list[Twin]:
        """The form's rows that the file does not speak of, and other units' rows under one of its phones (Q7)."""
        matched = {draft.match.key for draft in drafts}
        own = [twin_of(row) for row in self.rows.values() if row.pk not in matched and row.state != "withdrawn"]
        others = (
            RecommendationRow.objects.holding()
            .filter(edition_id=self.facts.form.edition_id, phone__in={draft.row.phone for draft in drafts} - {""})
            .exclude(recommendation__unit_id=self.facts.form.unit_id)
            .select_related("recommendation__unit")
        )
        return own + [twin_of(row, row.recommendation.unit.full_name) for row in others]

    def _line(self, draft: _Draft, in_file: "_Index", elsewhere: "_Index") -> RowLine:
        given, row, stored = draft.given, draft.row, draft.stored
        changes = _changes(stored, row) if stored else {}
        problems = [*given.problems, *too_long(row), *self._problems(row, given.values)]
        problems += self._duplicates(draft, in_file, elsewhere)
        if stored and changes:
            problems += [WITHDRAWN] if stored.state == "withdrawn" else self.facts.locked(stored, self.now)
        if (limit := self.facts.quota.limit or 0) and draft.ordinal > limit:
            words = f"名额 {limit} 个，这是第 {draft.ordinal} 行，只能留作草稿"
            problems.append(Problem("places.exceeded", words, level="warning"))
        verdict = verdict_of(draft.match, bool(changes), problems, given.values)
        return RowLine(given.number, row.team_name or row.name, verdict, problems, changes, row, draft.match)

    def _problems(self, row: RecommendationRow, cells: Mapping[str, str]) -> list[Problem]:
        """The rules' own words, and what only a file can get wrong: 推荐单位 (G20) and the track's name."""
        facts = replace(row_facts(row), recommender=normal_text(cells.get("recommender", "")))
        problems = check_row(facts, self.facts.naming, self.facts.categories, self.facts.names)
        if (typed := cells.get("track", "")) and _key(typed) not in self.tracks:
            known = "、".join(self.facts.track_names.values())
            problems.append(Problem("track.unknown", f"没有“{typed}”这个赛道，请从 {known} 里选，或留空", "track"))
        return problems

    def _duplicates(self, draft: _Draft, in_file: "_Index", elsewhere: "_Index") -> list[Problem]:
        """The same person, phone or team in the file, then in the form and at other units. A shared phone is asked
        about on the form, it does not keep the row out."""
        twin = draft.twin
        found = check_duplicates(twin, in_file.near(twin), self.policy)
        if there := elsewhere.near(twin):
            last = replace(twin, position=LAST, holds=False)  # what is on the form already comes first
            told = check_duplicates(last, there, self.policy)
            found += [replace(p, message=f"与推荐表里已有的行相比：{p.message}") for p in told]
        return [replace(p, level="warning") if p.code == "phone.shared" else p for p in found]

    def _missing(self, drafts: list[_Draft]) -> list[Problem]:
        """New rows need the official columns; a file that only changes rows may leave some out."""
        if all(draft.stored for draft in drafts):
            return []
        where = f"表头（第 {self.table.header_row} 行）"
        return [
            Problem("sheet.missing_column", f"{where}缺少“{c.label}”一列，新的行要有", level="warning")
            for c in self.table.columns
            if c.key in NEEDED and c.key not in self.table.places
        ]

    def _over(self, drafts: list[_Draft]) -> list[Problem]:
        """More rows than places: they are kept as drafts (G17, G22)."""
        limit, count = self.facts.quota.limit, max((draft.ordinal for draft in drafts), default=0)
        if limit is None:
            return [CLOSED]
        if count <= limit:
            return []
        words = f"名额 {limit} 个，连同已填的共 {count} 行，多出的 {count - limit} 行只能留作草稿，不能提交"
        return [Problem("places.exceeded", words, level="warning")]


class _Index:
    """Finds the few rows that could be the same as one, however many there are: the first of each kind."""

    def __init__(self, twins: Iterable[Twin]) -> None:
        self.first: dict[tuple[str, ...], Twin] = {}
        for twin in sorted(twins, key=lambda twin: (not twin.holds, twin.position)):
            for key in _keys(twin):
                self.first.setdefault(key, twin)

    def near(self, twin: Twin) -> list[Twin]:
        """Rows with its phone and name, its phone, or its team."""
        return list({found.key: found for key in _keys(twin) if (found := self.first.get(key))}.values())


def _keys(twin: Twin) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = []
    if twin.name and twin.phone:
        keys.append(("person", twin.phone, twin.name))
        keys += [] if twin.unit else [("phone", twin.phone)]  # another unit's phone is nobody's business
    if twin.team and not twin.unit:
        keys.append(("team", twin.team))
    return keys


def _changes(before: RecommendationRow, after: RecommendationRow) -> dict[str, tuple[str, str]]:
    """Field's Chinese name → (before, after), of those that differ."""
    told = {name: (_told(before, name), _told(after, name)) for name in FIELDS}
    return {_LABELS[name]: pair for name, pair in told.items() if pair[0] != pair[1]}


_LABELS = {name: str(RecommendationRow._meta.get_field(name).verbose_name) for name in FIELDS}  # type: ignore[union-attr]


def _told(row: RecommendationRow, name: str) -> str:
    match name:
        case "track":
            return row.track.name
        case "categories":
            return "、".join(sorted(row.categories))
        case "phone":
            return row.phone.removeprefix("+86")
        case _:
            return str(getattr(row, name))


def _names(track: Track, short: str) -> set[str]:
    """高校赛道, 高校, university … as `_key` compares them."""
    return {_key(name) for name in (track.code, track.name, short, short.removesuffix("赛道"))}


def _key(name: str) -> str:
    """What two spellings of a track are compared by."""
    return fold(name).casefold()
