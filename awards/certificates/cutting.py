"""What the child does that cuts a batch's fonts: it alone reads the large ones, and gives their memory back.

Started by its path (`core.limited`), so it imports nothing of the portal.
"""

import base64
import io
from typing import IO, Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FEATURES = ["vert", "kern", "mark", "mkmk", "ccmp"]


def work(file: IO[bytes], faces: list[list[Any]], cut: bool) -> dict[str, Any]:
    """{"fonts": [base64, …], "missing": code points}. file: the wanted characters in UTF-8. faces: [file, number].

    cut: without it the fonts are only looked into, and none is returned.
    """
    wanted = {ord(character) for character in file.read().decode()}
    drawn: set[int] = set()
    fonts: list[str] = []
    for path, number in faces:
        with TTFont(path, fontNumber=number, lazy=True) as font:
            points = set(font.getBestCmap()) & wanted
            drawn |= points
            if cut:
                cutter = Subsetter(Options(notdef_outline=True, layout_features=FEATURES, hinting=False))
                cutter.populate(unicodes=points)
                cutter.subset(font)
                kept = io.BytesIO()
                font.save(kept)
                fonts.append(base64.b64encode(kept.getvalue()).decode())
    return {"fonts": fonts, "missing": sorted(wanted - drawn)}
