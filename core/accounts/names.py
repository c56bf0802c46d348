"""People's names as they stand on the ID: how we keep them, and what is none. No Django.

A name stands in mails, text messages and PDFs that go to other people: no address, markup or control character in it.
"""

import re
import unicodedata

from core.problems import Problem

NAME_LENGTH = range(2, 31)
NAME_MARKS = frozenset("·.-'’ ")  # between the parts of minority and foreign names
LINK = re.compile(r"[a-z0-9]\.[a-z]{2}", re.IGNORECASE)  # what a mail program would make one of
MIDDLE_DOTS = dict.fromkeys(map(ord, "•・･‧∙⋅"), "·")


def normal_text(text: object) -> str:
    """A cell's text: NFC, control and invisible characters dropped, white space folded and trimmed."""
    kept = str(text or "")
    if not kept.isprintable():  # most texts are: spared for the sake of long files
        kept = "".join(" " if c.isspace() else c for c in kept)
        kept = "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return unicodedata.normalize("NFC", re.sub(r" +", " ", kept).strip())


def normal_name(text: object) -> str:
    """A person's name: as `normal_text`, one kind of middle dot, no spaces between Chinese characters."""
    name = normal_text(text).translate(MIDDLE_DOTS)
    return unicodedata.normalize("NFC", re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", name))


def check_name(name: str) -> list[Problem]:
    """Names as on the ID: rare characters and minority names with `·` are fine. name: normal."""
    if not name:
        return [Problem("name.empty", "请填写姓名，要与身份证一致", "name")]
    if (
        len(name) not in NAME_LENGTH
        or not _is_letter(name[0])
        or not all(_is_letter(c) or c in NAME_MARKS for c in name)
    ):
        return [Problem("name.form", "姓名只能有文字和间隔号“·”，2 到 30 个字，请与身份证一致", "name")]
    if LINK.search(name):
        return [Problem("name.link", "姓名里不能有网址；缩写的点后面请空一格，如 J. Smith", "name")]
    return []


def _is_letter(char: str) -> bool:
    """A letter of any script or a mark upon one; zero as a character; Chinese newer than this Python's tables."""
    return unicodedata.category(char)[0] in "LM" or char == "\u3007" or 0x20000 <= ord(char) <= 0x3FFFF
