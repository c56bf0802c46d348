"""What the tests do with paper: print, scan, photograph."""

import io
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from registrations.models import PrintedForm
from registrations.printing.paper import Paper, paper_of
from registrations.printing.pdf import pdf
from registrations.services.stamping import Upload, print_form
from tests.registrations.build import Desk


def paper(desk: Desk) -> Paper:
    """The form as it would be printed now."""
    return paper_of(*print_form(desk.form, by=desk.officer))


def printed(desk: Desk) -> PrintedForm:
    """The version that is printed now."""
    return print_form(desk.form, by=desk.officer)[0]


def printed_pdf(desk: Desk) -> bytes:
    """The PDF as it is printed now; uploaded again it is a perfect scan."""
    return pdf(paper(desk))


def texts(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def pictures(content: bytes, dpi: int = 150) -> list[Image.Image]:
    """A PDF's pages as a scanner sees them."""
    return [page.render(scale=dpi / 72).to_pil() for page in pypdfium2.PdfDocument(content)]


def photograph(picture: Image.Image, *, turned: float = 0, blur: float = 0, grain: float = 0) -> Image.Image:
    """A page on a table: turned by degrees, out of focus, grainy, with a red stamp across it."""
    ImageDraw.Draw(picture).ellipse((900, 500, 1150, 750), outline="red", width=8)
    picture = picture.rotate(turned, expand=True, fillcolor="gray").filter(ImageFilter.GaussianBlur(blur))
    noise = Image.effect_noise(picture.size, grain * 255).convert("RGB")
    return Image.blend(picture, noise, grain)


def file_of(pictures: list[Image.Image], kind: str = "jpeg", **more: Any) -> bytes:
    """Pictures as the file that a scanner or telephone makes of them: jpeg, png or pdf."""
    file = io.BytesIO()
    rest = {"save_all": True, "append_images": pictures[1:]} if kind == "pdf" else {}
    pictures[0].save(file, kind, **rest, **more)
    return file.getvalue()


def upload(content: bytes, name: str = "") -> Upload:
    """A file as a browser sends it; by default under an ending that suits it."""
    endings = {b"\x89PNG": "png", b"\xff\xd8\xff\xe0": "jpg"}
    return Upload(name or f"扫描件.{endings.get(content[:4], 'pdf')}", io.BytesIO(content))
