"""“若权重改为…，谁进谁出”: the same frozen scores under other rules, beside the rules in force. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from core.problems import Problem, Refused
from judging.rules import ranking
from tracks.rulebook.kinds import percent

from ..models import AwardList, Ruling
from ..rules.allocation import Ranked
from ..rules.differences import Difference, Place, differences
from .composing import from_prizes
from .drafting import Draft, build, preview
from .facts import Gathered, from_rankings, rounds_of, snapshot_of

HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Change:
    """Other rules. Weights are per cent, by code; what is not named stays."""

    method: str = ""
    criteria: Mapping[str, Fraction] = field(default_factory=dict)
    panels: Mapping[str, Fraction] = field(default_factory=dict)
    measures: Mapping[str, Fraction] = field(default_factory=dict)  # of a composite score
    counts: Mapping[str, int] = field(default_factory=dict)  # level → places


@dataclass(frozen=True)
class Compared:
    """What would be different."""

    differences: list[Difference]
    before: Mapping[str, Place]
    after: Mapping[str, Place]
    names: Mapping[str, str]  # level → name


def weight(text: str) -> Fraction:
    """“70”, “33.5”, “100/3”. Raises Refused for anything else."""
    try:
        found = Fraction(text) if "/" in text else Fraction(Decimal(text))
    except (ValueError, InvalidOperation, ZeroDivisionError) as error:
        raise Refused(Problem("whatif.weight", f"“{text}”不是权重，请写 70、33.5 或 100/3")) from error
    if not 0 <= found <= HUNDRED:
        raise Refused(Problem("whatif.weight", f"权重 {text} 应在 0 至 100 之间"))
    return found


def what_if(found: AwardList, change: Change) -> Compared:
    """The list under other rules, beside the one under those in force. Raises Refused where weights do not add up."""
    now = preview(found)
    rulings = list(found.rulings.filter(ended_at=None))
    match found.rule.kind:
        case "ranking":
            gathered = _reranked(found, change)
        case "composite":
            gathered = from_prizes(found, change.measures)
        case _:
            gathered = now.gathered
    levels = [replace(level, count=change.counts.get(level.code, level.count)) for level in gathered.levels]
    return _compared(now, build(found, replace(gathered, levels=levels), _still(rulings, change)))


def _still(rulings: list[Ruling], change: Change) -> list[Ruling]:
    """Fewer places were ruled for the rules in force; a count that is asked about goes before it."""
    return [one for one in rulings if not (one.kind == "count" and one.level in change.counts)]


def _compared(now: Draft, then: Draft) -> Compared:
    before, after = now.places, then.places
    return Compared(differences(before, after), before, after, {one.code: one.name for one in then.gathered.levels})


def _reranked(found: AwardList, change: Change) -> Gathered:
    gathered = from_rankings(found)
    for code, round_ in rounds_of(found).items():
        snapshot = snapshot_of(round_)
        if snapshot is None:
            continue
        inputs = ranking.inputs_from(snapshot.inputs)
        rules = _changed(inputs.rules, change)
        if rules == inputs.rules:
            continue
        outcome = {row.work: row for row in ranking.rank(replace(inputs, rules=rules)).rows}
        labels = {row.candidate.key: row.candidate.label for row in snapshot.rows.select_related(
            "candidate__round__category")}  # fmt: skip
        gathered.rankings[code] = [_moved(one, outcome[labels[one.key]]) for one in gathered.rankings[code]]
    return gathered


def _moved(one: Ranked, row: ranking.Row) -> Ranked:
    return replace(one, rank=row.rank, said=f"得分 {row.score}" if row.score is not None else "")


def _changed(rules: ranking.Rules, change: Change) -> ranking.Rules:
    """Other weights and method. A round that does not know a code is not changed by it."""
    criteria = tuple(replace(one, weight=change.criteria.get(one.code, one.weight)) for one in rules.criteria)
    panels = tuple(replace(one, weight=change.panels.get(one.code, one.weight)) for one in rules.panels)
    if (whole := sum((one.weight for one in criteria if one.counts), Fraction(0))) != HUNDRED:
        raise Refused(Problem("whatif.criteria", f"评审要点占总分现在加起来是 {percent(whole)}，应为 100"))
    if len(panels) == 1:  # a round with one panel has nothing to share out
        panels = rules.panels
    elif (whole := sum((one.weight for one in panels), Fraction(0))) != HUNDRED:
        raise Refused(Problem("whatif.panels", f"评审团的占比现在加起来是 {percent(whole)}，应为 100"))
    return replace(rules, criteria=criteria, panels=panels, method=change.method or rules.method)


def number(text: str) -> int:
    """A count of places. Raises Refused for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refused(Problem("whatif.count", f"“{text}”不是名额，请写整数"))
    return int(text)
