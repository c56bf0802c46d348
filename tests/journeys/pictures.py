"""The pictures of the READMEs and guides, taken by the journeys that walk through what they show.

A document shows a step of a journey by its name: `docs/images/clerk-5-wrong-name.png` is what `test_clerk` sees at
`at("5-wrong-name")`, on a desk; with `-375` behind it, on a phone. With PORTAL_PICTURES=1 the journeys write them anew.
"""

import io
import os
import re
from functools import cache
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
SHOWN = re.compile(r"images/([\w-]+)\.png\)")
COLOURS = (256, 64, 16)  # the first with which a picture is small enough
MOST_BYTES = 150_000
MOST = 900  # CSS px; a page that is longer is shown by its top
LEAST = 420


@cache
def shown() -> frozenset[str]:
    """The names of the pictures that documents show."""
    documents = [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]
    return frozenset(name for one in documents for name in SHOWN.findall(one.read_text(encoding="utf-8")))


def keep(page: Page, name: str, near: str = "") -> None:
    """Write docs/images/<name>.png if it is asked for and a document shows it; the window is as it was afterwards.

    near: a selector of what has to be seen on a page longer than the picture.
    """
    if os.environ.get("PORTAL_PICTURES") != "1" or name not in shown() or not (window := page.viewport_size):
        return
    height = int(page.evaluate("Math.ceil(document.body.getBoundingClientRect().bottom + scrollY)"))
    page.evaluate("document.fonts.ready")
    page.set_viewport_size({"width": window["width"], "height": min(max(height, LEAST), MOST)})
    page.evaluate("scrollTo(0, 0)")
    if near:
        page.locator(near).first.evaluate("one => one.scrollIntoView({block: 'center'})")
    IMAGES.mkdir(exist_ok=True)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    for colours in COLOURS:
        picture.quantize(colours, kmeans=2, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
        if (IMAGES / f"{name}.png").stat().st_size <= MOST_BYTES:
            break
    page.set_viewport_size(window)
