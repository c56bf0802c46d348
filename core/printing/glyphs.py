"""Which characters the installed fonts can draw. A name must never be printed with a blank in it."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache

from fontTools.ttLib import TTFont

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "LXGW WenKai")  # what our style sheets name


def missing_glyphs(text: str) -> list[str]:
    """The characters of a text that no font of ours can draw, each once, in order."""
    rare = [c for c in dict.fromkeys(text) if not c.isspace() and not _is_common(c)]
    return [c for c in rare if ord(c) not in _covered()]


def _is_common(character: str) -> bool:
    """In GB 2312, which every Chinese font holds; spares most processes the reading of fonts."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _covered() -> frozenset[int]:
    """Every code point of the fonts that are installed; read once a process, in 1.5 s."""
    return frozenset(point for family in FAMILIES for point in _points(family))


def _points(family: str) -> Iterator[int]:
    """The code points of one family; none when it is not installed."""
    if where := font_file(family):
        with TTFont(where[0], fontNumber=where[1], lazy=True) as font:
            yield from font.getBestCmap()


def font_file(pattern: str) -> tuple[str, int] | None:
    """File of a family, `Family` or `Family:bold`, and its place in it, -1 for a file of one font.

    None when it is not installed, since fontconfig then names another.
    """
    if not (finder := shutil.which("fc-match")):
        return None
    asked = [finder, "--format", "%{file}\n%{index}\n%{family}", pattern]
    file, index, families = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\n", 2)
    if pattern.partition(":")[0] not in families.split(","):
        return None
    return file, int(index) if file.endswith(".ttc") else -1
