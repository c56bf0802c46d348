"""Who a work says it is by (identity leak): names of persons, schools and units of its entry, found in its texts, file
names and metadata, however they are written. The contact is told; nothing is refused.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from core.accounts.contacts import mask_email, mask_phone

from .disguises import (
    characters_of,
    chinese_pattern,
    initials_pattern,
    is_common,
    latin_pattern,
    pinyin_pattern,
    plain,
    short_forms,
)
from .likeness import is_chinese

What = Literal["person", "organisation", "phone", "email"]
Where = Literal["text", "file_name", "metadata"]
Strength = Literal["strong", "weak"]

EXCERPT = 24  # characters before and after
LONGEST = 80  # a mailbox or number that begins before them is still seen whole
MAX_LEAKS = 200  # told; the strong ones first
MAX_TEXT = 1_000_000  # characters looked at in one place
MAX_NAME = 60
NO_ORGANISATION = frozenset({"无", "个人", "自由职业", "自由职业者", "社会人士", "学生", "教师", "退休", "其他"})

# A name of two characters is often a word too (高明, 文化). It counts as a name where it stands alone or beside these.
_LEADS = re.compile(
    r"(?:作者|姓名|主创|团队|成员|队员|队长|队伍|指导|教师|老师|讲师|导演|编剧|旁白|配音|主讲|制作|设计|编程|拍摄|来自|由|我是|我叫)[:：、,，\s]*$"
)
_FOLLOWS = re.compile(r"\s*(?:同学|老师|教授|主任|博士|校长|馆长|医生|同志|制作|设计|创作|作品|编写|指导|出品|著|撰)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d(?:[\s-]?\d){8}(?!\d)")
_EMAIL = re.compile(r"[^@\s,;:：，；（）()<>]+@[^@\s,;，；（）()<>]+\.[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Somebody in the entry: a participant or an instructor."""

    name: str
    phone: str = ""  # E.164
    email: str = ""


@dataclass(frozen=True)
class Identity:
    """Whom a work must not name to be judged blind."""

    people: tuple[Person, ...] = ()
    organisations: tuple[str, ...] = ()  # schools, units with their former names, the team: as typed


@dataclass(frozen=True)
class Place:
    """Where something could be read. label: for the contact, as 说明文字, 文件名, 元数据 Author."""

    where: Where
    label: str
    text: str
    file: int | None = None  # key of the work's file; None for what was typed into the form


@dataclass(frozen=True)
class Leak:
    """Something that tells who made the work. Every other find of the same in the same place is only counted."""

    place: Place
    what: What
    whose: str  # the name, or the masked number, that was looked for
    how: str  # in which guise, in words
    excerpt: str  # with what stands around it; numbers and mailboxes masked
    strength: Strength
    count: int = 1


@dataclass(frozen=True)
class _Needle:
    """One guise to look for."""

    what: What
    whose: str
    how: str
    pattern: str
    strength: Strength = "strong"
    names_only: bool = False  # in file names and metadata; in running text it would be found everywhere
    may_be_word: bool = False  # strong only where it stands as a name
    needs: tuple[str, ...] = ()  # of each of these, one character must stand in the text

    def found_in(self, text: str, characters: set[str]) -> Iterator[re.Match[str]]:
        """Wherever it stands. characters: those of the text; most names are not in it, and a pattern of all ways to
        write one takes longer to compile than to look for."""
        if any(characters.isdisjoint(forms) for forms in self.needs):
            return iter(())
        return re.finditer(self.pattern, text, re.IGNORECASE)


def find_leaks(identity: Identity, places: Iterable[Place]) -> list[Leak]:
    """Every name found, one for each place and whose it is; the strong ones first, at most MAX_LEAKS."""
    needles = list(_needles(identity))
    found: dict[tuple[Place, What, str], Leak] = {}
    for place in places:
        text = plain(place.text[:MAX_TEXT])
        if place.where != "text":
            text = text.replace("_", " ")  # a letter to `\b` and its kin, a blank to people
        characters = set(text)
        for needle in needles:
            if needle.names_only and place.where == "text":
                continue
            for match in needle.found_in(text, characters):
                key = (place, needle.what, needle.whose)
                found[key] = _stronger(found.get(key), _leak(place, needle, match, text))
    order = sorted(found.values(), key=lambda leak: leak.strength != "strong")
    return order[:MAX_LEAKS]


def _leak(place: Place, needle: _Needle, match: re.Match[str], text: str) -> Leak:
    start, end = match.span()
    strength = needle.strength
    if needle.may_be_word and not _stands_as_name(text, start, end):
        strength = "weak"
    return Leak(place, needle.what, needle.whose, needle.how, _excerpt(text, start, end), strength)


def _stronger(before: Leak | None, leak: Leak) -> Leak:
    """The first find, or a stronger one; counting both."""
    if before is None:
        return leak
    kept = leak if (before.strength, leak.strength) == ("weak", "strong") else before
    return replace(kept, count=before.count + 1)


def _excerpt(text: str, start: int, end: int) -> str:
    """A find with what stands around it; masked before it is cut, so that half a number does not escape."""
    first = max(0, start - EXCERPT - LONGEST)
    around = masked(text[first : end + EXCERPT + LONGEST])
    cut = around[max(0, start - EXCERPT - first) : end + EXCERPT - first]
    return f"{'…' if start > EXCERPT else ''}{' '.join(cut.split())}{'…' if end + EXCERPT < len(text) else ''}"


def masked(text: str) -> str:
    """A text of the same length with mobile numbers and mailboxes made unreadable, whoever they belong to."""
    text = _PHONE.sub(lambda match: f"{match[0][:3]}{'*' * (len(match[0]) - 7)}{match[0][-4:]}", text)
    return _EMAIL.sub(lambda match: re.sub(r"(?<=.).(?=.*@)|^.(?=@)", "*", match[0]), text)


def _stands_as_name(text: str, start: int, end: int) -> bool:
    """Alone between signs or blanks, or with a word before or after that goes with names."""
    before, after = text[max(0, start - 8) : start], text[end : end + 4]
    alone = not (before and is_chinese(before[-1])) and not (after and is_chinese(after[0]))
    return alone or _LEADS.search(before) is not None or _FOLLOWS.match(after) is not None


# --- What to look for ------------------------------------------------------------------------------------------


def _needles(identity: Identity) -> Iterator[_Needle]:
    for person in identity.people:
        yield from _of_person(person)
    known = {plain(person.name) for person in identity.people}
    seen: set[str] = set()  # a team's name holds its school's
    for name in dict.fromkeys(identity.organisations):
        if plain(name).strip() not in NO_ORGANISATION | known:
            yield from _of_organisation(name[:MAX_NAME], seen)


def _of_person(person: Person) -> Iterator[_Needle]:
    name = plain(person.name[:MAX_NAME]).strip()
    if any(map(is_chinese, name)):
        yield from _of_chinese_name(name)
    elif len(name) > 1 and any(map(str.isalnum, name)):
        strength: Strength = "strong" if len(name) > 4 else "weak"
        yield _Needle("person", name, "姓名", latin_pattern(name), strength)
    yield from _of_contact(person)


def _of_chinese_name(name: str) -> Iterator[_Needle]:
    parts = [part for part in re.split(r"[·•・‧∙⋅.]", name) if part]
    characters = "".join(filter(is_chinese, name))
    if len(characters) < 2:
        return
    yield _Needle(
        "person", name, "姓名", chinese_pattern(name), may_be_word=len(characters) == 2, needs=_chinese_in(name)
    )
    if len(parts) > 1 and len(parts[0]) > 2:  # 阿依古丽·买买提 goes by her first name
        yield _Needle("person", name, "姓名的一部分", chinese_pattern(parts[0]), needs=_chinese_in(parts[0]))
    if full := pinyin_pattern(characters):
        # Two syllables are often an English word or another name: 李安, “lian”.
        yield _Needle("person", name, "姓名拼音", full, "strong" if len(characters) > 2 else "weak")
    if initials := initials_pattern(characters):
        yield _Needle("person", name, "姓名拼音缩写", initials, "weak", names_only=True)


def _of_contact(person: Person) -> Iterator[_Needle]:
    if digits := re.sub(r"\D", "", person.phone.removeprefix("+86")):
        pattern = rf"(?<!\d){'[^0-9a-z]{0,2}'.join(digits)}(?!\d)"
        yield _Needle("phone", mask_phone(person.phone), "手机号", pattern)
    mailbox, at, _ = plain(person.email).strip().partition("@")
    if mailbox and at:
        whose = mask_email(person.email)
        yield _Needle("email", whose, "邮箱", rf"(?<![\w.]){re.escape(plain(person.email).strip())}(?!\w)")
        if len(mailbox) > 4:
            account = rf"(?<![\w.@]){re.escape(mailbox)}(?![\w@])"
            yield _Needle("email", whose, "邮箱账号", account, "weak", names_only=True)


def _of_organisation(name: str, seen: set[str]) -> Iterator[_Needle]:
    full, *_ = forms = short_forms(name) or [""]
    whose = plain(name).strip()
    for form in forms:
        if form in seen or len(form) < 2 or not any(map(str.isalnum, form)):
            continue
        seen.add(form)
        own = form == full or (len(form) > 2 and not is_common(form))
        strength: Strength = "strong" if own and len(form) > 2 else "weak"
        pattern = latin_pattern(form) if form.isascii() else chinese_pattern(form)
        yield _Needle(
            "organisation", whose, "全称" if form == full else "简称", pattern, strength, needs=_chinese_in(form)
        )
        chinese = form if all(map(is_chinese, form)) else ""
        if 3 < len(chinese) < 12 and own:
            yield _Needle("organisation", whose, "名称拼音", pinyin_pattern(chinese), names_only=True)


def _chinese_in(name: str) -> tuple[str, ...]:
    return tuple(forms for forms in characters_of(name) if is_chinese(forms[0]))
