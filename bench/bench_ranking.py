"""Does a method find the true best? Simulated judges of two designs, twenty seeds each; and how long it takes.

One panel: 400 works, 30 judges, 5 each; deviations: works 8, severities 8, noise 4; the true top 65.
Two panels: the same, but 15 judges see the better 200 works and 15 the others, one deviation lower; 5 % of the works
are seen by judges of both; the true top 20. Here 标准分 takes the better works for lenient judges.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from judging.rules.conflicts import EntryFacts, JudgeFacts, Organisation, Person, Register, all_conflicts
from judging.rules.ranking import METHODS, Criterion, Inputs, Rules, Score, Sheet, Work, aggregate, rank, text_of

SEEDS, SIGMA = 20, 8.0
WORKS, JUDGES, EACH = 3000, 125, 5
Design = tuple[dict[str, float], list[Score]]


def scored(work: str, judge: int, value: float) -> Score:
    """One score, with the two places a judge's total has."""
    return Score(work, f"j{judge:03}", Decimal(f"{value:.2f}"))


def one_panel(dice: random.Random) -> Design:
    """Everybody may judge everything."""
    truth = {f"w{n:03}": dice.gauss(75, SIGMA) for n in range(400)}
    severity = [dice.gauss(0, SIGMA) for _ in range(30)]
    return truth, [
        scored(work, judge, value + severity[judge] + dice.gauss(0, 4))
        for work, value in truth.items()
        for judge in dice.sample(range(30), 5)
    ]


def two_panels(dice: random.Random) -> Design:
    """The first panel sees the better works."""
    truth = {f"w{n:03}": dice.gauss(75 + SIGMA * (n < 200), SIGMA) for n in range(400)}
    severity = [dice.gauss(0, SIGMA) for _ in range(30)]
    shared = set(dice.sample(sorted(truth), 20))
    first, second = range(15), range(15, 30)
    scores = []
    for number, (work, value) in enumerate(truth.items()):
        own, other = (first, second) if number < 200 else (second, first)
        judges = dice.sample(own, 3) + dice.sample(other, 2) if work in shared else dice.sample(own, 5)
        scores += [scored(work, judge, value + severity[judge] + dice.gauss(0, SIGMA / 2)) for judge in judges]
    return truth, scores


def recall(found: Mapping[str, Decimal], truth: Mapping[str, float], top: int) -> float:
    """The share of the true top that stands among the found top."""
    best = {work for work, _ in sorted(truth.items(), key=lambda pair: -pair[1])[:top]}
    chosen = {work for work, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:top]}
    return len(best & chosen) / top


def recalls(design: Callable[[random.Random], Design], top: int) -> dict[str, float]:
    """Method → mean recall over the seeds."""
    found: dict[str, list[float]] = {method: [] for method in METHODS}
    for seed in range(SEEDS):
        truth, scores = design(random.Random(seed))
        for method in METHODS:
            found[method].append(recall(aggregate(scores, method).scores, truth, top))
    return {method: statistics.mean(values) for method, values in found.items()}


def fifteen_thousand() -> Inputs:
    """3,000 works, five sheets each with six marks, of 125 judges."""
    dice = random.Random(1)
    codes = ("science", "ai_skill", "audience", "response", "originality", "lawful")
    criteria = tuple(Criterion(code, code, Fraction(50, 3)) for code in codes)
    works = tuple(Work(f"w{n:04}") for n in range(WORKS))
    sheets = (
        Sheet(work.code, f"j{judge:03}", {code: Decimal(dice.randint(50, 100)) for code in codes})
        for work in works
        for judge in dice.sample(range(JUDGES), EACH)
    )
    return Inputs(Rules("severity_adjusted", criteria, tie_chain=("science", "originality")), works, tuple(sheets))


def seconds(work: Callable[[], Any]) -> float:
    """The median of three runs, in CPU seconds: one thread that waits for nothing, whatever else the machine does."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def conflicts() -> int:
    """125 judges × 3,000 works of 400 organisations; returns how many conflicts there are."""
    register = Register(Organisation(f"u{n}", frozenset({f"第{n}中学", f"第{n}学校"})) for n in range(400))
    judges = [JudgeFacts(f"j{n}", Person(f"评委{n}", f"p{n}"), frozenset({f"第{n}中学"})) for n in range(JUDGES)]
    entries = [
        EntryFacts(f"w{n}", frozenset({f"第{n % 400}中学"}), members=(Person(f"成员{n}", f"q{n}"),))
        for n in range(WORKS)
    ]
    return len(all_conflicts(judges, entries, register))


def figure(name: str, value: float, unit: str, limit: float, *, least: bool = False) -> dict[str, Any]:
    """A row with its target."""
    ok = value >= limit if least else value <= limit
    return {"name": name, "value": round(value, 3), "unit": unit, "target": f"{'≥' if least else '≤'}{limit}", "ok": ok}


def run() -> list[dict[str, Any]]:
    """Rows: recall of every method for both designs; seconds for 15,000 scores."""
    rows: list[dict[str, Any]] = []
    # What is only shown for comparison has no target of its own.
    targets = {("one panel", "severity_adjusted"): 0.84, ("two panels", "severity_adjusted"): 0.78}
    for name, design, top in (("one panel", one_panel, 65), ("two panels", two_panels, 20)):
        for method, found in recalls(design, top).items():
            least = targets.get((name, method), 0)
            rows.append(figure(f"recall of the top {top}, {name}: {method}", found, "share", least, least=True))
    given = fifteen_thousand()
    scores = [Score(s.work, s.judge, Decimal(sum(s.marks.values())) / 6) for s in given.sheets]
    scores = [Score(s.work, s.judge, s.score.quantize(Decimal("0.0001"))) for s in scores]
    rows += [figure(f"15,000 scores: {m}", seconds(partial(aggregate, scores, m)), "s", 1) for m in METHODS]
    rows.append(figure("15,000 sheets: totals, severity_adjusted, ties, ranks", seconds(lambda: rank(given)), "s", 2))
    rows.append(figure("15,000 sheets: canonical text", seconds(lambda: text_of(given)), "s", 3))
    rows.append(figure("conflicts of 125 judges × 3,000 works", seconds(conflicts), "s", 1))
    return rows
