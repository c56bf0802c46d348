"""Pinyin of names, stored beside them, since the database knows none (architecture, decision 11)."""

from pypinyin import Style, lazy_pinyin

LENGTH = 400  # characters kept


def pinyin_of(text: str) -> str:
    """Full pinyin and initials, for search: 始兴 → "shixing sx"."""
    return f"{''.join(lazy_pinyin(text))} {''.join(lazy_pinyin(text, style=Style.FIRST_LETTER))}"[:LENGTH]
