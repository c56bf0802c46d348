"""What must always hold of sealed data; `manage.py invariants` checks it, after a restore above all."""

from collections.abc import Iterator

from .rotation import faults, sealed_models


def invariants() -> Iterator[tuple[str, list[str]]]:
    """The keys fit the data."""
    yield "密封的内容都能打开，盲索引与内容相符", [fault for model in sealed_models() for fault in faults(model)]
