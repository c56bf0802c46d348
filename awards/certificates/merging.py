"""The file for the printer's: every certificate of a list in order, many a document, so that fonts are there once."""

import io
from collections.abc import Iterable
from typing import BinaryIO

import pikepdf


def merged(parts: Iterable[bytes], into: BinaryIO) -> int:
    """The pages of all parts, in order; how many."""
    with pikepdf.Pdf.new() as whole:
        for data in parts:
            with pikepdf.Pdf.open(io.BytesIO(data)) as part:
                whole.pages.extend(part.pages)
        count = len(whole.pages)
        whole.save(into, deterministic_id=True)
    return count
