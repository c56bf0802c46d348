"""附件2 as a PDF: A4 landscape, tagged, its QR code on every page."""

from pathlib import Path

from django.template.loader import render_to_string

from core.printing.pdf import pages_of, pdf_of
from core.problems import refuse_if

from .paper import Paper

_CSS = Path(__file__).with_name("form.css")


def pdf(paper: Paper) -> bytes:
    """The paper as a PDF. Raises Refused (`print.glyph`) rather than print a name with a blank in it."""
    refuse_if(paper.unprintable())
    html = render_to_string("registrations/print/form.html", {"paper": paper})
    css = _CSS.read_text(encoding="utf-8")
    pages = pages_of(html, css)  # every page names itself and their number: a scan without the last one is noticed
    numbers = range(1, pages + 1)
    codes = {f"asset:qr-{page}": ("image/svg+xml", paper.qr_svg(page, pages)) for page in numbers}
    places = [f'@page :nth({page}) {{ @bottom-right {{ content: url("asset:qr-{page}") }} }}' for page in numbers]
    return pdf_of(html, "\n".join([css, *places]), codes)
