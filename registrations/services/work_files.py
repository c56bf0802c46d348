"""The files of a work: put in, take out, put in order; and the check and previews that follow."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.derived.making import derive_later
from core.files.inspection.checking import check
from core.files.models import StoredFile, Upload
from core.files.services import MB
from core.files.states import PASSED, WAITING
from core.jobs.registry import Retry
from core.jobs.services import enqueue
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState
from tracks.rulebook.works import Material

from ..rules.works import check_upload
from ..work_models import Work, WorkFile
from .work_dossier import WorkDossier
from .works import lock

PREVIEW = "work.preview"  # the job that has previews made once the file has passed its check
ASK_AGAIN = timedelta(minutes=5)
PLAIN_LIMIT = 20 * MB  # of a file that comes with an ordinary form; larger ones come piece by piece


def purpose_of(work: Work, material: str, original: WorkFile | None = None) -> str:
    """The slot of an upload, as `core.files` keeps it: work:12:video, or work:12:video:7 for the copy without names."""
    return f"work:{work.pk}:{material}" + (f":{original.pk}" if original else "")


def limit_of(material: Material) -> int:
    """Bytes of one file that the page lets in: as many as the rule does."""
    return (material.size_max_mb or 0) * MB


def announceable(dossier: WorkDossier, material: Material) -> list[Problem]:
    """Why no further file of this material can be announced now; nothing when it can."""
    if problems := dossier.closed:
        return problems
    coming = sum(upload.purpose == purpose_of(dossier.work, material.code) for upload in dossier.uploads)
    there = len(dossier.files_of[material.code])
    if material.count_max > 1 and there + coming >= material.count_max:
        words = f"“{material.name}”最多 {material.count_max} 个文件，已有 {there} 个"
        words += f"，另有 {coming} 个在上传" if coming else ""
        return [Problem("material.count_max", f"{words}。请先移出或取消一个", material.code)]
    return []


def attach(upload: Upload, stored: StoredFile) -> None:
    """Put an uploaded file where it was announced for, in the transaction that keeps it.

    Raises Refused when the deadline and its grace are over, or there is no room; then the file is not taken.
    """
    _, work, material, *original = upload.purpose.split(":")
    found = Work.objects.get(pk=work)
    copy = WorkFile.objects.get(pk=original[0]) if original else None
    add_file(found, material, stored, announced=upload, by=upload.owner, anonymous_of=copy)


def add_file(
    work: Work,
    material: str,
    stored: StoredFile,
    *,
    by: User,
    announced: Upload | None = None,
    anonymous_of: WorkFile | None = None,
) -> WorkFile:
    """Put a kept file into the work; where only one fits, it takes the place of the other.

    announced: the upload that brought it, else it came whole with a form. Raises Refused (deadline, count, material).
    """
    with transaction.atomic(), recorded("work.file_added", by=by):
        work = lock(work)
        dossier, now = WorkDossier(work), clock.now()
        rule = dossier.material(material)
        if rule is None or rule.kind != "file":
            raise Refused(Problem("material.unknown", "这件作品不需要这种文件"))
        if anonymous_of is None:
            refuse_if(check_upload(dossier.standing, announced.created_at if announced else now, now))
            _make_room(dossier, rule)
        else:
            refuse_if(anonymising(work, announced.created_at if announced else None, dossier.grace))
            work.files.filter(anonymous_of=anonymous_of, removed_at=None).update(removed_at=now)
        last = work.files.filter(material=material).aggregate(last=Max("position"))["last"]
        place = 0 if last is None else last + 1
        file = WorkFile(work=work, material=material, position=place, file=stored, added_at=now, added_by=by)
        file.anonymous_of = anonymous_of
        file.save(force_insert=True)
        Work.objects.filter(pk=work.pk).update(changed_at=now)
        enqueue(PREVIEW, str(stored.pk), {"file": str(stored.pk)})
    return file


def remove_file(file: WorkFile, *, by: User) -> None:
    """Take a file out of the working copy; versions keep it."""
    with transaction.atomic(), recorded("work.file_removed", by=by):
        work = lock(file.work)
        refuse_if(anonymising(work) if file.anonymous_of_id else WorkDossier(work).closed)
        file.removed_at = clock.now()
        file.save(update_fields=["removed_at"])
        Work.objects.filter(pk=work.pk).update(changed_at=file.removed_at)


def move_file(file: WorkFile, *, up: bool, by: User) -> None:
    """Change places with the file before or after it in its material."""
    with transaction.atomic(), recorded("work.file_moved", by=by):
        dossier = WorkDossier(lock(file.work))
        refuse_if(dossier.closed)
        line = dossier.files_of[file.material]
        here = next(place for place, one in enumerate(line) if one.pk == file.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(line):
            return
        line[here], line[there] = line[there], line[here]
        for place, one in enumerate(line):
            if one.position != place:
                one.position = place
                one.save(update_fields=["position"])


def anonymising(work: Work, announced: datetime | None = None, grace: timedelta = timedelta()) -> list[Problem]:
    """Why no copy without names can be given now; nothing when it can.

    announced: of a file on its way, which may take the grace when that was before the deadline.
    """
    if work.anonymous_asked_at is None:
        return [Problem("anonymous.not_asked", "联系人没有要求匿名版，不用提供")]
    until, now = work.anonymous_until, clock.now()
    if until and announced and announced < until:
        until += grace
    if work.anonymous_given_at or (until and now >= until):
        return [Problem("anonymous.closed", "匿名版已经提交或已过期限，需要修改请联系赛道联系人")]
    return []


def check_now(dossier: WorkDossier) -> None:
    """Check whatever the job has not come to yet, so that nobody waits for the queue at the deadline."""
    for file in [*dossier.files, *dossier.copies]:
        found = getattr(file.file, "check_result", None)
        if file.file and (found is None or found.state == WAITING):
            with suppress(StaleState):  # a worker was quicker
                check(file.file)
    for known in ("files", "files_of", "copies"):
        dossier.__dict__.pop(known, None)


def preview(stored: UUID) -> None:
    """Have a file's previews made, now that it has passed its check. Raises Retry while it has not been checked."""
    file = StoredFile.objects.filter(pk=stored).first()
    if file is None:  # erased meanwhile
        return
    checked = check(file)
    if checked.state == WAITING:
        raise Retry("查毒程序没有应答", ASK_AGAIN)
    if checked.state == PASSED:
        derive_later(file)


def _make_room(dossier: WorkDossier, material: Material) -> None:
    there = dossier.files_of[material.code]
    if len(there) < material.count_max:
        return
    if material.count_max > 1:
        words = f"“{material.name}”最多 {material.count_max} 个文件。请先移出一个，再上传"
        raise Refused(Problem("material.count_max", words, material.code))
    dossier.work.files.filter(pk__in=[file.pk for file in there]).update(removed_at=dossier.now)
