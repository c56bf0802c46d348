"""A column as an app describes it; reading, writing and marking use the same description."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a form.

    Headers are compared without bracketed notes, spaces, line breaks, punctuation, width and case, so
    `姓名` also finds `姓 名\\n（参赛者）`; `aliases` are other words people use for it.
    """

    key: str  # the key of `Row.values` and the `field` of its Problems
    label: str  # the header as we write it
    aliases: tuple[str, ...] = ()
    required: bool = False  # the column must be there; whether a cell may be empty is the app's rule
    fold: bool = False  # full-width digits, letters and signs become plain ones (phones, codes)
    multiline: bool = False  # keep line breaks inside a cell
    filler: bool = False  # printed by the template (序号, 推荐单位): alone it does not make a row
    choices: tuple[str, ...] = ()  # offered as a drop-down in what we write; never enforced there
    example: str = ""  # shown as a comment on the header
    width: int = 16  # in characters of Latin text
