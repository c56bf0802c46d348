"""Text as it comes out of cells: cleaned, folded, compared."""

import re
import unicodedata

# Control characters crash an export, XML cannot hold lone surrogates, and invisible marks make equal names
# differ. Private-use and unassigned characters stay: rare names live there.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
_INNERMOST_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|《[^《》]*》")
_UNCLOSED_BRACKET = re.compile(r"[(\[【〔<《].*", re.DOTALL)
FORMULA_SIGNS = "=+-@＝＋－\uff20"  # a cell that begins with one is a formula to some spreadsheet
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def clean(value: str) -> str:
    """Text without control and invisible characters; line breaks are `\\n`."""
    if value.isprintable():
        return value.strip()
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", value)).strip()


def one_line(value: str) -> str:
    """Cleaned text on one line, runs of any white space made one space."""
    return " ".join(clean(value).split())


def fold(value: str) -> str:
    """Full-width letters, digits and signs made plain; Chinese characters and `、` stay."""
    return value.translate(_FULL_WIDTH)


def header_key(value: str) -> str:
    """What two headers are compared by: letters and digits outside brackets, width and case folded."""
    folded = unicodedata.normalize("NFKC", clean(value)).casefold()
    bare, before = folded, ""
    while bare != before:
        bare, before = _INNERMOST_BRACKETS.sub("", bare), bare
    return _letters(_UNCLOSED_BRACKET.sub("", bare)) or _letters(folded)


def _letters(value: str) -> str:
    return "".join(character for character in value if character.isalnum())


def cell_name(row: int, column: int) -> str:
    """`B5` for row 5 and column 1: rows count from 1 as the sheet shows them, columns from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
