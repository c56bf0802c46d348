"""After a version came in: its files are fingerprinted, compared and searched for names, by jobs.

Two jobs, so that of two versions which come in at once at least one sees the other: comparing begins when one's own
fingerprints have been committed. Previews come later than the version; until they are made, both jobs come again.
"""

from datetime import timedelta

from django.utils import timezone

from core.jobs.services import enqueue
from core.prepared import Prepared

from ..work_models import WorkVersion
from .comparing import compare
from .fingerprints import files_of, fingerprint
from .leaks import scan

EXAMINE, COMPARE = "work.examine", "work.compare"
AGAIN = timedelta(minutes=2)
ROUNDS = 90  # three hours; a file whose previews take longer is compared by its bytes and text alone
# Without the row of the few that were recommended: it is at the end of three more joins.
_VERSION = Prepared(
    1,
    lambda version: WorkVersion.objects.select_related("work__edition", "work__entry").filter(
        pk=version, erased_at=None
    ),
)


def examine_later(version: WorkVersion) -> None:
    """Have a version examined, in the transaction that handed it in."""
    enqueue(EXAMINE, f"{version.pk}:0", {"version": version.pk, "round": 0})


def examine(version_id: int, turn: int) -> None:
    """Read what can be read by now, search it for names, have it compared; come again while previews are made."""
    version = _found(version_id)
    if version is None:
        return
    new = fingerprint(version)
    scan(version)
    if new or turn == 0:
        enqueue(COMPARE, f"{version.pk}:{turn}", {"version": version.pk})
    if turn < ROUNDS and _waits(version):
        later = timezone.now() + AGAIN
        enqueue(EXAMINE, f"{version.pk}:{turn + 1}", {"version": version.pk, "round": turn + 1}, not_before=later)


def compare_version(version_id: int) -> None:
    """Compare, unless the version was erased meanwhile."""
    if version := _found(version_id):
        compare(version)


def _found(version_id: int) -> WorkVersion | None:
    """The version with its work; None once its content is gone."""
    return _VERSION.first(version_id)


def _waits(version: WorkVersion) -> bool:
    """Whether a file's check or previews are still being made."""
    for file in files_of(version):
        check, derivation = getattr(file, "check_result", None), getattr(file, "derivation", None)
        if (check and check.state == "waiting") or (derivation and derivation.is_open):
            return True
    return False
