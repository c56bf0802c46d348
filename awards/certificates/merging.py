"""The file for the printer's: every certificate of a list in order, many a document, so that fonts are there once."""

import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import BinaryIO

import pikepdf

from .rendering import CertificatePress, Sheet

SHEETS = 100  # pages that are laid out at once


def merged(press: CertificatePress, sheets: Iterable[tuple[Sheet, int]], into: BinaryIO) -> int:
    """A page a sheet; how many. sheets: each with the size of letters that `CertificatePress.printed` found."""
    with pikepdf.Pdf.new() as whole:
        for some in _by(SHEETS, sheets):
            with pikepdf.Pdf.open(io.BytesIO(press.many(some))) as part:
                whole.pages.extend(part.pages)
        count = len(whole.pages)
        whole.save(into, deterministic_id=True)
    return count


def _by(size: int, sheets: Iterable[tuple[Sheet, int]]) -> Iterable[Sequence[tuple[Sheet, int]]]:
    waiting = iter(sheets)
    while some := list(islice(waiting, size)):
        yield some
