"""成绩单: what an entrant learns of their own work once the winners are announced; never who judged, nor of others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from judging.models import Candidate, RankingRow, Round, Snapshot
from judging.rules import ranking
from judging.rules.ranking import explained
from judging.rules.ranking.numbers import mean, rounded
from registrations.entry_models import Entry

from ..models import AwardLine, AwardList
from ..states import PUBLIC
from .facts import snapshot_of


@dataclass(frozen=True)
class Mark:
    """One criterion: the mean of the experts' marks."""

    name: str
    mean: Decimal
    weight: str  # per cent
    counts: bool


@dataclass(frozen=True)
class Panel:
    """A panel's share of the score."""

    name: str
    score: str
    weight: str


@dataclass(frozen=True)
class Receipt:
    """One work in one round."""

    round: Round
    row: RankingRow
    marks: Sequence[Mark]
    panels: Sequence[Panel]
    steps: Sequence[str]  # how the ranking was made
    ranked: int
    better_than: int | None  # percentile: 超过百分之几的作品
    snapshot: Snapshot


def announced(entry: Entry) -> list[Candidate]:
    """Its works in rounds whose winners are announced: what a 成绩单 tells of."""
    public = AwardList.objects.filter(edition=entry.edition_id, state__in=PUBLIC, category__isnull=False)
    told = {(one.category_id, level.round) for one in public.select_related("edition", "category", "track")
            if one.track_id in (None, entry.track_id) for level in one.rule.levels}  # fmt: skip
    candidates = entry.candidacies.filter(state="in", round__state="published").select_related(
        "round__category", "round__edition", "round__track"
    )
    kept = candidates.order_by("round__position", "pk")
    return [one for one in kept if (one.round.category_id, one.round.code) in told]


def receipts_of(entry: Entry) -> list[Receipt]:
    """Of every round whose winners are announced; nothing before."""
    rows: list[Receipt] = []
    for candidate in announced(entry):
        round_ = candidate.round
        snapshot = snapshot_of(round_)
        row = snapshot.rows.select_related("candidate__round__category").filter(
            candidate=candidate
        ).first() if snapshot else None  # fmt: skip
        if snapshot and row:
            rows.append(_receipt(round_, snapshot, row))
    return rows


def _receipt(round_: Round, snapshot: Snapshot, row: RankingRow) -> Receipt:
    inputs, label = ranking.inputs_from(snapshot.inputs), row.candidate.label
    experts = {panel.code for panel in inputs.rules.panels if panel.kind == "expert"}
    marks: dict[str, list[Decimal]] = defaultdict(list)
    for sheet in inputs.sheets:
        if sheet.work == label and not sheet.abstained and (not experts or sheet.panel in experts):
            for code, mark in sheet.marks.items():
                marks[code].append(mark)
    ranked = snapshot.rows.filter(rank__isnull=False).count()
    behind = snapshot.rows.filter(rank__gt=row.rank).count() if row.rank else 0
    told: dict[str, Any] = next((one for one in snapshot.result["ranking"] if one["work"] == label), {"panels": {}})
    weights, names = snapshot.result["weights"], {panel.code: panel.name for panel in inputs.rules.panels}
    return Receipt(
        round_, row,
        [Mark(c.name, rounded(mean(marks[c.code]), 2), f"{float(c.weight):.4g}", c.counts)
         for c in inputs.rules.criteria if marks[c.code]],
        [Panel(names[code], score, f"{float(_number(weights.get(code, '0'))):.4g}")
         for code, score in told["panels"].items() if _number(weights.get(code, "0"))] if len(names) > 1 else [],
        explained.steps_of(inputs.rules), ranked,
        behind * 100 // (ranked - 1) if row.rank and ranked > 1 else None, snapshot,
    )  # fmt: skip


def _number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return int(top) / int(bottom or 1) if bottom else float(top)


def lines_of(entry: Entry) -> list[AwardLine]:
    """Its prizes on announced lists, in their last public version."""
    related = ("version__award_list__edition", "version__award_list__category", "version__award_list__track")
    return list(AwardLine.objects.shown().filter(entry=entry).select_related(*related).order_by("version"))
