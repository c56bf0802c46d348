"""The grid of the 推荐表: what stands in its cells, and what came back from them."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from core import idempotency
from core.accounts.contacts import mask_phone
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused

from .models import Recommendation, RecommendationRow
from .rules import NamingRule, compose, judge_name, normal_phone
from .rules.naming import slots_of, typed_slots
from .services import recommending
from .services.facts import FormFacts

TOKEN = re.compile(r"\d{1,18}|n[0-9a-f]{32}")  # a row's id, or the browser's own mark of a row that is not kept yet
TEXTS = ("name", "team", "organisation", "phone", "track", "email")
COLUMNS = {"team": "team_name"}  # a cell's name → the row's field, where they differ
CONFLICT = "这一行刚在别处改过，您填的没有存下，仍在格子里；核对后再保存一次，就以您填的为准"


@dataclass(frozen=True)
class Cells:
    """One row as the grid shows it, input by input."""

    name: str = ""
    team: str = ""  # only the slot where the rest is composed
    organisation: str = ""
    phone: str = ""  # masked once it is a number; what is not one stands as typed, so that it can be mended
    categories: tuple[str, ...] = ()
    track: str = ""
    email: str = ""

    @property
    def mark(self) -> str:
        """Travels with the row, so that what comes back tells whether anybody touched it."""
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()[:12]

    def changed_from(self, before: "Cells") -> dict[str, Any]:
        """The cells that differ, by name."""
        return {name: value for name, value in vars(self).items() if value != getattr(before, name)}


@dataclass(frozen=True)
class TeamBox:
    """How a team's name is typed: its slot between given words, as a choice, or whole."""

    kind: Literal["slot", "choice", "whole"]
    value: str
    front: str = ""
    back: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Posted:
    """One row of the grid as it came back."""

    token: str
    was: str  # the mark of what the browser had been given
    cells: Cells

    @property
    def touched(self) -> bool:
        """Somebody typed in it."""
        return self.cells.mark != self.was


@dataclass
class Outcome:
    """What became of the rows that came back."""

    saved: dict[str, int] = field(default_factory=dict)  # token → the row's id
    typed: dict[int, Cells] = field(default_factory=dict)  # not saved: shown again as typed
    lost: list[Cells] = field(default_factory=list)  # not saved, and its row is gone
    problems: list[Problem] = field(default_factory=list)  # each placed at `row-<pk>-<column>`


def team_box(naming: NamingRule, team_name: str) -> TeamBox:
    """The input of a stored team name ("" for an individual)."""
    slots = typed_slots(naming, 0)
    if len(slots) == 1:
        front, _, back = compose(naming, 0, {slots[0]: "\0"}).partition("\0")
        verdict = judge_name(naming, team_name) if team_name else None
        if verdict is None:
            return TeamBox("slot", "", front, back)
        if verdict.name and verdict.option == 0:
            return TeamBox("slot", verdict.slots[slots[0]], front, back)
        return TeamBox("whole", team_name)
    given = tuple(compose(naming, option, {}) for option in range(len(naming.templates)) if _is_given(naming, option))
    return TeamBox("choice" if given and team_name in ("", *given) else "whole", team_name, choices=given)


def cells_of(facts: FormFacts, row: RecommendationRow) -> Cells:
    """A stored row as the grid shows it."""
    return Cells(
        name=row.name,
        team=team_box(facts.naming, row.team_name).value,
        organisation=row.organisation,
        phone=mask_phone(row.phone) if row.phone.startswith("+") else row.phone,
        categories=tuple(row.categories),
        track=str(row.track_id),
        email=row.email,
    )


def blank(facts: FormFacts) -> Cells:
    """A row nobody has typed in."""
    return Cells(track=str(facts.default_track.pk))


def read_grid(post: QueryDict, facts: FormFacts) -> list[Posted]:
    """The rows of a posted grid, in order; what is no row of a grid is passed over."""
    known = {category.code for category in facts.rulebook.categories}
    found = []
    for token in dict.fromkeys(post.getlist("row")):
        if TOKEN.fullmatch(token):
            texts = {
                n: post.get(f"{token}.{n}", "") for n in ("name", "team", "organisation", "phone", "track", "email")
            }
            chosen = tuple(sorted(known.intersection(post.getlist(f"{token}.categories"))))
            found.append(Posted(token, post.get(f"{token}.was", ""), Cells(**texts, categories=chosen)))
    return found


def save_grid(form: Recommendation, facts: FormFacts, posted: Iterable[Posted], *, by: User) -> Outcome:
    """Save the rows somebody typed in; the others stay untouched, whoever changed them meanwhile.

    A row that a colleague changed since this page was made is not overwritten: it is shown again as typed, with
    what became of it, and saving once more means it.
    """
    touched = [row for row in posted if row.touched]
    if not touched:
        return Outcome()
    with transaction.atomic(), recorded("row.saved", by=by):
        Recommendation.objects.select_for_update(no_key=True).get(pk=form.pk)
        saving = _Saving(form, facts, by)
        for row in touched:
            saving.save(row)
    return saving.outcome


class _Saving:
    """One form's rows, locked, while what came back is written."""

    def __init__(self, form: Recommendation, facts: FormFacts, by: User) -> None:
        self.form, self.facts, self.by = form, facts, by
        self.outcome = Outcome()

    @cached_property
    def rows(self) -> dict[int, RecommendationRow]:
        rows = self.form.rows.select_for_update(no_key=True, of=("self",)).select_related("track")
        return {row.pk: row for row in rows}

    def save(self, typed: Posted) -> None:
        if typed.token.startswith("n"):
            self._add(typed)
        elif row := self.rows.get(int(typed.token)):
            self._change(row, typed, sure=False)
        else:
            self._gone(typed)

    def _add(self, typed: Posted) -> None:
        """A new row, once: sent again after a lost answer, it is the row that the first sending made."""
        key = UUID(typed.token[1:])
        if idempotency.claim(self.by.pk, key):
            values = self._values(typed.cells.changed_from(Cells()))
            if row := self._write(None, typed, values):
                idempotency.keep(self.by.pk, key, 0, str(row.pk))
                self.rows[row.pk] = row
            else:
                idempotency.release(self.by.pk, key)
        elif row := self.rows.get(int(idempotency.outcome(self.by.pk, key) or 0)):
            self._change(row, typed, sure=True)
        else:
            self._gone(typed)

    def _change(self, row: RecommendationRow, typed: Posted, *, sure: bool) -> None:
        now = cells_of(self.facts, row)
        same_phone = normal_phone(typed.cells.phone) == row.phone  # shown whole, and left as it is
        changes = (replace(typed.cells, phone=now.phone) if same_phone else typed.cells).changed_from(now)
        if not changes:
            self.outcome.saved[typed.token] = row.pk
        elif sure or now.mark == typed.was:
            self._write(row, typed, self._values(changes))
        else:
            message = (
                f"第 {row.position} 行刚被改过，没有存下您填的。下面是您填的内容，核对后再保存一次，就以您填的为准"
            )
            self.outcome.problems.append(Problem("row.conflict", message, f"row-{row.pk}-"))
            self.outcome.typed[row.pk] = typed.cells

    def _write(
        self, row: RecommendationRow | None, typed: Posted, values: Mapping[str, Any]
    ) -> RecommendationRow | None:
        try:
            saved = recommending.save_row(self.form, values, by=self.by, row=row, facts=self.facts)
        except Refused as refused:
            self._refused(row, typed, refused.problems)
            return None
        self.outcome.saved[typed.token] = saved.pk
        return saved

    def _refused(self, row: RecommendationRow | None, typed: Posted, problems: list[Problem]) -> None:
        if row is None:
            self.outcome.lost.append(typed.cells)
            self.outcome.problems += [replace(p, message=f"新的一行没有存下：{p.message}", field="") for p in problems]
        else:
            self.outcome.typed[row.pk] = typed.cells
            self.outcome.problems += [replace(p, field=f"row-{row.pk}-{p.field}") for p in problems]

    def _gone(self, typed: Posted) -> None:
        who = typed.cells.name or "一行"
        self.outcome.lost.append(typed.cells)
        self.outcome.problems.append(
            Problem("row.gone", f"“{who}”这一行刚被删除，您填的内容放在表的最后，要留就再保存一次")
        )

    def _values(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """What `save_row` takes: a track as its object, categories as a list."""
        values = {COLUMNS.get(name, name): value for name, value in changes.items()}
        if "categories" in values:
            values["categories"] = list(values["categories"])
        if "track" in values:
            tracks = {str(track.pk): track for track in self.facts.tracks}
            values["track"] = tracks.get(values["track"], self.facts.default_track)
        return values


def _is_given(naming: NamingRule, option: int) -> bool:
    return bool(slots_of(naming.templates[option])) and not typed_slots(naming, option)
