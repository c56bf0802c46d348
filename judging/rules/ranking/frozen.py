"""Inputs and results as canonical text, so that a snapshot has one hash and a stranger can read it back."""

from typing import Any

from .facts import Inputs, Ranking


def text_of(inputs: Inputs) -> str:
    """Canonical JSON: sorted keys and lists, numbers as strings, times in UTC; the same for every order of rows."""
    raise NotImplementedError


def inputs_from(text: str) -> Inputs:
    """The inverse of `text_of`."""
    raise NotImplementedError


def digest_of(inputs: Inputs) -> str:
    """SHA-256 of the canonical text, 64 hex digits."""
    raise NotImplementedError


def result_of(ranking: Ranking) -> dict[str, Any]:
    """The ranking as plain data for JSON: {method, ranking: [{work, score, rank, …}], ties, notes, weights, severities}."""
    raise NotImplementedError
