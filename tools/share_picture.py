"""Draws static/icons/share.png, what stands beside a shared link: the colours are those of static/css/tokens.css.

Run `.venv/bin/python -m tools.share_picture` after a change of the tokens; it needs Noto Sans CJK SC (fontconfig).
"""

import re
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
TOKENS = ROOT / "static" / "css" / "tokens.css"
PICTURE = ROOT / "static" / "icons" / "share.png"
SIZE = (1200, 630)  # what messengers and search engines cut least
DRAWN = 2  # drawn this much larger, then made smaller, for smooth lines


def tokens() -> dict[str, str]:
    """Name → colour."""
    return dict(re.findall(r"--([\w-]+):(#[0-9a-fA-F]{3,6})[;}]", TOKENS.read_text(encoding="utf-8")))


def draw() -> Image.Image:
    """Navy, three orbits with their planets, the portal's name."""
    colours = tokens()
    wide, high = (DRAWN * side for side in SIZE)
    picture = Image.new("RGB", (wide, high), colours["navy"])
    pen = ImageDraw.Draw(picture)
    x, y = int(wide * 0.85), int(high * 0.5)
    for radius, colour in ((120, "art-3"), (200, "art-2"), (290, "art-1")):
        r = radius * DRAWN
        pen.ellipse((x - r, y - r, x + r, y + r), outline=colours[colour], width=3 * DRAWN)
    for dx, dy, radius, colour in (
        (-85, 85, 20, "art-gold"),
        (100, -173, 15, "art-red"),
        (-251, -145, 12, "art-white"),
    ):
        cx, cy, r = x + dx * DRAWN, y + dy * DRAWN, radius * DRAWN
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colours[colour])
    left = 90 * DRAWN
    pen.text((left, 190 * DRAWN), "AI科普+ 大赛", font=font("bold", 104), fill=colours["on-navy"])
    pen.rectangle((left, 366 * DRAWN, left + 96 * DRAWN, 374 * DRAWN), fill=colours["gold"])
    said = "报名 · 培训 · 积分 · 评审 · 公示"
    pen.text((left, 410 * DRAWN), said, font=font("regular", 36), fill=colours["on-navy-2"])
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """The first installed font with simplified Chinese."""
    asked = ["fc-match", "--format=%{file}|%{index}", f"Noto Sans CJK SC:{weight}"]
    file, _, index = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.partition("|")
    return ImageFont.truetype(file, size * DRAWN, index=int(index))


if __name__ == "__main__":
    draw().convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(PICTURE, optimize=True)
