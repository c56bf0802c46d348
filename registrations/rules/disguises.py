"""In how many ways a name can be written: spaced, in traditional characters, in pinyin, shortened. As patterns."""

import re
import unicodedata
from collections import defaultdict
from functools import cache

from pypinyin import Style, pinyin

from .likeness import is_chinese

# What may stand between the characters of one name: blanks, dots, strokes; no more than three of them.
GAP = r"[\s·•・‧∙⋅.,_|/\\*~—–-]{0,3}"
# Between the syllables of a name in pinyin, and before or after it no letter.
LATIN_GAP = r"[\s·._'’-]{0,2}"
BEFORE, AFTER = r"(?<![a-z])", r"(?![a-z])"
INVISIBLE = {"Cc", "Cf", "Cs"}
SHORTER = (  # what a school's or unit's name is shortened to in everyday use
    ("科学技术协会", "科协"),
    ("师范大学", "师大"),
    ("师范学院", "师院"),
    ("职业技术学院", "职院"),
    ("农业大学", "农大"),
    ("医科大学", "医大"),
    ("理工大学", "理工"),
    ("外国语学校", "外国语"),
    ("附属中学", "附中"),
    ("附属小学", "附小"),
    ("科技志愿服务支队", ""),
    ("科技志愿服务分队", ""),
    ("科技志愿服务队", ""),
)
_NUMBERED = re.compile(r"第([一二三四五六七八九十百]+)(中学|小学)")
_REGION = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:特别行政区|自治区|自治州|自治县|省|市|县|区|镇)")
_DEPARTMENT = re.compile(r"(.{2,12}?大学|.{2,12}?学院|.{2,16}?中学|.{2,16}?小学|.{2,16}?学校)(.{2,})")
# A name that hundreds of schools share says little by itself.
COMMON = re.compile(
    r"(第?[一二三四五六七八九十百\d]+|实验|中心|附属|外国语|职业|高级|初级|城[东南西北关]|第[一二三]实验)*"
    r"(中学|小学|学校|幼儿园|大学|学院|[中小]|附[中小]|科协|[\u4e00-\u9fff]{0,6}(学院|系|部|分会)|科学技术协会)"
)


def plain(text: str) -> str:
    """A text as it is searched: one width, invisible characters gone, so that nothing hides by them."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or not _is_invisible(c))
    return text


def characters_of(name: str) -> list[str]:
    """The characters of a Chinese name, each with its traditional forms."""
    return [f"{c}{''.join(traditional(c))}" for c in plain(name) if c.isalnum()]


def chinese_pattern(name: str) -> str:
    """A Chinese name, whatever stands between its characters, each in its traditional forms too."""
    return GAP.join(f"[{re.escape(forms[0])}{forms[1:]}]" for forms in characters_of(name))


def latin_pattern(name: str) -> str:
    """A name in Latin letters: its words in any order that people write them, one after the other."""
    words = re.findall(r"[^\W_]+", plain(name))
    orders = {tuple(words), (*words[1:], words[0]), (words[-1], *words[:-1])}
    return rf"{BEFORE}(?:" + "|".join(LATIN_GAP.join(map(re.escape, order)) for order in sorted(orders)) + rf"){AFTER}"


def pinyin_pattern(name: str) -> str:
    """A Chinese name in pinyin, surname first or last, together or apart; all readings. "" where it has none."""
    syllables = [f"(?:{'|'.join(readings)})" for c in name if is_chinese(c) and (readings := readings_of(c))]
    if len(syllables) < 2:
        return ""
    given = LATIN_GAP.join(syllables[1:])
    return f"{BEFORE}(?:{syllables[0]}{LATIN_GAP}{given}|{given}{LATIN_GAP}{syllables[0]}){AFTER}"


def initials_pattern(name: str) -> str:
    """The first letters of a name of three or more characters, as in `zxm.pdf`, or of `zhang_xm`. "" for a shorter."""
    readings = [readings_of(c) for c in name if is_chinese(c)]
    if len(readings) < 3 or not all(readings):
        return ""
    first = ["[" + "".join(sorted({reading[0] for reading in one})) + "]" for one in readings]
    surname = f"(?:{'|'.join(readings[0])})"
    given = "".join(first[1:])
    return f"{BEFORE}(?:{''.join(first)}|{surname}{LATIN_GAP}{given}|{given}{LATIN_GAP}{surname}){AFTER}"


@cache
def readings_of(character: str) -> tuple[str, ...]:
    """All readings without tones; `ü` as passports, keyboards and people write it."""
    found = {r for r in pinyin(character, style=Style.NORMAL, heteronym=True)[0] if r.isalpha() and r != character}
    spelt = {r.replace("ü", u) for r in found for u in (("v", "yu", "u", "ü") if "ü" in r else ("",))}
    return tuple(sorted(spelt | {r.replace("v", "yu") for r in spelt if r in ("lv", "nv")}))


def traditional(character: str) -> tuple[str, ...]:
    """Characters of the same reading that only traditional writing has: 刘 → 劉. Found by what the old codes hold
    (Big5 has them, GB 2312 does not), and so somewhat too many; in a simplified text none of them ever stands."""
    if not is_chinese(character):
        return ()
    return tuple(sorted({c for reading in readings_of(character) for c in _traditional_by_reading()[reading]}))


def short_forms(name: str) -> list[str]:
    """What a school or unit is called beside its full name, longest first: without its region, its department, its
    kind; numbered schools as people say them."""
    full = re.sub(r"[\s()（）]", "", plain(name))
    found = {full}
    if department := _DEPARTMENT.fullmatch(full):
        found.add(department[1])
    for long, short in SHORTER:
        found |= {form.replace(long, short) for form in found}
    found |= {_NUMBERED.sub(r"\1\2", form) for form in found} | {_NUMBERED.sub(_said, form) for form in found}
    for form in list(found):
        rest = form
        while (region := _REGION.match(rest)) and len(rest) - region.end() >= 2:
            place = region[0].rstrip("省市县区镇")
            rest = rest[region.end() :]
            found |= {rest, place + rest}
    return sorted((form for form in found if len(form) >= 3 or form == full), key=lambda form: (-len(form), form))


def is_common(form: str) -> bool:
    """Whether many schools or units are called so: 第一中学, 实验小学, 计算机学院."""
    return COMMON.fullmatch(form) is not None


def _said(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2][0]}"  # 第六中学 → 六中


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in INVISIBLE


@cache
def _traditional_by_reading() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code in range(0x4E00, 0x9FA6):
        if _held_by(character := chr(code), "big5") and not _held_by(character, "gb2312"):
            for reading in readings_of(character):
                found[reading].append(character)
    return found


def _held_by(character: str, code: str) -> bool:
    try:
        character.encode(code)
    except UnicodeEncodeError:
        return False
    return True
