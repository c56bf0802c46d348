"""What reading an edition file can report."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing wrong or doubtful: where (the TOML path, lists counted from 0) and, in Chinese, what and what to do."""

    path: str
    message: str


@dataclass(frozen=True)
class Undecided:
    """A point on which the notice is silent: the reader works with `default`, publishing results waits (A6).

    Written in an edition as `{ undecided = true, default = 5, question = "Q27" }` in the place of any value,
    or as a table of these three keys. It is decided by writing a plain value in its place, or by naming the
    question in the file's `adopted` list.
    """

    path: str
    question: str
    default: Any
