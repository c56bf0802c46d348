"""What the pages of a work show of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from core.files.derived.models import Derived
from core.files.models import Upload
from core.files.states import PASSED, REFUSED
from core.problems import Problem
from tracks.rulebook.works import Material

from .rules.material_words import limits_of
from .rules.works import AI_FIELDS, date_to_keep
from .services.dossier import Dossier
from .services.work_dossier import WorkDossier, files_of
from .services.work_files import PLAIN_LIMIT, limit_of, purpose_of
from .work_models import VersionFile, WorkFile, WorkVersion

if TYPE_CHECKING:
    from core.accounts.models import User

    from .work_forms import WorkForm


@dataclass(frozen=True)
class FileShown:
    """A file with what its check found and what a browser may show of it."""

    file: WorkFile
    problems: list[Problem]
    previews: list[Derived]

    @property
    def state(self) -> str:
        """waiting, passed or refused."""
        found = getattr(self.file.file, "check_result", None)
        return found.state if found else "waiting"

    @property
    def waiting(self) -> bool:
        """Its check is not over."""
        return self.state not in (PASSED, REFUSED)

    @property
    def making(self) -> Any:
        """How far its previews are, while they are being made."""
        found = getattr(self.file.file, "derivation", None)
        return found if found and found.is_open else None

    @property
    def unready(self) -> bool:
        """The page that shows it should look again."""
        return bool(self.waiting or self.making)

    @property
    def facts(self) -> str:
        """MP4 视频, 12.3 MB, 1920 × 1080, 2 分 5 秒."""
        stored = self.file.file
        if stored is None:
            return "文件已删除"
        found = getattr(stored, "check_result", None)
        measured = found.found if found else None
        said = [stored.kind.label, size_of(stored.size)]
        if measured:
            said += [f"{measured.width} × {measured.height}"] if measured.width else []
            said += [f"{measured.dpi} dpi"] if measured.dpi else []
            said += [seconds_of(measured.seconds)] if measured.seconds else []
            said += [f"{measured.pages} 页"] if measured.pages else []
            said += [f"{measured.entries} 个文件"] if measured.entries else []
        return "，".join(said)

    def of_kind(self, kind: str) -> list[Derived]:
        """Its previews of a kind."""
        return [one for one in self.previews if one.kind == kind]

    @property
    def pictures(self) -> list[Derived]:
        """What is shown as pictures: itself, or its pages."""
        return self.of_kind("picture") + self.of_kind("page")

    @property
    def video(self) -> Derived | None:
        """The video to play."""
        return next(iter(self.of_kind("video")), None)

    @property
    def poster(self) -> Derived | None:
        """The picture that stands for it."""
        found = self.of_kind("poster") + self.of_kind("thumbnail") + self.of_kind("picture") + self.of_kind("page")
        return next(iter(found), None)

    @property
    def text(self) -> Derived | None:
        """Its text as a file."""
        return next(iter(self.of_kind("text")), None)


@dataclass(frozen=True)
class Slot:
    """A material that is files: its limits, what is there, what is on its way."""

    material: Material
    files: list[FileShown]
    uploads: list[Upload]
    purpose: str

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.material.code

    @property
    def query(self) -> str:
        """What its addresses end in."""
        return ""

    @property
    def limits(self) -> list[str]:
        """In words."""
        return limits_of(self.material)

    @property
    def one_of(self) -> bool:
        """Of several materials, one is enough."""
        return self.material.one_of is not None

    @property
    def full(self) -> bool:
        """No further file fits, and none is replaced."""
        return self.material.count_max > 1 and len(self.files) >= self.material.count_max

    @property
    def replaces(self) -> bool:
        """A new file takes the place of the one that is there."""
        return self.material.count_max == 1 and bool(self.files)

    @property
    def label(self) -> str:
        """Of the file input."""
        return f"{'换一个' if self.replaces else '上传'}{self.material.name}"

    @property
    def many(self) -> str:
        """Several may be chosen at once."""
        return "yes" if self.material.count_max > 1 else ""

    @property
    def limit(self) -> int:
        """Bytes of one file."""
        return limit_of(self.material)

    @property
    def accept(self) -> str:
        """For the file picker."""
        return ",".join(f".{kind}" for kind in self.material.types) + (",.jpeg" if "jpg" in self.material.types else "")

    @property
    def checking(self) -> bool:
        """Something of it is still being looked into."""
        return any(shown.unready for shown in self.files)


class WorkPage:
    """A work before its people."""

    def __init__(self, dossier: WorkDossier, user: "User", form: "WorkForm | None" = None) -> None:
        self.dossier, self.user, self.form = dossier, user, form
        self.work, self.entry, self.now = dossier.work, dossier.entry, dossier.now
        self.plain_limit = PLAIN_LIMIT

    @cached_property
    def entry_dossier(self) -> Dossier:
        """The entry that it belongs to."""
        return Dossier(self.entry, self.now)

    @property
    def acts(self) -> bool:
        """The reader is the representative."""
        return self.entry_dossier.led_by(self.user)

    @property
    def open(self) -> bool:
        """It may be changed now."""
        return not self.dossier.closed

    @property
    def until(self) -> datetime | None:
        """The exclusive bound to keep."""
        return date_to_keep(self.dossier.window, self.work.correct_until, self.now)

    @property
    def edits(self) -> bool:
        """The reader changes it."""
        return self.open and self.acts

    @property
    def closed(self) -> Problem | None:
        """Why not."""
        return next(iter(self.dossier.closed), None)

    @cached_property
    def slots(self) -> list[Slot]:
        """The materials that are files."""
        shown = shown_files(self.dossier, self.dossier.files)
        by_material: dict[str, list[FileShown]] = {}
        for one in shown:
            by_material.setdefault(one.file.material, []).append(one)
        coming: dict[str, list[Upload]] = {}
        for upload in self.dossier.uploads:
            coming.setdefault(upload.purpose, []).append(upload)
        return [
            Slot(
                m,
                by_material.get(m.code, []),
                coming.get(purpose_of(self.work, m.code), []),
                purpose_of(self.work, m.code),
            )
            for m in self.dossier.file_materials
        ]

    @cached_property
    def problems(self) -> list[Problem]:
        """What stands against handing it in now."""
        return self.dossier.problems()

    @property
    def blocking(self) -> list[tuple[Problem, str]]:
        """What refuses it, each with the place that mends it."""
        return [(problem, self.place_of(problem)) for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[Problem]:
        """What may be passed over."""
        return [problem for problem in self.problems if not problem.blocks]

    def place_of(self, problem: Problem) -> str:
        """Where a problem is mended; empty where nothing on the page would."""
        if not problem.field:
            return ""
        material = self.dossier.material(problem.field)
        anchor = problem.field if material and material.kind == "file" else f"id_{problem.field}"
        return reverse("work", args=[self.work.pk]) + f"#{anchor}"

    @property
    def grace_minutes(self) -> int:
        """How long after the deadline an announced upload may go on."""
        return int(self.dossier.grace.total_seconds() // 60)

    @cached_property
    def versions(self) -> list[WorkVersion]:
        """All that was handed in, the latest first."""
        return list(self.work.versions.order_by("-number"))

    @property
    def unsent(self) -> bool:
        """Handed in, and changed since."""
        return self.work.current is not None and self.work.state != "withdrawn" and self.dossier.changed

    @property
    def badge(self) -> str:
        """What public pages say of a work with AI content; empty for others."""
        policy = self.dossier.rulebook.ai
        return policy.badge if policy and self.work.ai_used else ""


@dataclass(frozen=True)
class VersionPage:
    """One version as it was handed in."""

    version: WorkVersion
    texts: list[tuple[str, str]]
    ai: list[tuple[str, str]]
    files: list[tuple[str, FileShown]]
    current: bool

    @property
    def names(self) -> dict[int, str]:
        """The files' names, by their keys."""
        return {shown.file.pk: str(shown.file) for _, shown in self.files}


def version_page(dossier: WorkDossier, version: WorkVersion) -> VersionPage:
    """What a version says; constant in queries."""
    files = shown_files(dossier, files_of(version))
    names = {material.code: material.name for material in dossier.materials}
    return VersionPage(
        version=version,
        texts=texts_of(dossier, version),
        ai=declaration_of(version),
        files=[(names.get(one.file.material, one.file.material), one) for one in files],
        current=dossier.work.current_id == version.pk,
    )


def texts_of(dossier: WorkDossier, version: WorkVersion) -> list[tuple[str, str]]:
    """(material, what was typed), without what was left empty."""
    return [(m.name, version.fields[m.code]) for m in dossier.texts if version.fields.get(m.code)]


def declaration_of(version: WorkVersion) -> list[tuple[str, str]]:
    """(question, answer) of the AI declaration."""
    if version.ai_used is None:
        return []
    said = [(AI_FIELDS[code][0], text) for code, text in version.ai.items() if text and code in AI_FIELDS]
    return [("使用 AI", "用了" if version.ai_used else "没有用"), *(said if version.ai_used else [])]


def shown_files(dossier: WorkDossier, files: "list[WorkFile] | list[VersionFile]") -> list[FileShown]:
    """Files with their previews; one query for all of them."""
    found = [one.file if isinstance(one, VersionFile) else one for one in files]
    previews: dict[Any, list[Derived]] = {}
    stored = [file.file_id for file in found if file.file_id]
    for one in Derived.objects.filter(original__in=stored).order_by("kind", "position"):
        previews.setdefault(one.original_id, []).append(one)
    return [FileShown(file, dossier.file_problems(file), previews.get(file.file_id, [])) for file in found]


def size_of(size: int) -> str:
    """12.3 MB, as the edition counts (10⁶)."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{max(size // 1000, 1)} KB"


def seconds_of(seconds: float) -> str:
    """2 分 5 秒."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"
