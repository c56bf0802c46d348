"""The nearest peer's figures (pretalx 2025.2.2, two cores, the same size), and which of our rows stands against each.

`make bench` prints them side by side below its table; a row that was not measured is left out, one
that misses its target carries a ✗.
"""

from collections.abc import Iterable, Mapping
from typing import Any

# What → (the peer's figure, our rows by name and unit).
PEERS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "landing page": ("76 ms, 8 SQL", (("home page in the server, median", "ms"), ("home page gzipped", "KB"))),
    "staff list, 50 rows": (
        "1,261 ms, 127 SQL",
        (("contact's list, 50 of 6,000", "ms"), ("contact's list, 50 of 6,000", "queries")),
    ),
    "review dashboard, 50 rows": (
        "1,416 ms, 150 SQL",
        (
            ("review dashboard, 50 judges", "ms"),
            ("review dashboard, 50 judges", "queries"),
            ("works under review, 50 of 1,800", "ms"),
            ("works under review, 50 of 1,800", "queries"),
        ),
    ),
    "reviewer's own list, 180 assigned": (
        "3,044 ms, 412 SQL",
        (("judge's list, 180 assigned", "ms"), ("judge's list, 180 assigned", "queries")),
    ),
    "scoring page": (
        "209 ms, 72 SQL",
        (("scoring page, 180 assigned", "ms"), ("scoring page, 180 assigned", "queries")),
    ),
    "score save": ("140 ms, 29 SQL", (("score save (service)", "ms"), ("score save (service)", "queries"))),
    "export of all": (
        "32,400 ms, 24,535 SQL",
        (("all 9,000 scores exported", "ms"), ("all 9,000 scores exported", "queries")),
    ),
    "9,000 assignments written": (
        "1,624 ms, 3,056 SQL",
        (("9,000 assignments written", "ms"), ("9,000 assignments written", "queries")),
    ),
    "register + submit, one client": (
        "1,656 ms, 165 SQL",
        (("sign-up to entered, alone", "ms"), ("sign-up to entered, alone", "queries")),
    ),
    "the same, 32 clients": ("61 flows a minute", (("sign-up to entered, 32 clients", "flows a minute"),)),
    "memory of both workers afterwards": (
        "1.6 GB",
        (("memory of the web workers (PSS)", "MB"), ("memory of the web workers after every page (PSS)", "MB")),
    ),
}


def beside(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line a comparison; empty when nothing comparable was measured."""
    measured = [
        (row["name"], row["unit"], f"{row['value']:g} {row['unit']}{'' if row.get('ok', True) else ' ✗'}")
        for row in rows
    ]
    lines = []
    for what, (theirs, ours) in PEERS.items():
        found = [said for name, unit in ours for one, its, said in measured if one.startswith(name) and its == unit]
        if found:
            lines.append(f"{what}: {theirs} → {', '.join(found)}")
    return lines
