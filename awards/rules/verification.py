"""查验: whose names stand on a certificate, and whether the one that was typed is among them."""

import hmac
import re
import unicodedata

_OF = re.compile(r"（[^（）]*）$")  # 甲、乙（某单位): whom a team comes from
_DOTS = dict.fromkeys(map(ord, "•‧・∙⋅."), "·")  # how keyboards write 买买提·艾力


def parts_of(name: str) -> tuple[list[str], str]:
    """甲、乙（某单位): the people in order, and their unit in its brackets."""
    of = _OF.search(name)
    people = name[: of.start()] if of and of.start() else name
    return people.split("、"), name[len(people) :]


def is_named(typed: str, name: str) -> bool:
    """Whether this is the name as printed, or that of one of the people; takes as long whether it is or not."""
    said = _plain(typed).encode()
    people, _ = parts_of(name)
    same = [hmac.compare_digest(said, _plain(one).encode()) for one in (name, *people)]
    return bool(said) and any(same)


def _plain(name: str) -> str:
    """As typed on any keyboard: full width, blanks, dots of several kinds, capitals."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name).translate(_DOTS)).casefold()
