"""Run every bench/bench_*.py; print one table and write bench/results.json.

Each file has `def run() -> list[dict]` with rows {name, value, unit, target, ok}; `make bench` gives each a process and
an empty, migrated database. `make bench ARGS=home` runs the files whose name contains "home".
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


def measure(file: Path) -> list[Row]:
    """Its rows; a file that fails is one that missed its target, and the others are measured all the same."""
    began = time.perf_counter()
    try:
        rows = cast("list[Row]", load(file).run())
    except Exception:
        traceback.print_exc()
        rows = [failed(file.stem)]
    print(f"· {file.stem} {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return rows


def failed(name: str) -> Row:
    """Of a file that gave none."""
    return Row(name=name, value=0, unit="rows", target="to run", ok=False)


def table(rows: list[Row]) -> str:
    """The rows as text, one a line."""
    cells = [("", "name", "value", "unit", "target")]
    cells += [("✓" if r["ok"] else "✗", r["name"], f"{r['value']:g}", r["unit"], str(r["target"])) for r in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)


def tell(folder: Path, names: list[str]) -> int:
    """Print what the files gave, and write it; 1 when a figure misses its target."""
    rows: list[Row] = []
    for name in names:
        kept = folder / f"{name}.json"
        rows += json.loads(kept.read_text()) if kept.exists() else [failed(name)]
    (FOLDER / "results.json").write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    print(table(rows))
    if lines := beside(rows):
        print("\npeer → ours", *lines, sep="\n  ")
    return 0 if all(row["ok"] for row in rows) else 1


def main(deed: str, *words: str) -> int:
    """`measure FILE INTO`, in a process of its own; `tell FOLDER FILE…` at the end."""
    if deed == "tell":
        return tell(Path(words[0]), list(words[1:]))
    django.setup()
    name, into = words
    Path(into).write_text(json.dumps(measure(FOLDER / f"{name}.py"), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
