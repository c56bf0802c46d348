"""附件2 as a Word file, for units that print from their own machine: the same content, version and QR code."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from .paper import Paper

# Millimetres, as in form.css.
WIDTHS = {
    "seq": 11,
    "name": 32,
    "team": 70,
    "organisation": 51,
    "phone": 28,
    "categories": 24,
    "unit": 49,
}
ASIDE = 32  # mm, a column that this list does not know
LINE = 265  # mm between the margins
LEFT = ("team", "organisation", "unit")
# The notice's own faces, which every Chinese Windows and WPS has.
SONG, HEI, KAI = "宋体", "黑体", "楷体"
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
MIDDLE = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def word(paper: Paper) -> bytes:
    """The paper as .docx; every text is text, whatever it begins with."""
    document = Document()
    _set_page(document)
    _set_about(document, paper)
    write(document.add_paragraph(), "附件 2", HEI, 14, bold=True)
    title = write(document.add_paragraph(), paper.title, SONG, 20, bold=True, align=CENTRE)
    title.paragraph_format.space_after = Pt(12)
    _add_rows(document, paper)
    gap = _add_gap(document, 8)  # without it, Word makes one of the two tables
    gap.paragraph_format.keep_with_next = True
    _add_end(document, paper)
    _add_foot(document, paper)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def write(
    paragraph: Paragraph, text: str, face: str, size: float, *, bold: bool = False, align: Any = None
) -> Paragraph:
    """Add text in a face; Word asks for the face of Chinese characters, and of the quotes “” beside them, apart."""
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = face, Pt(size), bold
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hint"), "eastAsia")
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(15), Mm(30), Mm(6)
    for language in document.styles.element.iter(qn("w:lang")):  # else “、” comes out as in Taiwan, in mid-line
        language.set(qn("w:eastAsia"), "zh-CN")


def _set_about(document: Any, paper: Paper) -> None:
    about = document.core_properties
    about.title = f"{paper.title} · {paper.unit} · 第 {paper.version} 版"
    about.author, about.comments, about.language = paper.unit, paper.stamp_line, "zh-CN"
    about.last_modified_by = ""


def _add_rows(document: Any, paper: Paper) -> None:
    """The official columns, their heading repeated on every page; no row is broken."""
    table = document.add_table(rows=1, cols=len(paper.columns))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for cell, (_, label, remark) in zip(table.rows[0].cells, paper.headings, strict=True):
        cell.vertical_alignment = MIDDLE
        write(cell.paragraphs[0], label, HEI, 10, bold=True, align=CENTRE)
        if remark:
            write(cell.add_paragraph(), remark, HEI, 8, align=CENTRE)
    _flag(table.rows[0], "w:tblHeader")
    for texts in paper.rows:
        row = table.add_row()
        row.height, row.height_rule = Mm(8), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, column, text in zip(row.cells, paper.columns, texts, strict=True):
            cell.vertical_alignment = MIDDLE
            write(cell.paragraphs[0], text, KAI, 10.5, align=None if column.code in LEFT else CENTRE)
        _flag(row, "w:cantSplit")
    for cell in table.rows[-1].cells:  # the place for the stamp never stands on a page of its own
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    _set_room(table, top=70, left=70, bottom=70, right=70)
    _set_widths(table, [WIDTHS.get(column.code, ASIDE) for column in paper.columns])


def _add_end(document: Any, paper: Paper) -> None:
    """The notes, and beside them the place for the stamp."""
    table = document.add_table(rows=1, cols=2)
    notes, seal = table.rows[0].cells
    _set_widths(table, (160, 105))
    _flag(table.rows[0], "w:cantSplit")
    for number, note in enumerate(paper.notes):
        write(notes.paragraphs[0] if number == 0 else notes.add_paragraph(), note, SONG, 9)
    write(seal.paragraphs[0], "推荐单位（盖章）：", SONG, 12)
    write(seal.add_paragraph(), paper.unit, SONG, 12, align=CENTRE).paragraph_format.space_before = Pt(28)
    write(seal.add_paragraph(), "年　　月　　日", SONG, 12, align=RIGHT).paragraph_format.space_before = Pt(14)


def _add_foot(document: Any, paper: Paper) -> None:
    """On every page: whose form, which version, which page, and the QR code."""
    foot = document.sections[0].footer
    table = foot.add_table(rows=1, cols=2, width=Mm(LINE))
    said, code = table.rows[0].cells
    _set_widths(table, (LINE - 25, 25))
    first = write(said.paragraphs[0], f"{paper.title}　{paper.unit}　　第 ", HEI, 8.5)
    _add_field(first, "PAGE")
    write(first, " 页，共 ", HEI, 8.5)
    _add_field(first, "NUMPAGES")
    write(first, " 页", HEI, 8.5).paragraph_format.space_after = Pt(4)
    write(said.add_paragraph(), paper.stamp_line, HEI, 8.5)
    code.paragraphs[0].add_run().add_picture(io.BytesIO(paper.qr_png()), width=Mm(19))
    write(code.paragraphs[0], "", HEI, 1, align=RIGHT).paragraph_format.line_spacing = 1
    foot.paragraphs[0]._element.getparent().remove(foot.paragraphs[0]._element)
    _add_gap(foot, 1)  # Word wants a paragraph after a table
    _set_rule(table)
    _set_room(table, top=100, left=0, right=0)


def _add_field(paragraph: Paragraph, name: str) -> None:
    """A number that Word counts itself."""
    write(paragraph, "1", HEI, 8.5)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(paragraph.runs[-1]._element)
    paragraph._element.append(field)


def _add_gap(where: Any, height: float) -> Paragraph:
    """An empty line, so many points high."""
    gap: Paragraph = where.add_paragraph()
    gap.paragraph_format.space_after, gap.paragraph_format.line_spacing = Pt(0), Pt(height)
    return gap


def _set_rule(table: Table) -> None:
    """A line above a table."""
    borders = OxmlElement("w:tblBorders")
    borders.append(OxmlElement("w:top", {qn("w:val"): "single", qn("w:sz"): "4", qn("w:color"): "000000"}))
    table._tbl.tblPr.insert_element_before(borders, "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _set_room(table: Table, **sides: int) -> None:
    """The room around the text of a table's cells, in twentieths of a point; sides in the order that Word wants:
    top, left, bottom, right."""
    room = OxmlElement("w:tblCellMar")
    for side, size in sides.items():
        room.append(OxmlElement(f"w:{side}", {qn("w:w"): str(size), qn("w:type"): "dxa"}))
    table._tbl.tblPr.insert_element_before(room, "w:tblLook")


def _set_widths(table: Table, widths: Sequence[float]) -> None:
    """Widths of the columns, in mm: Word goes by the cells, WPS and LibreOffice by the columns."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _flag(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
