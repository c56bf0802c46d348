"""Run every bench/bench_*.py; print one table and write bench/results.json.

Each file has `def run() -> list[dict]` with rows {name, value, unit, target, ok}; `make bench` gives them an empty,
migrated database. `make bench ARGS=home` runs the files whose name contains "home".
"""

import importlib.util
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

import django

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from bench.peers import beside  # noqa: E402 - found once the folder above is on the path


class Row(TypedDict):
    """One figure: what was measured, and what it should be (in words, such as "≤150")."""

    name: str
    value: float
    unit: str
    target: str
    ok: bool
    note: NotRequired[str]


def load(file: Path) -> Any:
    """The module in a file."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(words: list[str]) -> list[Row]:
    """The rows of every bench file whose name holds one of the words; of all when there are none.

    A file that fails is a row that missed its target, and the others are measured all the same.
    """
    rows: list[Row] = []
    for file in sorted(FOLDER.glob("bench_*.py")):
        if words and not any(word in file.stem for word in words):
            continue
        began = time.perf_counter()
        try:
            rows += cast("list[Row]", load(file).run())
        except Exception:
            traceback.print_exc()
            rows.append(Row(name=file.stem, value=0, unit="rows", target="to run", ok=False))
        print(f"· {file.stem} {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return rows


def table(rows: list[Row]) -> str:
    """The rows as text, one a line."""
    cells = [("", "name", "value", "unit", "target")]
    cells += [("✓" if r["ok"] else "✗", r["name"], f"{r['value']:g}", r["unit"], str(r["target"])) for r in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)


def main(words: list[str]) -> int:
    """Measure, print, write; 1 when a figure misses its target."""
    django.setup()
    rows = measure(words)
    (FOLDER / "results.json").write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    print(table(rows))
    if lines := beside(rows):
        print("\npeer → ours", *lines, sep="\n  ")
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
