"""The check of a stored file: inspected, scanned for viruses where a scanner is set, remembered."""

from ..models import StoredFile
from .models import FileCheck

CHECK = "file.check"  # the job


class Unscanned(Exception):
    """The scanner could not be asked, or gave no clear answer: the file stays in quarantine, to be asked again."""


def check_later(stored: StoredFile) -> FileCheck:
    """Have a file checked by a job, which asks an absent scanner again and again; in the caller's transaction."""
    raise NotImplementedError


def check(stored: StoredFile) -> FileCheck:
    """Check a file now; one that was checked keeps its answer.

    The result's state is PASSED (with `found`), REFUSED (with code and message), or still WAITING when the scanner
    gave no answer: then a job asks again.
    """
    raise NotImplementedError


def remember(stored: StoredFile, found: object) -> FileCheck:
    """Note that a file was inspected before it was stored; it passes once the scanner, where there is one, agrees."""
    raise NotImplementedError
