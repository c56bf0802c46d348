"""Claim codes on slips of paper: eight to an A4 page, cut and handed to the participants."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno
from django.template.loader import render_to_string

from core.printing.glyphs import missing_glyphs
from core.printing.pdf import pdf_of
from core.problems import Problem, refuse_if

_CSS = Path(__file__).with_name("codes.css")


@dataclass(frozen=True)
class Slip:
    """One participant's slip."""

    name: str
    team: str
    code: str  # XXXX-XXXX
    link: str
    closes: datetime | None  # exclusive

    @property
    def qr(self) -> bytes:
        """The link as a QR code, SVG in millimetres."""
        drawn = io.BytesIO()
        segno.make_qr(self.link, error="m").save(drawn, kind="svg", border=2, scale=0.7, unit="mm", svgversion=1.1)
        return drawn.getvalue()


def slips_pdf(unit: str, contest: str, slips: Sequence[Slip]) -> bytes:
    """All slips as one PDF. Raises Refused (`print.glyph`) rather than print a name with a blank in it."""
    refuse_if(
        Problem("print.glyph", f"{slip.name}：名字里的“{character}”字体里没有，请把认领码抄写给本人")
        for slip in slips
        for character in missing_glyphs(slip.name + slip.team)
    )
    html = render_to_string("registrations/print/codes.html", {"unit": unit, "contest": contest, "slips": slips})
    assets = {f"asset:qr-{number}": ("image/svg+xml", slip.qr) for number, slip in enumerate(slips)}
    return pdf_of(html, _CSS.read_text(encoding="utf-8"), assets)
