"""Why inputs cannot be ranked, in sentences; a ranking is made of inputs without faults only."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from .facts import Inputs
from .methods import METHODS
from .ties import EARLIER, ORGANISER
from .totals import TOTAL, counted_sheets
from .votes import counted

PLACES_MAX = 8
T = TypeVar("T", bound=Hashable)


def faults(inputs: Inputs) -> list[str]:
    """Every contradiction; empty when there is none. Sheets and votes of works outside the pool are no fault."""
    return [*_of_rules(inputs), *_of_rows(inputs), *_of_marks(inputs), *_of_tallies(inputs)]


def _of_rules(inputs: Inputs) -> Iterator[str]:
    rules = inputs.rules
    if rules.method not in METHODS:
        yield f"没有“{rules.method}”这种算法，可用：{'、'.join(METHODS)}"
    if rules.k <= 0:
        yield f"k 应大于 0，现为 {rules.k}"
    if not 0 <= rules.places <= PLACES_MAX:
        yield f"小数位数应在 0 到 {PLACES_MAX} 之间，现为 {rules.places}"
    if rules.criteria and not sum(criterion.weight for criterion in rules.criteria if criterion.counts):
        yield "没有一个评审要点计入总分"
    if any(panel.weight < 0 for panel in rules.panels) or not sum(panel.weight for panel in rules.panels):
        yield "评审团的权重合计应大于 0，且都不为负"
    known = {criterion.code for criterion in rules.criteria} | {EARLIER, ORGANISER}
    if rules.criteria and (unknown := [key for key in rules.tie_chain if key not in known]):
        yield f"同分规则里的“{'、'.join(unknown)}”不是评审要点"


def _of_rows(inputs: Inputs) -> Iterator[str]:
    for work in _twice(work.code for work in inputs.works):
        yield f"作品 {work} 出现了两次"
    for panel, work, judge in _twice((sheet.panel, sheet.work, sheet.judge) for sheet in inputs.sheets):
        yield f"评委 {judge} 对作品 {work} 有两份评分（{panel}）"
    panels = {panel.code for panel in inputs.rules.panels}
    for panel in _twice(panel.code for panel in inputs.rules.panels):
        yield f"评审团 {panel} 出现了两次"
    for panel in sorted({sheet.panel for sheet in inputs.sheets} - panels):
        yield f"评分来自本轮没有的评审团“{panel}”"
    for work in _twice(work for order in inputs.decided for work in order):
        yield f"主办单位对作品 {work} 的同分决定不止一处"


def _of_marks(inputs: Inputs) -> Iterator[str]:
    rules = inputs.rules
    needed = [criterion.code for criterion in rules.criteria if criterion.counts] or [TOTAL]
    for sheet in counted_sheets(inputs):
        where = f"评委 {sheet.judge} 对作品 {sheet.work} 的评分"
        if missing := [code for code in needed if code not in sheet.marks]:
            yield f"{where}缺“{'、'.join(missing)}”"
        if rules.criteria:
            for code, mark in sheet.marks.items():
                if not 0 <= mark <= rules.points_max:
                    yield f"{where}“{code}”为 {mark}，应在 0 到 {rules.points_max} 之间"


def _of_tallies(inputs: Inputs) -> Iterator[str]:
    panels = {panel.code for panel in inputs.rules.panels}
    for panel in _twice(tally.panel for tally in inputs.tallies):
        yield f"评审团 {panel} 有两份票数"
    for tally in inputs.tallies:
        if tally.panel not in panels:
            yield f"票数来自本轮没有的评审团“{tally.panel}”"
        found = {work: votes for work, votes in tally.votes.items() if votes}
        if tally.patterns and counted(tally.patterns) != (tally.ballots, dict(sorted(found.items()))):
            yield f"评审团 {tally.panel} 的票数与选票不符"
        for work, votes in tally.votes.items():
            if not 0 <= votes <= tally.ballots:
                yield f"作品 {work} 得 {votes} 票，应在 0 到有效票数 {tally.ballots} 之间"


def _twice(values: Iterable[T]) -> list[T]:
    return [value for value, count in Counter(values).items() if count > 1]
