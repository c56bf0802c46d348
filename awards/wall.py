"""作品展: the works that won, once their list is final, of people who agreed to display. Nothing of a person is told
but what the published list says; of a work what its edition calls public, as previews drawn anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from core.files.derived.models import Derived
from core.files.states import PASSED
from registrations.display import displayable
from registrations.states import WORK_HANDED_IN
from registrations.work_models import VersionFile
from tracks.models import Edition
from tracks.rulebook.works import Material

from .models import AwardLine

A_PAGE = 12
_COVERS = ("picture", "poster", "page", "thumbnail")  # what stands for a work, the best first
_TEXTS = ("text", "number", "choice")  # a link leads to its owner


def shown_prizes(edition: Edition) -> QuerySet[AwardLine]:
    """The prizes whose works may be seen, the highest first."""
    found = AwardLine.objects.final().filter(
        version__award_list__edition=edition,
        candidate__version__isnull=False,
        candidate__version__erased_at=None,
        candidate__version__work__state__in=WORK_HANDED_IN,
        entry__in=displayable(edition),
    )
    related = ("version__award_list__category", "entry__track", "candidate__version__work")
    return found.select_related(*related).order_by("version__award_list__position", "place", "pk")


@dataclass(frozen=True)
class Wanted:
    """What a visitor filters by; codes, "" for all. topic: a word of the title, or of what the work says publicly."""

    track: str = ""
    category: str = ""
    level: str = ""
    topic: str = ""

    @property
    def narrow(self) -> bool:
        """Whether anything is filtered by."""
        return any((self.track, self.category, self.level, self.topic))

    def of(self, prizes: QuerySet[AwardLine], edition: Edition) -> QuerySet[AwardLine]:
        """Those of it."""
        if self.topic:
            prizes = prizes.filter(_about(self.topic, edition))
        if self.track:
            prizes = prizes.filter(entry__track__code=self.track)
        if self.category:
            prizes = prizes.filter(version__award_list__category__code=self.category)
        return prizes.filter(level_name=self.level) if self.level else prizes


def _about(topic: str, edition: Edition) -> Q:
    """The word stands in the title, or in a text that is public in the work's category; nowhere else is looked."""
    found = Q(title__icontains=topic)
    for category in edition.rulebook.categories:
        for one in public_materials(edition, category.code):
            if one.kind in _TEXTS:
                said = {f"candidate__version__fields__{one.code}__icontains": topic}
                found |= Q(version__award_list__category__code=category.code, **said)
    return found


@dataclass(frozen=True)
class Work:
    """One work on the wall. previews: all that may be shown of it, in the order of its materials."""

    line: AwardLine
    edition: Edition
    previews: Sequence[Derived] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As the list says it."""
        return self.line.title or f"作品 {self.line.pk}"

    @property
    def letter(self) -> str:
        """Of its category."""
        category = self.line.version.award_list.category
        return category.code if category else ""

    @property
    def cover(self) -> Derived | None:
        """The picture that stands for it."""
        return next((one for kind in _COVERS for one in self.previews if one.kind == kind), None)

    @property
    def videos(self) -> list[tuple[Derived, Derived | None]]:
        """What can be played, each with what stands there before."""
        posters = {one.original_id: one for one in self.previews if one.kind == "poster"}
        return [(one, posters.get(one.original_id)) for one in self.previews if one.kind == "video"]

    @property
    def pictures(self) -> list[Derived]:
        """Pictures, and documents' pages."""
        return [one for one in self.previews if one.kind in ("picture", "page")]

    @property
    def badge(self) -> str:
        """The edition's mark for works made with AI (标识); "" where none was used."""
        version = self.line.candidate.version if self.line.candidate else None
        return self.edition.rulebook.ai.badge if version and version.ai_used else ""

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """(name, words) of what was typed and is public, the title aside."""
        version = self.line.candidate.version if self.line.candidate else None
        if version is None:
            return []
        materials = [one for one in public_materials(self.edition, self.letter) if one.kind in _TEXTS]
        said = [(one, str(version.fields.get(one.code, ""))) for one in materials if one.code != "title"]
        return [(one.name, words) for one, words in said if words]

    @property
    def words(self) -> str:
        """The longest of its texts, for a caption."""
        return max((words for _, words in self.texts), key=len, default="")


def public_materials(edition: Edition, category: str) -> list[Material]:
    """What of a work may be shown, in the order of the edition's file."""
    return [one for one in edition.rulebook.materials_for(category) if one.public]


def works_of(lines: Iterable[AwardLine], edition: Edition) -> list[Work]:
    """Prizes with their previews: two queries, however many."""
    lines = list(lines)
    previews = _previews(lines, edition)
    return [Work(line, edition, previews.get(_version(line), [])) for line in lines]


def preview_of(line: AwardLine, edition: Edition, derived: int) -> Derived | None:
    """One that may be shown, under the work's own name instead of its file's."""
    work = works_of([line], edition)[0]
    found = next((one for one in work.previews if one.pk == derived), None)
    if found:
        ending = next(iter(found.stored.kind.extensions), "")
        found.stored.original_name = f"{work.title}{ending}"  # of the answer only; the row stays
    return found


def address_of(work: Work) -> str:
    """Its page."""
    return reverse("wall_work", kwargs={"prize": work.line.pk})


def _version(line: AwardLine) -> int:
    return line.candidate.version_id or 0 if line.candidate else 0


def _previews(lines: Sequence[AwardLine], edition: Edition) -> dict[int, list[Derived]]:
    """Version → what was drawn of its public files that passed their check."""
    order: dict[tuple[int, str], int] = {}
    for line in lines:
        category = line.version.award_list.category
        materials = public_materials(edition, category.code) if category else []
        order |= {(_version(line), one.code): place for place, one in enumerate(materials)}
    inside = VersionFile.objects.filter(
        version__in={_version(line) for line in lines}, file__file__check_result__state=PASSED
    ).values_list("version", "file__material", "position", "file__file")
    places: dict[UUID, tuple[int, tuple[int, int]]] = {}
    for version, material, position, stored in inside:
        if (version, material) in order:
            places[stored] = (version, (order[version, material], position))
    drawn = Derived.objects.filter(
        original__in=list(places), kind__in=("picture", "poster", "page", "thumbnail", "video")
    )
    found: dict[int, list[Derived]] = {}
    of_kind = drawn.select_related("stored").order_by("position")
    for one in sorted(of_kind, key=lambda one: (places[one.original_id][1], one.position)):
        found.setdefault(places[one.original_id][0], []).append(one)
    return found
