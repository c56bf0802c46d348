"""Prizes from 10,000 ranked works, with ties and works left out (issue 8: ≤1 s)."""

import random
import time
from typing import Any

from awards.rules.allocation import Level, Ranked, Rulings, allocate

WORKS = 10_000


def run() -> list[dict[str, Any]]:
    """One list over two rankings of all works; and the same with every level a hundred times as large."""
    dice = random.Random(20250922)
    ranked = [
        Ranked(
            f"work-{n}", f"entry-{n % 9000}", max(1, n - (n % 7 == 0)), "得分 80.0000", "退出" if n % 50 == 0 else ""
        )
        for n in range(1, WORKS + 1)
    ]
    dice.shuffle(ranked)
    return [_timed(1, ranked), _timed(100, ranked)]


def _timed(times: int, ranked: list[Ranked]) -> dict[str, Any]:
    counts = {"first": 5, "second": 10, "third": 20, "excellent": 30}
    levels = [
        Level(code, code, count * times, "review" if code == "excellent" else "final") for code, count in counts.items()
    ]
    left_out = {f"work-{n}": "不授奖" for n in range(1, 60)}
    began = time.process_time()
    found = allocate(levels, {"final": ranked, "review": ranked}, Rulings(left_out=left_out))
    took = time.process_time() - began
    name = f"{WORKS} 件排名分出 {sum(counts.values()) * times} 个奖（{len(found.ties)} 处并列待定）"
    return {"name": name, "value": round(took, 3), "unit": "s CPU", "target": "≤1", "ok": took <= 1}
