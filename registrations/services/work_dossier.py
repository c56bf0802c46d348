"""Gathering what the rules ask for about one work, read once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from core import clock
from core.files.models import Upload
from core.files.states import OPEN, PASSED, REFUSED
from core.prepared import Prepared
from core.problems import Problem
from tracks.models import Edition
from tracks.rulebook import Rulebook, Window
from tracks.rulebook.contest import Category
from tracks.rulebook.works import Material

from ..entry_models import PARTICIPANTS, Entry
from ..rules.manifest import Content, FileLine
from ..rules.materials import check_fields, check_file, check_set
from ..rules.places import extend_window
from ..rules.works import (
    Standing,
    asked_of_ai,
    check_ai,
    check_answered,
    check_changing,
    check_submitting,
    check_topic,
)
from ..work_models import VersionFile, Work, WorkAuthor, WorkFile, WorkVersion

FILES = ("file__check_result", "file__derivation")  # what is shown of a file besides itself
FIELD_PLACE = "m_"  # how a form calls a material
# Read whenever a work is looked at or touched.
_KEPT = Prepared(1, lambda work: WorkFile.objects.filter(work=work).kept().select_related("file", *FILES))


class WorkDossier:
    """One work's rule inputs. Every list costs one query, however long it is."""

    def __init__(self, work: Work, now: datetime | None = None) -> None:
        self.work = work
        self.entry: Entry = work.entry
        self.edition: Edition = work.edition
        self.rulebook: Rulebook = work.edition.rulebook
        self.now = now or clock.now()

    # --- The edition's words on it --------------------------------------------------------------------------

    @cached_property
    def category(self) -> Category:
        """The category as the edition has it."""
        return self.rulebook.category(self.work.category)

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """What a work of this category consists of, in order."""
        return self.rulebook.materials_for(self.work.category)

    @property
    def texts(self) -> list[Material]:
        """The materials that are typed."""
        return [material for material in self.materials if material.kind != "file"]

    @property
    def file_materials(self) -> list[Material]:
        """The materials that are files."""
        return [material for material in self.materials if material.kind == "file"]

    def material(self, code: str) -> Material | None:
        """One of them, by its code."""
        return next((material for material in self.materials if material.code == code), None)

    @property
    def asked_of_ai(self) -> list[str]:
        """The fields of the AI declaration."""
        return asked_of_ai(self.rulebook.ai) if self.rulebook.ai else []

    @cached_property
    def window(self) -> Window:
        """When it may be handed in: its category's season, later where a contact opened it."""
        return extend_window(self.season, self.work.unlocked_until)

    @property
    def season(self) -> Window:
        """When any work of its category may be."""
        return self.edition.window("submit", self.work.category)

    @cached_property
    def grace(self) -> timedelta:
        """What was announced before the deadline may finish so much later; as the closing milestone publishes."""
        closing = (m.grace_minutes for m in self.edition.calendar if m.code == self.window.closed_by)
        return timedelta(minutes=next(closing, 0))

    @property
    def standing(self) -> Standing:
        """What decides whether it may change."""
        return Standing(self.work.state, self.entry.state, self.window, self.work.correct_until, self.grace)

    # --- What belongs to it ---------------------------------------------------------------------------------

    @cached_property
    def files(self) -> list[WorkFile]:
        """The files of the working copy, material by material."""
        found = _KEPT(self.work.pk)
        for file in found:
            file.work = self.work
        return in_order(found, self.materials)

    @cached_property
    def files_of(self) -> dict[str, list[WorkFile]]:
        """The same by material code."""
        found: dict[str, list[WorkFile]] = defaultdict(list)
        for file in self.files:
            found[file.material].append(file)
        return found

    @cached_property
    def coming(self) -> list[Upload]:
        """Everything that is still on its way in."""
        mine = Upload.objects.filter(purpose__startswith=f"work:{self.work.pk}:", state=OPEN)
        return list(mine.order_by("created_at"))

    @property
    def uploads(self) -> list[Upload]:
        """Of that, files of the working copy."""
        return [upload for upload in self.coming if not is_copy(upload.purpose)]

    @property
    def copies_coming(self) -> list[Upload]:
        """Of that, copies without names."""
        return [upload for upload in self.coming if is_copy(upload.purpose)]

    @cached_property
    def copies(self) -> list[WorkFile]:
        """The copies without names in force."""
        found = self.work.files.filter(anonymous_of__isnull=False, removed_at=None)
        return in_order(found.select_related("file", *FILES), self.materials)

    @property
    def content(self) -> Content:
        """The working copy, as it would be handed in."""
        lines = [_line(file, place) for place, file in enumerate(self.files)]
        return Content(self.work.fields, self.work.ai_used, self.work.ai, tuple(lines))

    @property
    def changed(self) -> bool:
        """Whether the working copy says something else than the version that counts."""
        current = self.work.current
        return current is None or self.content.digest != current.digest

    @property
    def arrived_in_grace(self) -> bool:
        """A file that had been announced in time came in after the deadline: it may still be handed in."""
        closes = self.standing.closes
        return closes is not None and any(file.added_at >= closes for file in self.files)

    # --- What the rules say ---------------------------------------------------------------------------------

    @property
    def closed(self) -> list[Problem]:
        """Why it cannot be changed now; nothing when it can."""
        return check_changing(self.standing, self.now)

    def field_problems(self) -> list[Problem]:
        """What stands against the texts, at their codes."""
        return check_fields(self.texts, self.work.fields)

    def file_problems(self, file: WorkFile) -> list[Problem]:
        """What stands against one file: by its check, then by its material."""
        material = self.material(file.material)
        if file.file is None or material is None:
            return [Problem("material.unknown", "这个文件不再需要，请移出", file.material)]
        check = getattr(file.file, "check_result", None)
        if check is None or check.state not in (PASSED, REFUSED):
            words = f"“{file}”还在检查，通常几秒钟，请稍候再提交"
            return [Problem("file.unchecked", words, material.code)]
        if check.state == REFUSED:
            return [Problem(check.code, check.message, material.code)]
        return [p.at(material.code) for p in check_file(material, check.found, file.file.original_name)]

    def content_problems(self) -> list[Problem]:
        """What the working copy lacks, each problem at a material's code, `ai_used` or `ai_<code>`."""
        counts = {material.code: len(self.files_of[material.code]) for material in self.file_materials}
        counts |= {m.code: 1 for m in self.texts if self.work.fields.get(m.code, "").strip()}
        problems = check_set(self.materials, counts) + self.field_problems()
        for file in self.files:
            problems += self.file_problems(file)
        if self.rulebook.ai:
            problems += check_ai(self.rulebook.ai, self.work.ai_used, self.work.ai)
        for upload in self.uploads:
            code = upload.purpose.split(":")[2]
            words = f"“{upload.name}”还没有传完（{upload.percent}%）。请传完，或者取消这个文件"
            problems.append(Problem("upload.open", words, code))
        return problems

    def topic_problems(self) -> list[Problem]:
        """One work of a topic for each person, where the edition says so; the database holds a limit of one."""
        limit = self.category.works_per_person
        if limit is None or self.work.state in ("submitted", "returned", "passed"):
            return []
        people = self.entry.people.filter(left_at=None, role__in=PARTICIPANTS).values("user")
        others = WorkAuthor.objects.filter(edition=self.edition, category=self.work.category, user__in=people)
        held: dict[int, int] = defaultdict(int)
        for user in others.exclude(work=self.work).values_list("user", flat=True):
            held[user] += 1
        return check_topic(max(held.values(), default=0), limit)

    def problems(self) -> list[Problem]:
        """此刻提交会怎样: everything that would refuse it now."""
        unchanged, returned = not self.changed, self.work.state == "returned"
        return [
            *check_submitting(self.standing, self.now, arrived_in_grace=self.arrived_in_grace),
            *self.content_problems(),
            *self.topic_problems(),
            *check_answered(unchanged=unchanged, returned=returned, reply=self.work.reply),
        ]


def is_copy(purpose: str) -> bool:
    """Whether an upload is for a copy without names (`work_files.purpose_of`)."""
    return purpose.count(":") == 3


def content_of(version: WorkVersion, files: Sequence[VersionFile]) -> Content:
    """What a version holds; its digest is the version's own."""
    lines = tuple(_line(one.file, one.position) for one in files)
    return Content(version.fields, version.ai_used, version.ai, lines)


_OF_VERSION = Prepared(
    1,
    lambda version: (
        VersionFile.objects.filter(version=version)
        .select_related("file__file", *(f"file__{name}" for name in FILES))
        .order_by("position")
    ),
)


def files_of(version: WorkVersion) -> list[VersionFile]:
    """The files of a version as they stood, with what is shown of them."""
    return _OF_VERSION(version.pk)


def in_order(files: Iterable[WorkFile], materials: Sequence[Material]) -> list[WorkFile]:
    """Material by material, each in the participant's order."""
    order = {material.code: place for place, material in enumerate(materials)}
    return sorted(files, key=lambda file: (order.get(file.material, len(order)), file.position, file.pk))


def _line(file: WorkFile, position: int) -> FileLine:
    stored = file.file
    if stored is None:
        return FileLine(file.material, position, "", 0, "")
    return FileLine(file.material, position, stored.original_name, stored.size, stored.sha256)
