"""同分: the edition's chain, step by step, and every step written down."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from .facts import Inputs, Tie, TieStep
from .numbers import mean, rounded
from .totals import counted_sheets

EARLIER, ORGANISER = "earlier_submission", "organiser"
Groups = tuple[tuple[str, ...], ...]
Compared = Mapping[str, tuple[object, str]]  # work → (sort key, smaller first; as printed); a work without: unknown


def parted(inputs: Inputs, scores: Mapping[str, Decimal]) -> tuple[Groups, tuple[Tie, ...]]:
    """The works best first, those that stay equal side by side; and the log of every tie."""
    order = sorted(scores, key=lambda work: (-scores[work], work))
    often = Counter(scores.values())
    marks = _marks(inputs, {work for work, score in scores.items() if often[score] > 1})
    places: list[tuple[str, ...]] = []
    ties: list[Tie] = []
    for score, equal in groupby(order, key=scores.__getitem__):
        works = tuple(equal)
        groups: Groups = (works,)
        if len(works) > 1:
            steps = _steps(inputs, works, marks)
            groups = steps[-1].groups if steps else groups
            settled = len(groups) == len(works)
            waits = not settled and ORGANISER in inputs.rules.tie_chain
            ties.append(Tie(sum(map(len, places)) + 1, score, works, tuple(steps), settled, waits))
        places += groups
    return tuple(places), tuple(ties)


def _steps(inputs: Inputs, works: tuple[str, ...], marks: Mapping[tuple[str, str], Decimal]) -> list[TieStep]:
    """The chain's steps until all are parted."""
    groups: Groups = (works,)
    steps: list[TieStep] = []
    for key in inputs.rules.tie_chain:
        if len(groups) == len(works):
            break
        values: dict[str, str] = {}
        after: list[tuple[str, ...]] = []
        for group in groups:
            compared = _compared(inputs, key, group, marks) if len(group) > 1 else {}
            values |= {work: told for work, (_, told) in compared.items()}
            # A step speaks only when it knows something of all: unknown is neither better nor worse.
            after += _split(group, compared) if len(compared) == len(group) else [group]
        groups = tuple(after)
        steps.append(TieStep(key, values, groups))
    return steps


def _split(group: Sequence[str], compared: Compared) -> list[tuple[str, ...]]:
    key: Callable[[str], object] = lambda work: compared[work][0]  # noqa: E731
    ordered = sorted(group, key=lambda work: (key(work), work))
    return [tuple(equal) for _, equal in groupby(ordered, key=key)]


def _compared(inputs: Inputs, key: str, group: Sequence[str], marks: Mapping[tuple[str, str], Decimal]) -> Compared:
    if key == EARLIER:
        times = {work.code: work.submitted for work in inputs.works}
        return {work: (at, at.isoformat()) for work in group if (at := times.get(work))}
    if key == ORGANISER:
        order = next((decided for decided in inputs.decided if set(group) <= set(decided)), ())
        return {work: (order.index(work), str(order.index(work) + 1)) for work in group if work in order}
    return {work: (-mark, str(mark)) for work in group if (mark := marks.get((work, key))) is not None}


def _marks(inputs: Inputs, tied: set[str]) -> dict[tuple[str, str], Decimal]:
    """(work, criterion) → the mean of the experts' marks; of all sheets where no panel is one of experts."""
    experts = {panel.code for panel in inputs.rules.panels if panel.kind == "expert"}
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for sheet in counted_sheets(inputs):
        if sheet.work in tied and (not experts or sheet.panel in experts):
            for criterion, mark in sheet.marks.items():
                found[sheet.work, criterion].append(mark)
    return {key: rounded(mean(values), inputs.rules.places) for key, values in found.items()}
