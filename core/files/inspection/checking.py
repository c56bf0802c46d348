"""The check of a stored file: inspected, scanned for viruses where a scanner is set, remembered."""

import logging

from django.conf import settings

from core.jobs.services import enqueue
from core.problems import Problem, Refused
from core.states import move

from .. import states
from ..models import FileCheck, StoredFile
from .clamd import Unscanned, scan
from .found import Found
from .inspecting import inspect
from .refusals import refusal

log = logging.getLogger(__name__)

CHECK = "file.check"  # the job


def check_later(stored: StoredFile) -> FileCheck:
    """Have a file checked by a job, which asks an absent scanner again and again; in the caller's transaction."""
    result, _ = FileCheck.objects.get_or_create(file=stored)
    if result.state == states.WAITING:
        enqueue(CHECK, str(stored.pk))
    return result


def check(stored: StoredFile) -> FileCheck:
    """Check a file now; one that was checked keeps its answer.

    The result's state is PASSED (with `found`), REFUSED (with code and message), or still WAITING when the scanner
    gave no answer: then a job asks again.
    """
    return _checked(FileCheck.objects.get_or_create(file=stored)[0], stored)


def _checked(result: FileCheck, stored: StoredFile) -> FileCheck:
    if result.state != states.WAITING:
        return result
    try:
        with stored.blob.storage.open(stored.blob.name or "", "rb") as file:
            if result.facts is None:
                result.facts = inspect(file, stored.original_name).stored()
                result.save(update_fields=["facts"])
            virus = scan(file)
        if virus:
            raise refusal("infected", stored.original_name, stored.kind, {"virus": virus[:80]})
    except Refused as refused:
        _refuse(result, refused.problems[0])
    except Unscanned as error:
        log.warning("file %s not scanned: %s", stored.pk, error)
        enqueue(CHECK, str(stored.pk))
    else:
        move(result, "pass")
    return result


def remember(stored: StoredFile, found: Found) -> FileCheck:
    """Note that a file was inspected before it was stored; it passes once the scanner, where there is one, agrees."""
    result, _ = FileCheck.objects.get_or_create(file=stored, defaults={"facts": found.stored()})
    if settings.CLAMD_SOCKET:
        return check_later(stored)
    return _checked(result, stored)


def _refuse(result: FileCheck, problem: Problem) -> None:
    move(result, "refuse", code=problem.code, message=problem.message)
    result.code, result.message = problem.code, problem.message
