"""The contest as data: `parse` turns the text of an edition file into a `Rulebook`. Pure Python, no Django, no clock.

Begin with `schema.py` (the sections), then `reader.py` (how annotations drive the reading).
"""

from .adopt import adopt_defaults
from .contest import ACTIONS, ORGANISER_ROLES
from .dates import BEIJING, When, Window, parse_when, window_of
from .diff import Difference, as_data, diff
from .faults import Fault, Undecided
from .loader import Parsed, parse
from .schema import SECTION_LABELS, Rulebook

__all__ = [
    "ACTIONS",
    "BEIJING",
    "ORGANISER_ROLES",
    "SECTION_LABELS",
    "Difference",
    "Fault",
    "Parsed",
    "Rulebook",
    "Undecided",
    "When",
    "Window",
    "adopt_defaults",
    "as_data",
    "diff",
    "parse",
    "parse_when",
    "window_of",
]
