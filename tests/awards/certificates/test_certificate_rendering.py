"""Certificates on paper: one page whatever the names, a readable code, tags, nothing fetched, no blank."""

import io
import socket
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from awards.certificates.rendering import MINOR_NOTE, CertificatePress, Sheet, checked_seal, print_all
from awards.certificates.signing import new_key, public_of, signed_payload, verified
from awards.rules.certificates import Claim, Words, number_of, recipients, words_of
from core.problems import Refused
from tests.awards.certificates.test_certificate_rules import RULEBOOK

KEY = new_key()
DAY = date(2025, 9, 29)
ISSUERS = ("广东省钟南山医学基金会", "广东省吴小兰慈善基金会", "广东省科学技术普及志愿者协会")
TEN = tuple(f"{first}{'力提甫江' * 7}·甲" for first in "阿布都热合曼依沙木")
LONGEST: dict[str, str] = {
    "name": recipients((*TEN, "王" * 30)[:10], "广东省科学技术普及志愿者协会" * 7),
    "organisation": "广州大学智绘科普科技志愿服务支队" * 12,
    "edition": "广东省“AI科普+”创意与应用大赛", "session": "首届", "award": "广东省AI科普传播领军队伍奖" * 4,
    "level": "一等奖", "hours": "1234.5", "work": "用人工智能讲好珠江口中华白海豚的故事" * 4,
    "theme": "用人工智能讲好珠江口中华白海豚的故事" * 3, "services": "科普讲解、" * 40,
    "volunteer_number": "4400000000000", "handler": "王" * 30, "phone": "13800138000",
}  # fmt: skip
SHORT = LONGEST | {
    "name": "王芳",
    "organisation": "广州大学",
    "award": "领军人物奖",
    "theme": "入门",
    "work": "白海豚",
    "services": "讲解",
}


def sheet(kind: Any, values: dict[str, str], **more: Any) -> Sheet:
    words = words_of(kind.text, values)
    number = number_of("{edition}-{group}-{serial}-{check}", "GDAIKP1", kind.prefix, 123, 6)
    claim = Claim(number, values["name"], words.award + words.level or kind.title, DAY)
    link = f"https://portal.example.test/verify/{signed_payload(claim, KEY)}"
    notes = (MINOR_NOTE,) * kind.minor_note + ((kind.footnote,) if kind.footnote else ())
    return Sheet(kind.title, words, ISSUERS, DAY, number, link, notes, **more)


def text_of(data: bytes) -> str:
    """What can be copied out of a PDF, line breaks left out."""
    with pypdfium2.PdfDocument(data) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "")


def boxes(data: bytes) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right, top of every piece of text, in points."""
    with pypdfium2.PdfDocument(data) as document:
        text = document[0].get_textpage()
        return [text.get_rect(n) for n in range(text.count_rects())]


@pytest.mark.parametrize("kind", RULEBOOK.certificates.kinds, ids=lambda kind: kind.code)
@pytest.mark.parametrize("values", [SHORT, LONGEST], ids=["short", "longest"])
def test_every_kind_fits_one_page_inside_its_frame(kind, values: dict[str, str]) -> None:
    data = print_all([sheet(kind, values)])[0]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert (len(pdf.pages), "/StructTreeRoot" in pdf.Root, str(pdf.Root.Lang)) == (1, True, "zh-Hans")
        assert str(pdf.docinfo["/Title"]).startswith(kind.title)
    left, bottom, right, top = zip(*boxes(data), strict=True)
    assert (min(left) > 100, min(bottom) > 50, max(right) < 742, max(top) < 540) == (True,) * 4
    assert (MINOR_NOTE in text_of(data)) == kind.minor_note


# Millimetres from the left lower corner, as certificate.css has them: the text, the code, the issuers.
MARGIN, FLOOR, CODE, LINE = 45, 73, 135, 252
SPELLED = "王李欧阳热依木江·ABab1"
GIVEN = st.text(SPELLED, min_size=2, max_size=30).map(lambda text: text.strip("·") or "王")
LONG = st.text(SPELLED, min_size=2, max_size=60)


@pytest.fixture(scope="module")
def press() -> CertificatePress:
    """With every letter that the property below may use, and cut once."""
    letters = {field: value + SPELLED for field, value in LONGEST.items()}
    return CertificatePress.of([sheet(kind, letters) for kind in RULEBOOK.certificates.kinds])


@pytest.mark.parametrize("kind", RULEBOOK.certificates.kinds, ids=lambda kind: kind.code)
@settings(max_examples=8, derandomize=True, deadline=None, database=None)
@given(names=st.lists(GIVEN, min_size=1, max_size=10), team=LONG, award=LONG, work=LONG, services=LONG)
@example(names=["A" * 30] * 10, team="B" * 60, award="a" * 60, work="1" * 60, services="b" * 60)
def test_nothing_leaves_its_box(
    press: CertificatePress, kind: Any, names: list[str], team: str, award: str, work: str, services: str
) -> None:
    """Up to ten names of thirty characters, titles of two lines: text above, code and issuers apart below it."""
    values = LONGEST | {"name": recipients(tuple(names), team), "organisation": team, "award": award, "work": work}
    printed = press.pdf(sheet(kind, values | {"services": services}))
    for left, bottom, right, top in (tuple(side * 25.4 / 72 for side in box) for box in boxes(printed)):
        above, beside = bottom > FLOOR - 1, left > CODE
        assert (left > MARGIN - 1, right < LINE + 1, bottom > 23) == (True,) * 3
        assert above or (top < FLOOR and (beside or right < CODE + 1))


@pytest.mark.parametrize("values", [SHORT, LONGEST], ids=["short", "longest"])
def test_the_printed_code_verifies_without_the_site(values: dict[str, str]) -> None:
    data = print_all([sheet(RULEBOOK.certificates.kinds[0], values)])[0]
    with pypdfium2.PdfDocument(data) as document:
        found = zxingcpp.read_barcodes(document[0].render(scale=300 / 72).to_pil())
    assert verified(found[0].text, [public_of(KEY)]).name == values["name"]


def test_a_character_without_glyph_is_named_before_anything_is_printed() -> None:
    wanted = [replace(sheet(RULEBOOK.certificates.kinds[0], SHORT), words=Words("王\U000323b0：", "好"))]
    with pytest.raises(Refused) as refused:
        CertificatePress.of(wanted)
    assert (refused.value.codes, "U+323B0" in str(refused.value)) == (["certificate.glyph"], True)


def test_rare_and_minority_names_are_printed_whole() -> None:
    name = "买买提·艾力、欧阳龑、张婳祎、㛃𬱖"
    assert name in text_of(print_all([sheet(RULEBOOK.certificates.kinds[0], SHORT | {"name": name})])[0])


def test_more_than_a_page_holds_is_refused_in_words() -> None:
    kind = RULEBOOK.certificates.kinds[0]
    full = replace(sheet(kind, SHORT), words=Words("王芳：", "长" * 6000))
    with pytest.raises(Refused) as refused:
        print_all([full])
    assert refused.value.codes == ["certificate.too_long"]


def test_what_is_printed_together_is_as_if_printed_alone(press: CertificatePress) -> None:
    """The one that fits no page is told, the long one takes small letters, the others know nothing of it."""
    kind = RULEBOOK.certificates.kinds[0]
    short, long = sheet(kind, SHORT), sheet(kind, LONGEST)
    sheets = [short, replace(short, words=Words("王", "王" * 6000)), long, short]
    found = press.laid_out(sheets)
    assert [isinstance(one, Refused) for one in found] == [False, True, False, False]
    fitting = [(sheet, one) for sheet, one in zip(sheets, found, strict=True) if not isinstance(one, Refused)]
    alone = [press.pdf(sheet) for sheet, _ in fitting]
    assert [press.written(*one) for one in fitting] == alone
    with pypdfium2.PdfDocument(press.many([one for _, one in fitting])) as file:
        pages = [page.render().to_pil().tobytes() for page in file]
    assert pages == [pypdfium2.PdfDocument(data)[0].render().to_pil().tobytes() for data in alone]


ADDRESSES = (
    "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:6379/", "https://example.test/a.png",
    "ftp://example.test/x", "data:image/png;base64,AAAA", "//example.test/x.css", "asset:secret", "gopher://127.0.0.1:25/_x",
    "\\\\host\\share\\x",
)  # fmt: skip
FORMS = (
    '<img src="@">',
    '<link rel="stylesheet" href="@"><style>h1{content:url("@")}</style>',
    '"><object data="@"></object><link rel=attachment href="@">',
    "</p><svg><image href='@'/></svg><style>p{background:url(@)}</style>",
)


@pytest.fixture
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Sockets that were opened; the fonts are read before."""
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *asked: opened.append(asked))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: opened.append(asked))
    return opened


def test_forty_fetch_payloads_in_names_and_titles_are_only_text(no_way_out: list[Any]) -> None:
    """R16: nothing is read, no socket opened, nothing attached; the payload stands there as it was typed."""
    typed = [form.replace("@", address) for address in ADDRESSES for form in FORMS]
    kind = RULEBOOK.certificates.kinds[0]
    printed = print_all([sheet(kind, SHORT | {"name": text, "award": text}) for text in typed])
    assert (len(typed), no_way_out) == (40, [])
    for text, data in zip(typed, printed, strict=True):
        assert text.replace(" ", "") in text_of(data).replace(" ", "")
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert (len(pdf.attachments), b"root:" in data) == (0, False)


def picture(side: int, kind: str = "PNG") -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(drawn, kind)
    return drawn.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [(picture(1201), "seal_size"), (b"x" * 300_001, "seal_size"), (b"GIF89a", "seal"), (picture(9, "JPEG"), "seal")],
)
def test_a_seal_too_large_or_no_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_seal(data)
    assert refused.value.codes == [f"certificate.{code}"]


def test_a_seal_is_drawn_where_there_is_one() -> None:
    kind = RULEBOOK.certificates.kinds[0]
    plain, sealed = print_all([sheet(kind, SHORT), sheet(kind, SHORT, seal=checked_seal(picture(200)))])
    with pikepdf.open(io.BytesIO(plain)) as one, pikepdf.open(io.BytesIO(sealed)) as other:
        assert [len(pdf.pages[0].get_images()) for pdf in (one, other)] == [1, 2]
