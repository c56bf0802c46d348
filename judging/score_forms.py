"""What a judge's page sends: points and words as typed. Points may come in full width; nothing typed is dropped."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import QueryDict

from core.problems import Problem

MARK = "m_"  # a criterion's field: m_<code>
COMMENT_MAX = 200
LONGEST = 12  # characters of one mark


@dataclass(frozen=True)
class Typed:
    """One sending. marks: what can be read as points; texts: every mark as it was typed."""

    texts: Mapping[str, str]
    marks: Mapping[str, Decimal]
    comment: str
    do: str
    key: UUID | None
    base: int | None
    mine: tuple[UUID, ...]
    problems: list[Problem] = field(default_factory=list)


def read(post: QueryDict) -> Typed:
    """Read a page's form or a queue's sending; both have the same fields."""
    texts = {name.removeprefix(MARK): str(post[name])[:LONGEST] for name in post if name.startswith(MARK)}
    marks: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for code, text in texts.items():
        plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
        if not plain:
            continue
        try:
            marks[code] = Decimal(plain)
        except InvalidOperation:
            problems.append(Problem("mark.number", f"“{text.strip()}”不是分数，请填数字", code))
    comment = str(post.get("comment", "")).replace("\r\n", "\n").strip()
    if len(comment) > COMMENT_MAX:
        over = len(comment) - COMMENT_MAX
        problems.append(Problem("comment.long", f"评语超出 {over} 个字，最多 {COMMENT_MAX} 个字", "comment"))
    return Typed(
        texts,
        marks,
        comment,
        str(post.get("do", "save")),
        _uuid(post.get("key", "")),
        _whole(post.get("base", "")),
        tuple(key for text in post.getlist("mine")[-50:] if (key := _uuid(text))),
        problems,
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
