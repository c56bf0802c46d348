"""A sheet between its preview and its confirmation: it travels in the form, signed, and is stored nowhere."""

from django.core import signing

from core.problems import Problem, Refused

from .reading import Book, Sheet

SALT = "core.sheets"
LASTS = 24 * 3600  # seconds


def pack(sheet: Sheet, holder: object) -> str:
    """The sheet as text for a hidden field; holder: the key of the user who may send it back."""
    merged, formulas = list(sheet.merged), sorted(sheet.formulas)
    return signing.dumps([holder, sheet.name, sheet.rows, merged, formulas], salt=SALT, compress=True)


def unpack(text: str, holder: object) -> Book:
    """The same sheet again. Raises Refused for anything that was not packed for this user within a day."""
    try:
        owner, name, rows, merged, formulas = signing.loads(text, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        owner = None
    if owner != holder:
        raise Refused(Problem("sheet.stale", "预览已失效，请重新上传文件"))
    places = frozenset((row, column) for row, column in formulas)
    return Book(name, [Sheet(name, rows, tuple((a, b, c, d) for a, b, c, d in merged), places)])
