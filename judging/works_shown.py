"""What a judge sees of a work: previews only, under neutral names; in a blind round the copies without names.

Never shown: titles of files, their metadata, originals, who handed it in. A material that is not public, and in a blind
round a link, leads to its owner and is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import F, Q

from core.files.derived.models import Derived
from core.files.models import StoredFile
from core.files.states import PASSED, WAITING, WORKING
from registrations.rules.works import AI_FIELDS
from registrations.work_models import VersionFile, WorkFile
from registrations.work_pages import seconds_of
from tracks.rulebook.works import Material

from .models import Assignment
from .readers import Content, content_of

TEXT_MAX = 20_000  # characters of a document's text on the page
CHECKED = "检查通过前看不到，请稍候刷新"
MAKING = "预览还在生成，请稍候刷新"
NO_PREVIEW = "这类文件不在网页上显示，请根据其他材料评分"


@dataclass(frozen=True)
class Part:
    """One file: its previews, or why there are none."""

    previews: Sequence[Derived]
    note: str
    seconds: float = 0
    pages: int = 0
    original: UUID | None = None  # the stored file's key

    def of(self, *kinds: str) -> list[Derived]:
        """Its previews of these kinds."""
        return [one for kind in kinds for one in self.previews if one.kind == kind]

    @property
    def video(self) -> Derived | None:
        """What the player plays."""
        return next(iter(self.of("video")), None)

    @property
    def poster(self) -> Derived | None:
        """What stands there before it plays."""
        return next(iter(self.of("poster")), None)

    @property
    def pictures(self) -> list[Derived]:
        """The picture, or the pages in order."""
        return self.of("picture", "page") or ([] if self.video else self.of("thumbnail"))

    @property
    def text(self) -> str:
        """A document's own text, where it has no pages to show."""
        found = next(iter(self.of("text")), None)
        if found is None or self.of("picture", "page"):
            return ""
        with found.stored.blob.open("rb") as file:
            return str(file.read(TEXT_MAX * 4).decode("utf-8", "replace")[:TEXT_MAX])

    @property
    def missing(self) -> str:
        """Why nothing is shown."""
        return self.note or ("" if self.previews else NO_PREVIEW)


@dataclass(frozen=True)
class Tab:
    """One tab of the viewer: the files of one material, or texts."""

    code: str
    name: str
    parts: Sequence[Part] = ()
    texts: Sequence[tuple[str, str]] = ()
    note: str = ""


@dataclass(frozen=True)
class Brought:
    """A file with the material it belongs to, and what its check found."""

    code: str
    name: str
    file: UUID | None
    checked: str | None
    making: str | None
    seconds: float | None
    pages: int | None


class WorkShown:
    """A work before one judge. Costs two queries for the files, however many they are."""

    def __init__(self, held: Assignment) -> None:
        self.held = held
        self.candidate = held.candidate
        self.blind = held.round.blind

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """What a work of this category consists of."""
        return self.held.round.edition.rulebook.materials_for(self.held.round.letter)

    @cached_property
    def tabs(self) -> list[Tab]:
        """Files first, then what was typed, then the AI declaration."""
        return [*self._files(), *self._texts(), *self._ai()]

    def name_of(self, wanted: Derived) -> str | None:
        """Under which name a preview goes out: “作品 K7-042 视频.webp”; None when it is not of this work."""
        for tab in self._files():
            for part in tab.parts:
                if part.original == wanted.original_id and not part.note:
                    page = f" 第 {wanted.position} 页" if wanted.kind == "page" else ""
                    ending = next(iter(wanted.stored.kind.extensions), "")
                    return f"作品 {self.held.code} {tab.name}{page}{ending}"
        return None

    # --- Files ----------------------------------------------------------------------------------------------

    def _files(self) -> list[Tab]:
        brought = list(self._of_work() if self.candidate.version_id else self._of_candidate())
        previews: dict[UUID | None, list[Derived]] = {}
        stored = [one.file for one in brought if one.file]
        for made in Derived.objects.filter(original__in=stored).select_related("stored").order_by("kind", "position"):
            previews.setdefault(made.original_id, []).append(made)
        tabs: dict[str, list[Part]] = {}
        names = {one.code: one.name for one in brought}
        for one in brought:
            tabs.setdefault(one.code, []).append(_part(one, previews.get(one.file, [])))
        return [Tab(code, names[code], parts, note=_note(parts)) for code, parts in tabs.items()]

    def _of_work(self) -> Iterator[Brought]:
        """The version's files; in a blind round each in its copy without names, where there is one."""
        inside = VersionFile.objects.filter(version=self.candidate.version_id).values("file")
        wanted = Q(pk__in=inside)
        if self.blind:
            wanted |= Q(anonymous_of__in=inside, removed_at=None)
        check = "file__check_result__"
        found = WorkFile.objects.filter(wanted).annotate(
            checked=F(f"{check}state"),
            seconds=F(f"{check}facts__seconds"),
            pages=F(f"{check}facts__pages"),
            making=F("file__derivation__state"),
        )
        order = {material.code: place for place, material in enumerate(self.materials)}
        hidden = {material.code for material in self.materials if not material.public}
        names = {material.code: material.name for material in self.materials}
        files = sorted(found, key=lambda one: (order.get(one.material, len(order)), one.position, one.pk))
        copies = {one.anonymous_of_id: one for one in files if one.anonymous_of_id}
        for file in files:
            if file.anonymous_of_id or file.material in hidden:
                continue
            shown = copies.get(file.pk, file)
            facts = (shown.checked, shown.making, shown.seconds, shown.pages)
            yield Brought(file.material, names.get(file.material, "文件"), shown.file_id, *facts)

    @cached_property
    def _content(self) -> Content:
        """Of what is no work."""
        return content_of(self.candidate, blind=self.blind)

    def _of_candidate(self) -> Iterator[Brought]:
        """What the app that it comes from shows; each file is a tab of its own."""
        check = "check_result__"
        wanted = [key for _, key in self._content.files if key]
        found = StoredFile.objects.filter(pk__in=wanted).values_list(
            "pk", f"{check}state", "derivation__state", f"{check}facts__seconds", f"{check}facts__pages"
        )
        known = {key: facts for key, *facts in found}
        for number, (label, key) in enumerate(self._content.files):
            checked, making, seconds, pages = known.get(key, (None, None, None, None))
            yield Brought(f"f{number}", label, key, checked, making, seconds, pages)

    # --- Words ----------------------------------------------------------------------------------------------

    def _texts(self) -> list[Tab]:
        version = self.candidate.version
        if version is None:
            return [Tab("texts", "说明", texts=self._content.texts)]
        said = dict(version.fields)
        if self.blind:
            said |= {code: words for code, words in version.work.anonymous_fields.items() if words}
        kinds = ("text", "number", "choice") if self.blind else ("text", "number", "choice", "link")
        shown = [
            (material.name, str(said[material.code]))
            for material in self.materials
            if material.public and material.kind in kinds and said.get(material.code)
        ]
        return [Tab("texts", "说明", texts=shown, note=f"{len(shown)} 项")] if shown else []

    def _ai(self) -> list[Tab]:
        version = self.candidate.version
        if version is None or version.ai_used is None:
            return []
        said = [("使用 AI", "用了" if version.ai_used else "没有用")]
        if version.ai_used:
            said += [(AI_FIELDS[code][0], words) for code, words in version.ai.items() if words and code in AI_FIELDS]
        return [Tab("ai", "AI 声明", texts=said, note="已填写" if version.ai_used else "没有用 AI")]


def _part(one: Brought, previews: Sequence[Derived]) -> Part:
    note = ""
    if one.file is None:
        note = "文件已删除"
    elif one.checked != PASSED:
        note = CHECKED
    elif not previews and one.making in (WAITING, WORKING):
        note = MAKING
    return Part([] if note else previews, note, one.seconds or 0, one.pages or 0, one.file)


def _note(parts: Iterable[Part]) -> str:
    """3 分 12 秒; 图片 2 张; 6 页; 2 个文件."""
    parts = list(parts)
    pages = sum(part.pages or len(part.of("page")) for part in parts if part.of("page"))
    pictures = sum(len(part.of("picture")) for part in parts)
    seconds = sum(part.seconds for part in parts if part.video)
    said = [seconds_of(seconds)] if seconds else []
    said += [f"图片 {pictures} 张"] if pictures else []
    said += [f"{pages} 页"] if pages else []
    return "，".join(said) or (f"{len(parts)} 个文件" if len(parts) > 1 else "")


def preview_of(held: Assignment, wanted: Derived) -> Derived | None:
    """A preview as it goes out to a judge, renamed; None when it is no part of the work before them."""
    name = WorkShown(held).name_of(wanted)
    if name is None:
        return None
    wanted.stored.original_name = name  # of the answer only; the row stays
    return wanted
