"""Names of an entry's people, schools and units in what it handed in: in texts, file names and metadata."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import transaction

from core import clock
from core.files.models import StoredFile

from ..entry_models import Entry
from ..likeness_models import Examination
from ..models import FormerName
from ..rules.leaks import Identity, Leak, Person, Place, find_leaks
from ..work_models import WorkFile, WorkVersion

# Properties that say what a file was made with, never by whom; a name in them is chance.
TECHNICAL = frozenset(
    {"software", "producer", "encoder", "handler_name", "major_brand", "compatible_brands", "vendor_id"}
)


@dataclass(frozen=True)
class FoundLeak:
    """One line of an examination, as the pages show it."""

    where: str
    label: str
    file: int | None  # WorkFile
    what: str
    whose: str
    how: str
    excerpt: str
    strength: str
    count: int

    @property
    def is_strong(self) -> bool:
        """Not merely a word that is also a name."""
        return self.strength == "strong"


def scan(version: WorkVersion) -> list[Leak]:
    """Look for the entry's names in a version and keep what was found. Repeating it does no harm."""
    files = list(WorkFile.objects.filter(pk__in=version.files.values("file")).select_related("file__check_result"))
    leaks = find_leaks(identity_of(version.work.entry), [*_typed(version), *_in_files(files)])
    unread = [str(file) for file in files if file.file and not _is_read(file.file)]
    values = {"leaks": [asdict(_kept(leak)) for leak in leaks], "unread": unread, "scanned_at": clock.now()}
    with transaction.atomic():
        Examination.objects.update_or_create(version=version, defaults=values)
    return leaks


def leaks_of(version: WorkVersion) -> list[FoundLeak]:
    """What the last scan found; nothing before there was one."""
    examination = getattr(version, "examination", None)
    return [FoundLeak(**line) for line in examination.leaks] if examination else []


def identity_of(entry: Entry) -> Identity:
    """Everybody in the entry, instructors and those who left included; its school, team, unit with former names."""
    members = list(entry.people.select_related("user"))
    people = {Person(m.name, m.user.phone or "", m.user.email or "") for m in members}
    people |= {Person(m.user.real_name) for m in members}
    organisations = [entry.organisation, entry.team_name, *(member.organisation for member in members)]
    if row := entry.row:
        unit = row.recommendation.unit
        people.add(Person(row.name, row.phone, row.email))
        organisations += [row.organisation, row.team_name, unit.full_name, unit.team_name]
        organisations += FormerName.objects.filter(unit=unit).order_by("pk").values_list("name", flat=True)
    ordered = sorted(people, key=lambda person: (person.name, person.phone, person.email))
    return Identity(tuple(ordered), tuple(name for name in dict.fromkeys(organisations) if name))


def _typed(version: WorkVersion) -> Iterator[Place]:
    """What was typed into the form; `title` is one of its materials."""
    names = {material.code: material.name for material in version.work.edition.rulebook.materials}
    for code, said in version.fields.items():
        yield Place("text", names.get(code, code), str(said))
    for said in version.ai.values():
        yield Place("text", "AI 使用说明", str(said))


def _in_files(files: list[WorkFile]) -> Iterator[Place]:
    for line in files:
        if line.file is None:
            continue
        yield Place("file_name", "文件名", line.file.original_name, line.pk)
        check = getattr(line.file, "check_result", None)
        if not check or not check.found:
            continue
        found = check.found
        yield Place("text", "文件里的文字", found.text, line.pk)
        for key, value in found.metadata.items():
            if key.rpartition(":")[2].casefold() not in TECHNICAL:
                yield Place("metadata", f"文件属性 {key}", value, line.pk)
        if found.names:
            yield Place("file_name", "压缩包里的文件名", "\n".join(found.names), line.pk)


def _is_read(file: StoredFile) -> bool:
    check = getattr(file, "check_result", None)
    return bool(check and check.found)


def _kept(leak: Leak) -> FoundLeak:
    place = leak.place
    return FoundLeak(
        place.where, place.label, place.file, leak.what, leak.whose, leak.how, leak.excerpt, leak.strength, leak.count
    )
