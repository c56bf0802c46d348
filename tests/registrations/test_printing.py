"""附件2 on paper: what it says, its QR code, and names that are hostile or rare."""

import io
import re

import docx
import pypdfium2
import pytest

from core.printing.codes import read_codes
from core.printing.glyphs import missing_glyphs
from core.printing.pdf import pdf_of
from core.problems import Refused
from registrations.models import PrintedForm, RecommendationRow
from registrations.printing.pdf import pdf
from registrations.printing.word import word
from registrations.rules.stamp import Mark, read_mark, read_version_code
from registrations.services.stamping import mark_of
from tests.registrations.build import Desk
from tests.registrations.paper import file_of, paper, photograph, pictures, printed, printed_pdf, texts

HOSTILE = ["=1+1", "</td><script>", "<img src=file:///etc/hostname>", "{{ 7*7 }}", "@import url(http://127.0.0.1/)"]


@pytest.fixture
def pages(desk: Desk) -> bytes:
    """Three submitted rows, and a draft that is nobody's business yet."""
    desk.submitted(3)
    desk.row(name="还没提交")
    return printed_pdf(desk)


def squeezed(text: str) -> str:
    """Without white space: a cell's text may be broken into lines."""
    return re.sub(r"\s", "", text)


def rename(row: RecommendationRow, name: str) -> None:
    """As an import of old data might: past the rules."""
    RecommendationRow.objects.filter(pk=row.pk).update(name=name)


def test_paper_says_what_was_submitted(desk, pages):
    (text,) = texts(pages)
    seen = [words in text for words in ("王小芳", "李小芳", "张小芳", "13800138001", "还没提交")]
    assert seen == [True, True, True, True, False]
    assert "推荐单位（盖章）：" in text


def test_paper_has_the_official_columns_and_notes(desk, pages):
    text = re.sub(r"\s", "", texts(pages)[0])
    for words in (
        "序号姓名",
        "(参赛者/参赛队伍代表)",
        "参赛队伍名称",
        "报名类别(可多选)",
        "A.广东省AI科普传播领军人物/领军队伍奖",
    ):
        assert words in text


def test_every_page_tells_its_version_and_number(desk):
    desk.submitted(25)
    content = printed_pdf(desk)
    code = paper(desk).code
    assert [f"版本码 {code}" in page for page in texts(content)] == [True, True]
    assert ["第 1 页，共 2 页" in texts(content)[0], "第 2 页，共 2 页" in texts(content)[1]] == [True, True]


def test_pdf_is_tagged_and_titled(desk, pages):
    document = pypdfium2.PdfDocument(pages)
    assert document.is_tagged()
    assert document.get_metadata_value("Title") == (
        "广东省“AI 科普+”创意与应用大赛推荐申报表 · 韶关市始兴县科学技术协会 · 第 1 版"
    )


def test_qr_of_every_page_is_the_mark(desk):
    desk.submitted(25)
    content, mark = printed_pdf(desk), mark_of(printed(desk))
    found = [[read_mark(text) for text in page] for page in read_codes(content)]
    assert found == [[Mark(mark.edition, desk.unit.pk, 1, mark.hash, page, 2)] for page in (1, 2)]
    assert mark.edition == "GDAIKP1"


POOR = {"turned": 3, "blur": 0.8, "grain": 0.15}


@pytest.mark.parametrize(
    "how", [{}, {"turned": 90}, {"turned": 183}, {"turned": -4}, {"blur": 1.2}, {"grain": 0.25}, POOR]
)
def test_qr_is_read_from_a_poor_photograph(pages, how):
    (picture,) = pictures(pages)
    content = file_of([photograph(picture, **how)])
    assert [len(page) for page in read_codes(content)] == [1]


@pytest.mark.parametrize("text", ["GDAIKP1/1/1/000000000000/1-1/0000", "https://example.test/", "GDAIKP1/1/1"])
def test_other_codes_are_no_marks(text):
    assert read_mark(text) is None


@pytest.mark.parametrize("typed", ["3-9C1D", " 3 - 9c1d ", "第3版 9c1d", "3—9C1D"])
def test_version_code_as_people_type_it(typed):
    assert read_version_code(typed) == (3, "9C1D")


def test_same_content_is_the_same_version(desk):
    (row,) = desk.submitted(1)
    assert [printed(desk).version, printed(desk).version] == [1, 1]
    rename(row, "王大芳")
    assert printed(desk).version == 2
    rename(row, "王小芳")
    assert (printed(desk).version, PrintedForm.objects.count()) == (1, 2)


def test_nothing_submitted_is_nothing_to_print(desk):
    desk.row()
    with pytest.raises(Refused) as refusal:
        printed(desk)
    assert refusal.value.codes == ["stamp.nothing"]


def test_a_print_holds_no_clear_phone(desk, pages):
    told = str(PrintedForm.objects.values_list("rows", flat=True).get())
    assert ("13800138000" in told, "138****8000" in told) == (False, True)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_plain_text(desk, name):
    (row,) = desk.submitted(1)
    rename(row, name)
    assert squeezed(name) in squeezed(texts(printed_pdf(desk))[0])
    assert cells_of(word(paper(desk)))[1][1] == name


def test_control_characters_are_left_out(desk):
    (row,) = desk.submitted(1)
    rename(row, "王\x0b小\u202e芳")
    assert cells_of(word(paper(desk)))[1][1] == "王 小芳"


@pytest.mark.parametrize("name", ["䶮喆", "买买提·吐尔逊", "王𬭚", "Ana-María O’Neil"])
def test_rare_names_are_printed(desk, name):
    (row,) = desk.submitted(1)
    rename(row, name)
    assert squeezed(name) in squeezed(texts(printed_pdf(desk))[0])


def test_a_glyph_no_font_has_is_refused_by_name(desk):
    (row,) = desk.submitted(1)
    rename(row, "王\ue000芳")
    with pytest.raises(Refused, match="第 1 行“姓名”里的“\ue000”"):
        pdf(paper(desk))
    assert missing_glyphs("王\ue000芳") == ["\ue000"]


def test_nothing_is_fetched_but_what_was_handed_over(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("Xyzzy")
    html = f'<p>plain<img src="file://{secret}"><link rel="attachment" href="file://{secret}"></p>'
    content = pdf_of(html, f'p {{ background: url("file://{secret}") }}')
    document = pypdfium2.PdfDocument(content)
    assert (document.count_attachments(), "plain" in texts(content)[0], b"Xyzzy" in content) == (0, True, False)


def cells_of(content: bytes) -> list[list[str]]:
    """The form's table in a Word file."""
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(content)).tables[0].rows]


def test_word_has_the_same_rows_and_notes(desk):
    desk.submitted(3)
    sheet = paper(desk)
    content = word(sheet)
    document = docx.Document(io.BytesIO(content))
    head, *rows = cells_of(content)
    assert [cell.replace("\n", "") for cell in head] == [column.label for column in sheet.columns]
    assert rows == sheet.rows
    assert [p.text for p in document.tables[1].rows[0].cells[0].paragraphs] == sheet.notes
    assert document.core_properties.title.endswith("第 1 版")


def test_words_qr_is_the_mark(desk):
    desk.submitted(1)
    document = docx.Document(io.BytesIO(word(paper(desk))))
    (picture,) = [part.blob for part in document.part.package.iter_parts() if part.content_type == "image/png"]
    assert read_codes(picture) == [[mark_of(printed(desk)).text]]


def test_words_columns_have_widths_of_their_own(desk):
    """Of the columns too, by which WPS and LibreOffice go; the parts of a table's settings in the schema's order."""
    desk.submitted(1)
    table = docx.Document(io.BytesIO(word(paper(desk)))).tables[0]
    widths = [round(column.width.mm) for column in table.columns]
    assert widths == [round(cell.width.mm) for cell in table.rows[1].cells] == [11, 32, 70, 51, 28, 24, 49]
    order = ["tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook"]
    assert [part.tag.partition("}")[2] for part in table._tbl.tblPr] == order
