"""Deleting what works say of a person (PIPL 47): that a work was handed in stays, what was in it goes.

An individual's works lose all content; of a team's, which is its other people's too, only what names the person.
"""

from collections.abc import Iterable

from django.db.models import Model, Q

from core import clock
from core.audit.redaction import REDACTED, redact
from core.files.models import StoredFile
from core.files.services import erase
from core.personal import Person

from ..likeness_models import Examination
from ..rules.pinyin import pinyin_of
from ..work_models import Work, WorkFile, WorkVersion
from .likeness import forget_notes


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
    """Take the content out of works, of every version, and delete their files; receipts and times stay."""
    keys = [work.pk for work in works]
    now = clock.now()
    Work.objects.filter(pk__in=keys).update(
        title="", pinyin="", fields={}, ai={}, anonymous_fields={}, anonymous_note="", review_note="", reply=""
    )
    WorkVersion.objects.filter(work__in=keys, erased_at=None).update(title="", fields={}, ai={}, erased_at=now)
    Examination.objects.filter(version__work__in=keys).delete()
    _erase_files(WorkFile.objects.filter(work__in=keys))


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
