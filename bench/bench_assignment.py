"""3,000 works × 125 judges × 5: seconds, peak memory, loads, conflicts, connectivity; and 300 works."""

import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CITIES, TOPICS, EACH = 21, "ABC", 5


def measured(works: int, judges: int) -> dict[str, Any]:
    """One assignment, in this process: {seconds, low, high, conflicts, own_city, outside, parts, problems, mb}."""
    from judging.rules.assignment import Judge, Request, Work, plan

    dice = random.Random(7)
    some = tuple(
        Work(f"w{n:04}", frozenset(dice.sample(TOPICS, 1)), f"city{dice.randrange(CITIES)}") for n in range(works)
    )
    panel = tuple(
        Judge(f"j{n:03}", frozenset(dice.sample(TOPICS, dice.randint(1, 3))), f"city{dice.randrange(CITIES)}")
        for n in range(judges)
    )
    barred = {(work.code, judge.code): "同单位" for work in some for judge in panel if dice.random() < 0.02}
    began = time.perf_counter()
    found = plan(Request(some, panel, EACH, barred, seed=2025))
    spent = time.perf_counter() - began
    again = plan(Request(some, panel, EACH, barred, seed=2025)) if works < 1000 else found
    loads = [load.works for load in found.loads]
    return {
        "seconds": round(spent, 2),
        "low": min(loads),
        "high": max(loads),
        "conflicts": len(set(found.pairs) & set(barred)),
        "own_city": sum(load.same_city for load in found.loads),
        "outside": sum(load.outside for load in found.loads),
        "parts": found.parts,
        "pairs": len(found.pairs),
        "same": again.pairs == found.pairs,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def apart(works: int, judges: int) -> dict[str, Any]:
    """The same in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, str(Path(__file__).resolve()), str(works), str(judges)]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run() -> list[dict[str, Any]]:
    """Rows of both sizes."""
    many, few = apart(3000, 125), apart(300, 30)
    rows = [
        ("3,000 works × 125 judges × 5", many["seconds"], "s", "≤20", many["seconds"] <= 20),
        ("its peak memory", round(many["mb"]), "MB", "≤2048", many["mb"] <= 2048),
        ("its lowest load", many["low"], "works", "≥119", many["low"] >= 119),
        ("its highest load", many["high"], "works", "≤121", many["high"] <= 121),
        ("its conflicts", many["conflicts"], "pairs", "0", not many["conflicts"]),
        ("its pairs of one city", many["own_city"], "pairs", "0", not many["own_city"]),
        ("its pairs outside expertise", many["outside"], "pairs", "–", True),
        ("its connected parts", many["parts"], "parts", "1", many["parts"] == 1),
        ("its pairs", many["pairs"], "pairs", "15000", many["pairs"] == 15_000),
        ("300 works × 30 judges × 5", few["seconds"], "s", "≤1", few["seconds"] <= 1),
        ("the same plan again", int(few["same"]), "yes", "1", few["same"]),
    ]
    return [{"name": n, "value": v, "unit": u, "target": t, "ok": ok} for n, v, u, t, ok in rows]


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]))))
