"""The batch font: the glyphs that a whole batch needs, cut out of the large fonts once (libraries.md)."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.limited.running import MB, Limits, Stopped, run
from core.printing.glyphs import font_file
from core.problems import Problem, Refused, refuse_if

from ..rules.certifying import NAMED

BODY, TITLE = "LXGW WenKai", "Noto Serif CJK SC:bold"  # ux.md; whoever the first lacks is drawn by the second
NAMES = ("asset:body", "asset:title")
TYPE = "font/otf"
_ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "·“”‘’（）《》、，。：；？！—…〇一二三四五六七八九十年月日"
_drawn: set[str] = set()  # characters that a check found in the fonts
_CHILD = Path(__file__).with_name("cutting.py")
_LIMITS = Limits(cpu=120, wall=300, memory=2048 * MB, output=96 * MB)


def batch_fonts(texts: Iterable[str]) -> Mapping[str, tuple[str, bytes]]:
    """`asset:body`, `asset:title`: fonts with every character of these texts that they hold, for a `Press`.

    Raises Refused: `certificate.glyph`, one for each character that neither font can draw, so that none is printed as
    a blank; `certificate.fonts` where a font is not installed.
    """
    done = _cut(texts, cut=True)
    refuse_if(_named(done["missing"]))
    return {name: (TYPE, base64.b64decode(font)) for name, font in zip(NAMES, done["fonts"], strict=True)}


def check_glyphs(texts: Iterable[str], whose: Iterable[tuple[str, str]] = ()) -> list[Problem]:
    """The characters that neither font can draw. Raises Refused (`certificate.fonts`).

    whose: recipients with their texts, to say with whom a character stands.
    What was found drawn is not looked up again in this process: a list is checked when it is tried, planned, started.
    """
    held = list(whose)
    fresh = _wanted([*texts, *(text for _, text in held)]) - _drawn
    if not fresh:
        return []
    missing = _cut(fresh, cut=False)["missing"]
    _drawn.update(fresh - {chr(point) for point in missing})
    return _named(missing, held)


def _named(points: Iterable[int], whose: Sequence[tuple[str, str]] = ()) -> list[Problem]:
    problems = []
    for point in points:
        names = [name for name, text in whose if chr(point) in text]
        more = f"等 {len(names)} 位" if len(names) > NAMED else ""
        whom = f"{'、'.join(names[:NAMED])}{more}：" if names else ""
        said = f"{whom}字库里没有“{chr(point)}”（U+{point:04X}）这个字，印出来会是空白"
        problems.append(Problem("certificate.glyph", f"{said}。请改用规范字，或请技术人员补装字体后再制作"))
    return problems


def _wanted(texts: Iterable[str]) -> set[str]:
    return {character for text in texts for character in text if not character.isspace()} | set(_ALWAYS)


def _cut(texts: Iterable[str], *, cut: bool) -> dict[str, Any]:
    wanted = _wanted(texts)
    faces = []
    for family in (BODY, TITLE):
        if (where := font_file(family)) is None:
            raise Refused(Problem("certificate.fonts", f"服务器上没有安装字体 {family}，请联系技术人员"))
        faces.append(where)
    try:
        return run(_CHILD, "".join(sorted(wanted)).encode(), _LIMITS, faces, cut)
    except Stopped as stopped:
        said = "字库没有裁成，可能是服务器内存不够。请稍后再试，仍不行请联系技术人员"
        raise Refused(Problem("certificate.fonts", said)) from stopped
