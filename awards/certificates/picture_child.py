"""Draws the one page of a certificate in a limited child: run by `picture` through `core.limited`, never imported.

Result: `{"png": base64}`.
"""

import base64
import io
from typing import IO, Any

import pypdfium2


def work(file: IO[bytes], width: int) -> dict[str, Any]:
    """The first page, `width` pixels wide."""
    page = pypdfium2.PdfDocument(file)[0]
    drawn = io.BytesIO()
    page.render(scale=width / page.get_size()[0]).to_pil().save(drawn, "PNG")
    return {"png": base64.b64encode(drawn.getvalue()).decode()}
