"""Deleting what works say: at a person's request (PIPL 47), or when the edition's term is up (到期清理).

That a work was handed in stays, what was in it goes. At a request, an individual's works lose all content; of a team's,
which is its other people's too, only what names the person.
"""

from collections.abc import Iterable

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from core import clock
from core.audit.redaction import REDACTED, redact
from core.files.models import StoredFile, Upload
from core.files.services import erase
from core.files.uploads import forget
from core.personal import Person

from ..likeness_models import Examination
from ..rules.pinyin import pinyin_of
from ..work_models import Work, WorkFile, WorkVersion
from .likeness import forget_notes

TOLD = Q(erased_at=None) | ~Q(fields={}, ai={})  # a version that still says something, or not yet that it was erased


def purge_works(person: Person) -> tuple[int, list[Model]]:
    """Erase; how many works, and the things whose notices name the person. In the caller's transaction."""
    works = Work.objects.filter(entry__people__user=person.user).distinct()
    alone = list(works.filter(entry__kind="individual"))
    erase_content(alone)
    shared = [work for work in works.filter(entry__kind="team") if _names(person, work)]
    for work in shared:
        _blank(person, work)
    forget_notes([*alone, *shared])
    redact(Work, [work.pk for work in (*alone, *shared)])
    return len(alone) + len(shared), [*works]


def erase_content(works: Iterable[Work]) -> None:
    """Take the content out of works, titles included, of every version; receipts and times stay."""
    _empty([work.pk for work in works], titles=True)


def expire_content(works: QuerySet[Work]) -> int:
    """The same when their time is up, but for the titles, which results name. Returns how many had anything left."""
    said = ~Q(fields={}, ai={}, anonymous_fields={}, anonymous_note="", review_note="", reply="")
    versions = WorkVersion.objects.filter(TOLD, work=OuterRef("pk"))
    files = WorkFile.objects.filter(work=OuterRef("pk"), file__isnull=False)
    left = list(works.filter(said | Q(Exists(versions)) | Q(Exists(files))).order_by("pk"))
    keys = [work.pk for work in left]
    _empty(keys, titles=False)
    _forget_uploads(set(keys))
    forget_notes(left)
    redact(Work, keys)
    return len(left)


def _empty(keys: list[int], *, titles: bool) -> None:
    """Texts, notes and files of works and of all their versions."""
    titled = {"title": ""} if titles else {}
    Work.objects.filter(pk__in=keys).update(
        fields={}, ai={}, anonymous_fields={}, anonymous_note="", review_note="", reply="",
        **titled | ({"pinyin": ""} if titles else {}),
    )  # fmt: skip
    versions = WorkVersion.objects.filter(TOLD, work__in=keys)
    versions.update(fields={}, ai={}, erased_at=clock.now(), **titled)
    Examination.objects.filter(version__work__in=keys).delete()
    _erase_files(WorkFile.objects.filter(work__in=keys))


def _forget_uploads(works: set[int]) -> None:
    """What was announced for works and never became a file of theirs: its name may be a person's."""
    found = Upload.objects.filter(purpose__startswith="work:")
    uploads = [upload for upload in found if int(upload.purpose.split(":")[1]) in works]
    for upload in uploads:
        forget(upload)
    redact(Upload, [upload.pk for upload in uploads])


def _names(person: Person, work: Work) -> bool:
    told = [work.title, work.fields, work.ai, work.anonymous_fields, work.anonymous_note, work.review_note, work.reply]
    files = [file.file.original_name for file in work.files.select_related("file") if file.file]
    versions = [[version.title, version.fields, version.ai] for version in work.versions.all()]
    leaks = list(Examination.objects.filter(version__work=work).values_list("leaks", flat=True))
    return person.is_named_in([told, files, versions, leaks])


def _blank(person: Person, work: Work) -> None:
    """What names the person in a team's work: taken out of its texts; files named after them are called otherwise."""
    named = [f for f in work.files.select_related("file") if f.file and person.is_named_in(f.file.original_name)]
    for version in work.versions.all():
        if person.is_named_in([version.title, version.fields, version.ai]) or version.files.filter(file__in=named):
            said = {name: _without(person, getattr(version, name)) for name in ("fields", "ai")}
            title = _cut(person, version.title)
            WorkVersion.objects.filter(pk=version.pk).update(title=title, **said, erased_at=clock.now())
    values = {name: _without(person, getattr(work, name)) for name in ("fields", "ai", "anonymous_fields")}
    notes = {name: "" for name in ("review_note", "reply", "anonymous_note") if person.is_named_in(getattr(work, name))}
    title = _cut(person, work.title)
    Work.objects.filter(pk=work.pk).update(**values, **notes, title=title, pinyin=pinyin_of(title))
    Examination.objects.filter(version__work=work).delete()
    keys = [file.file_id for file in named if file.file_id]
    for stored in StoredFile.objects.filter(pk__in=keys):
        StoredFile.objects.filter(pk=stored.pk).update(original_name=f"作品文件{stored.extension}")
    redact(StoredFile, keys)


def _without(person: Person, said: dict[str, str]) -> dict[str, str]:
    return {code: _cut(person, text) for code, text in said.items()}


def _cut(person: Person, text: str) -> str:
    for word in sorted(person.words, key=len, reverse=True):
        text = text.replace(word, REDACTED)
    return text


def _erase_files(files: "Iterable[WorkFile]") -> None:
    keys = [file.pk for file in files]
    mine = WorkFile.objects.filter(pk__in=keys)
    stored = list(mine.filter(~Q(file=None)).values_list("file", flat=True))
    mine.update(file=None)
    erase(StoredFile.objects.filter(pk__in=stored))
