"""查验: which name a stranger may see, and whether the name that was typed is on the certificate."""

import hmac
import re
import unicodedata

from core.personal import mask_name

_OF = re.compile(r"（[^（）]*）$")  # 甲、乙（某单位): whom a team comes from
_DOTS = dict.fromkeys(map(ord, "•‧・∙⋅.．"), "·")  # how keyboards write 买买提·艾力


def masked(name: str, *, personal: bool) -> str:
    """王*、李*（某单位): every person by the first character; the name of a unit is nobody's secret.

    personal: whether these are people; in doubt they are.
    """
    if not personal:
        return name
    people, unit = _parts(name)
    return "、".join(mask_name(one) for one in people) + unit


def is_named(typed: str, name: str) -> bool:
    """Whether this is the name as printed, or that of one of the people; takes as long whether it is or not."""
    said = _plain(typed).encode()
    people, _ = _parts(name)
    same = [hmac.compare_digest(said, _plain(one).encode()) for one in (name, *people)]
    return bool(said) and any(same)


def _parts(name: str) -> tuple[list[str], str]:
    """The people in order, and their unit in its brackets."""
    of = _OF.search(name)
    people = name[: of.start()] if of and of.start() else name
    return people.split("、"), name[len(people) :]


def _plain(name: str) -> str:
    """As typed on any keyboard: full width, blanks, dots of several kinds, capitals."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name).translate(_DOTS)).casefold()
