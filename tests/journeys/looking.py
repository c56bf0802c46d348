"""Looking at a page as axe, the console and a ruler see it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

RUN = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], iframes: false})"
ENGLISH = """[...document.querySelectorAll('[aria-label]')].map(one => one.getAttribute('aria-label'))
  .filter(said => /[A-Za-z]{3}/.test(said) && !/[\\u4e00-\\u9fff]/.test(said))"""  # words that scripts add, too
AXE = (Path(__file__).parents[1] / "vendor/axe.min.js").read_text(encoding="utf-8")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDTHS = (1200, 375)


@dataclass(frozen=True)
class Measure:
    """Which rules of axe count."""

    tags: tuple[str, ...]
    excused: frozenset[str] = frozenset()


PORTAL = Measure((*WCAG, "best-practice"))
ADMIN = Measure(WCAG, frozenset({"list", "target-size"}))  # what unfold's own markup is found with, and may be


def faults(page: Page, url: str, measure: Measure = PORTAL) -> list[str]:
    """What is wrong with a page on a desk and on a phone: axe's findings, script errors, what the CSP refused."""
    found: list[str] = []

    def said(error: object) -> None:
        found.append(f"script: {error}")

    def told(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text:  # the page of a 404 is meant to be one
            found.append(f"console: {message.text}")

    page.on("pageerror", said)
    page.on("console", told)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(url)
    found += look(page, measure)
    page.remove_listener("pageerror", said)
    page.remove_listener("console", told)
    return found


def look(page: Page, measure: Measure = PORTAL) -> list[str]:
    """axe's findings (width, rule, first element) at both widths, English labels, and whether it scrolls sideways."""
    page.wait_for_load_state()  # of half a page axe says that its main part is missing
    page.evaluate(AXE)  # runs outside the page's Content-Security-Policy
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        seen: dict[str, Any] = page.evaluate(RUN, [*measure.tags])
        violations = [v for v in seen["violations"] if v["id"] not in measure.excused]
        found += [f"{width}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in violations]
        found += [f"{width}: says in English: {said}" for said in page.evaluate(ENGLISH)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{width}: scrolls sideways")
    return found
