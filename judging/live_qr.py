"""A QR code as the one path of an SVG, so that the page's own colours draw it."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import segno

BORDER = 2  # modules


@dataclass(frozen=True)
class Code:
    """A square of `size` modules; `path` draws the dark ones, a line of width 1 each."""

    size: int
    path: str


@lru_cache(maxsize=512)
def code_of(link: str) -> Code:
    """The code that leads to a link."""
    rows = [bytes(row) for row in segno.make_qr(link, error="m").matrix]
    parts = []
    for y, row in enumerate(rows):
        x = BORDER
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                parts.append(f"M{x} {y + BORDER}.5h{length}")
            x += length
    return Code(len(rows) + 2 * BORDER, "".join(parts))
