"""The batch font: the glyphs that a whole batch needs, cut out of the large fonts once (libraries.md)."""

import io
from collections.abc import Iterable, Mapping

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from core.printing.glyphs import font_file
from core.problems import Problem, Refused, refuse_if

BODY, TITLE = "LXGW WenKai", "Noto Serif CJK SC:bold"  # ux.md; whoever the first lacks is drawn by the second
_ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "·“”‘’（）《》、，。：；？！—…〇一二三四五六七八九十年月日"


def batch_fonts(texts: Iterable[str]) -> Mapping[str, tuple[str, bytes]]:
    """`asset:body`, `asset:title`: fonts with every character of these texts that they hold, for a `Press`.

    Raises Refused: `certificate.glyph`, one for each character that neither font can draw, so that none is printed as
    a blank; `certificate.fonts` where a font is not installed.
    """
    wanted = {character for text in texts for character in text if not character.isspace()} | set(_ALWAYS)
    found, drawn = {}, set[int]()
    for name, family in (("asset:body", BODY), ("asset:title", TITLE)):
        data, points = _cut(family, wanted)
        found[name] = ("font/otf", data)
        drawn |= points
    said = "字库里没有“%s”（U+%04X）这个字，印出来会是空白。请改用规范字，或请技术人员补装字体后再制作"
    missing = sorted(character for character in wanted if ord(character) not in drawn)
    refuse_if(Problem("certificate.glyph", said % (one, ord(one))) for one in missing)
    return found


def _cut(family: str, wanted: set[str]) -> tuple[bytes, set[int]]:
    """A font with those of the wanted characters that it has, and their code points."""
    if (where := font_file(family)) is None:
        raise Refused(Problem("certificate.fonts", f"服务器上没有安装字体 {family}，请联系技术人员"))
    file, index = where
    options = Options(notdef_outline=True, layout_features=["vert", "kern", "mark", "mkmk", "ccmp"], hinting=False)
    with TTFont(file, fontNumber=index, lazy=True) as font:
        points = set(font.getBestCmap()) & {ord(character) for character in wanted}
        cutter = Subsetter(options)
        cutter.populate(unicodes=points)
        cutter.subset(font)
        kept = io.BytesIO()
        font.save(kept)
    return kept.getvalue(), points
