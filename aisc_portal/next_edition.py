"""The next year's edition, drafted from this one's file: the same rules, every date moved on, nobody's data.

Works on the text, so that comments, order and source clauses stay; what comes out is filled in by hand and goes through
`edition check` and `edition load`, or the upload in the admin.
"""

import re
from calendar import monthrange
from dataclasses import dataclass

from core.problems import Problem, Refused
from tracks.rulebook import parse

_DATED = re.compile(r'(?P<key>[=,{\[]\s*"?)(?P<year>\d{4})-(?P<month>\d{2})(?P<day>-\d{2})?')
_WORDS = re.compile(r"^\s*(?:#|(?:quote|source|name|summary|note|document)\s*=)")  # lines that tell, not set, a date
_TABLE = re.compile(r"^\[", re.MULTILINE)
_HEAD = """\
# 由 {slug} 复制的草稿：规则照旧，日期一律顺延 {years} 年，不含任何人的资料。
# 载入以前请逐项改好：名称、文号、印发日期、每个日期（放假和星期会变）、名额、评审规则；
# quote 和 source 仍是上一届文件的原文和出处，请换成新文件的。
# 核对：manage.py edition check 本文件；载入：manage.py edition load 本文件，或在后台“上传规则文件”。

"""


@dataclass(frozen=True)
class Naming:
    """What must not be the same as last year's."""

    slug: str
    code: str  # begins the numbers of entries, works and certificates
    session: str
    years: int = 1


def draft(text: str, naming: Naming) -> str:
    """The draft. Raises Refused where it would be no edition of its own, or no valid file, with each error."""
    old = parse(text).rulebook
    if old is None:
        raise Refused(Problem("next.source", "现行规则文件有误，先改好再复制"))
    problems = []
    if naming.slug == old.edition.slug:
        problems.append(Problem("next.slug", "代码与现行届次相同，请换一个，如换成新的年份", "slug"))
    if naming.code == old.edition.code:
        problems.append(Problem("next.code", "编号字头与现行届次相同，证书编号会分不清，请换一个", "code"))
    if problems:
        raise Refused(problems)
    drafted = "".join(_shifted(line, naming.years) for line in text.splitlines(keepends=True))
    for key, value in (("slug", naming.slug), ("code", naming.code), ("session", naming.session)):
        drafted = _set(drafted, key, value)
    drafted = _HEAD.format(slug=old.edition.slug, years=naming.years) + drafted
    refused = [Problem("next.draft", f"{fault.path}：{fault.message}") for fault in parse(drafted).errors]
    if refused:
        raise Refused(refused)
    return drafted


def _shifted(line: str, years: int) -> str:
    """The line with its dates moved on; what is quoted from a document stays as it was said."""
    return line if _WORDS.match(line) else _DATED.sub(lambda found: _moved(found, years), line)


def _moved(found: re.Match[str], years: int) -> str:
    """The same day so many years later; 29 February becomes the 28th."""
    year, month, day = int(found["year"]) + years, int(found["month"]), found["day"] or ""
    if day and int(day[1:]) > monthrange(year, month)[1]:
        day = f"-{monthrange(year, month)[1]:02}"
    return f"{found['key']}{year}-{found['month']}{day}"


def _set(text: str, key: str, value: str) -> str:
    """Change a text of the table [edition]."""
    start = text.index("[edition]")
    end = next((found.start() for found in _TABLE.finditer(text, start + 1)), len(text))
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    table = re.sub(rf'^({key}\s*=\s*)"[^"\n]*"', lambda m: f'{m[1]}"{quoted}"', text[start:end], flags=re.MULTILINE)
    return text[:start] + table + text[end:]
