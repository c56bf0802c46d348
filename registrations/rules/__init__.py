"""The contest's decisions about units, places and rows: pure functions on frozen dataclasses."""

from .duplicates import Twin, check_duplicates
from .naming import NameVerdict, NamingRule, compose, fold, judge_name
from .places import Places, check_answered, check_correction, check_places, check_window
from .rows import RowFacts, check_row, normal_categories, normal_phone, normal_text

__all__ = [
    "NameVerdict",
    "NamingRule",
    "Places",
    "RowFacts",
    "Twin",
    "check_answered",
    "check_correction",
    "check_duplicates",
    "check_places",
    "check_row",
    "check_window",
    "compose",
    "fold",
    "judge_name",
    "normal_categories",
    "normal_phone",
    "normal_text",
]
