"""Inputs and results as canonical text, so that a snapshot has one hash and a stranger can read it back."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .facts import Criterion, Inputs, Panel, Pattern, Ranking, Rules, Sheet, Tally, Work
from .numbers import plain

VERSION = 1  # of the text's shape


def text_of(inputs: Inputs) -> str:
    """Canonical JSON: sorted, numbers as strings, times in UTC; the same for every order of rows."""
    return json.dumps(data_of(inputs), ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def digest_of(inputs: Inputs) -> str:
    """SHA-256 of the canonical text, 64 hex digits."""
    return hashlib.sha256(text_of(inputs).encode()).hexdigest()


def data_of(inputs: Inputs) -> dict[str, Any]:
    """What `text_of` writes."""
    sheets = sorted(inputs.sheets, key=lambda sheet: (sheet.panel, sheet.work, sheet.judge))
    return {
        "version": VERSION,
        "rules": rules_data(inputs.rules),
        "works": [
            {"code": work.code, "submitted": work.submitted.astimezone(UTC).isoformat() if work.submitted else None}
            for work in sorted(inputs.works, key=lambda work: work.code)
        ],
        "sheets": [
            {
                "panel": sheet.panel,
                "work": sheet.work,
                "judge": sheet.judge,
                "marks": {code: plain(mark) for code, mark in sheet.marks.items()},
                "abstained": sheet.abstained,
                "order": sheet.order,
            }
            for sheet in sheets
        ],
        "tallies": [tally_data(tally) for tally in sorted(inputs.tallies, key=lambda tally: tally.panel)],
        "decided": sorted(list(order) for order in inputs.decided),
    }


def tally_data(tally: Tally) -> dict[str, Any]:
    """The votes as plain data, with the ballots that they follow from where they are kept."""
    found = {"panel": tally.panel, "ballots": tally.ballots, "votes": {w: v for w, v in tally.votes.items() if v}}
    patterns = sorted(tally.patterns, key=lambda one: (one.standing, one.choices))
    kept = [{"choices": list(p.choices), "standing": p.standing, "ballots": p.ballots} for p in patterns]
    return found | ({"patterns": kept} if kept else {})


def tally_from(data: Mapping[str, Any]) -> Tally:
    """The inverse of `tally_data`."""
    patterns = (Pattern(tuple(p["choices"]), p["standing"], p["ballots"]) for p in data.get("patterns", ()))
    return Tally(data["panel"], data["ballots"], data["votes"], tuple(patterns))


def rules_data(rules: Rules) -> dict[str, Any]:
    """The rules as plain data."""
    return {
        "method": rules.method,
        "criteria": [
            {"code": c.code, "name": c.name, "weight": str(c.weight), "counts": c.counts} for c in rules.criteria
        ],
        "panels": [
            {"code": p.code, "name": p.name, "kind": p.kind, "weight": str(p.weight), "ballots_min": p.ballots_min}
            for p in rules.panels
        ],
        "points_max": rules.points_max,
        "k": plain(rules.k),
        "places": rules.places,
        "normalise_panels": rules.normalise_panels,
        "tie_chain": list(rules.tie_chain),
    }


def inputs_from(text: str) -> Inputs:
    """The inverse of `text_of`. Raises ValueError, KeyError or TypeError for anything else."""
    data = json.loads(text)
    if data["version"] != VERSION:
        raise ValueError(f"version {data['version']} is not {VERSION}")
    return Inputs(
        rules_from(data["rules"]),
        tuple(Work(w["code"], _time(w["submitted"])) for w in data["works"]),
        tuple(
            Sheet(s["work"], s["judge"], _decimals(s["marks"]), s["panel"], s["abstained"], s["order"])
            for s in data["sheets"]
        ),
        tuple(tally_from(tally) for tally in data["tallies"]),
        tuple(tuple(order) for order in data["decided"]),
    )


def rules_from(data: Mapping[str, Any]) -> Rules:
    """The inverse of `rules_data`."""
    criteria = (Criterion(c["code"], c["name"], Fraction(c["weight"]), c["counts"]) for c in data["criteria"])
    panels = (Panel(p["code"], p["name"], p["kind"], Fraction(p["weight"]), p["ballots_min"]) for p in data["panels"])
    return Rules(
        data["method"],
        tuple(criteria),
        tuple(panels),
        data["points_max"],
        Decimal(data["k"]),
        data["places"],
        data["normalise_panels"],
        tuple(data["tie_chain"]),
    )


def result_of(ranking: Ranking) -> dict[str, Any]:
    """The ranking as plain data: {method, ranking: [{work, score, rank, …}], ties, notes, …}; scores as text."""
    return {
        "method": ranking.method,
        "ranking": [
            {
                "work": row.work,
                "rank": row.rank,
                "score": None if row.score is None else str(row.score),
                "shared": row.shared,
                "panels": {panel: str(score) for panel, score in row.panels.items()},
                "why": row.why,
            }
            for row in ranking.rows
        ],
        "ties": [
            {
                "rank": tie.rank,
                "score": str(tie.score),
                "works": list(tie.works),
                "settled": tie.settled,
                "waits": tie.waits,
                "steps": [
                    {"key": step.key, "values": dict(step.values), "groups": [list(group) for group in step.groups]}
                    for step in tie.steps
                ],
            }
            for tie in ranking.ties
        ],
        "notes": [
            {"code": note.code, "message": note.message, "works": list(note.works), "judges": list(note.judges)}
            for note in ranking.notes
        ],
        "weights": {panel: str(weight) for panel, weight in ranking.weights.items()},
        "severities": {
            panel: {judge: str(value) for judge, value in values.items()}
            for panel, values in ranking.severities.items()
        },
    }


def _decimals(values: Mapping[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(value) for code, value in values.items()}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
