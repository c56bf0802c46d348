"""相似线索: the queue of likenesses on one's own tracks, and two works side by side."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from unfold.decorators import display
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminTextareaWidget

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin

from ..likeness_models import Likeness
from ..rules.likeness import marked_passages
from ..services.dossier import title_of
from ..services.fingerprints import text_of
from ..services.likeness import PARTS, Alike, alike, note_likeness
from ..services.work_dossier import FILES, WorkDossier
from ..services.work_looks import note_look
from ..work_models import Work, WorkFile
from ..work_pages import shown_files
from .review_filters import short_name


class NoteForm(forms.Form):
    """What whoever compared has found."""

    note = forms.CharField(
        label="比对意见", max_length=300, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="会记入办理记录，参赛者看不到",
    )  # fmt: skip


class LookedFilter(admin.SimpleListFilter):
    """What nobody has looked at comes first."""

    title = "比对"
    parameter_name = "looked"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "全部"), ("yes", "已比对")]

    def choices(self, changelist: Any) -> Any:
        """“全部” stands for no filter elsewhere; here it is “待比对”."""
        for choice in super().choices(changelist):
            waiting = choice["query_string"] == changelist.get_query_string(remove=["looked"])
            yield choice | ({"display": "待比对"} if waiting else {})

    def queryset(self, request: Any, queryset: QuerySet[Likeness]) -> QuerySet[Likeness]:
        if self.value() == "all":
            return queryset
        return queryset.filter(looked_at__isnull=self.value() != "yes")


class Queue(ChangeList):
    """A page of likenesses, with what this reader may know of the other work."""

    def get_results(self, request: Any) -> None:
        super().get_results(request)
        found: list[Any] = list(self.result_list)  # type: ignore[has-type]
        for one in alike(found, request.user):
            one.likeness.alike = one  # type: ignore[attr-defined]
        self.result_list = found


@admin.register(Likeness)
class LikenessAdmin(ReadOnlyPortalAdmin):
    """Likenesses of works on one's own tracks; the page lays both works side by side."""

    contacts_may = frozenset({"view"})
    list_display = ["show_work", "kind", "show_score", "show_other", "found_at", "show_looked"]
    list_filter = [LookedFilter, "kind"]
    ordering = ["-score", "pk"]
    show_full_result_count = False

    def get_changelist(self, request: Any, **kwargs: Any) -> type[Queue]:
        return Queue

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Likeness]:
        """Only what concerns the version that counts: an older one is no longer before the contact."""
        return super().get_queryset(request).filter(version__current_of__isnull=False).select_related(*PARTS)

    @display(description="作品", ordering="version__work")
    def show_work(self, likeness: Any) -> str:
        return f"{likeness.version.work.number} {likeness.version.work.title}".strip()

    @display(description="相似度", ordering="score")
    def show_score(self, likeness: Likeness) -> str:
        return f"{likeness.score}%"

    @display(description="对照作品")
    def show_other(self, likeness: Any) -> str:
        return named(likeness.alike)

    @display(description="比对", ordering="looked_at")
    def show_looked(self, likeness: Likeness) -> str:
        return likeness.note or "待比对"

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Both works, what is alike in them first; that somebody looked is kept with each work that was shown."""
        likeness: Likeness = self.visible_or_404(request, object_id)
        (one,) = alike([likeness], request.user)
        sides = [self._side(request, likeness.version.work, likeness.file)]
        if one.open:
            sides.append(self._side(request, one.other, likeness.other_file))

        def act(values: dict[str, Any]) -> str:
            note_likeness(likeness, values["note"], by=request.user)
            return "比对意见已记下，作品的状态没有改变"

        return self.ask(
            request, NoteForm(request.POST or None, initial={"note": likeness.note}), act,
            title=f"比对：{likeness.version.work.number} 与 {one.other.number}", button="记下比对意见",
            back=_page_of(likeness.version.work), template="registrations/admin/likeness.html",
            one=one, sides=sides, texts=_texts(likeness) if one.open and likeness.kind == "text" else None,
            moments=timeline(likeness),
        )  # fmt: skip

    def _side(self, request: SignedInRequest, work: Work, file: WorkFile) -> dict[str, Any]:
        dossier = WorkDossier(work)
        note_look(work, reader=request.user, how="page", version=work.current)
        shown = shown_files(dossier, list(WorkFile.objects.filter(pk=file.pk).select_related(*FILES)))
        track = short_name(work.entry.track)
        entrant = title_of(work.entry)
        return {"work": work, "entrant": entrant, "track": track, "files": shown, "url": _page_of(work)}


def named(one: Alike) -> str:
    """The other work, as far as this reader may know it."""
    work = one.other
    title = work.title if one.open else ""
    edition = f"，{work.edition.name}" if one.earlier_edition else ""
    return f"{work.number} {title}".strip() + f"（{short_name(work.entry.track)}{edition}）"


def _page_of(work: Work) -> str:
    return reverse("admin:registrations_work_change", args=[work.pk])


def _texts(likeness: Likeness) -> list[list[tuple[str, bool]]]:
    """Both texts from their beginning, in pieces that say whether the other has them too."""
    files = [one.file for one in (likeness.file, likeness.other_file)]
    ours, theirs = [text_of(file) if file else "" for file in files]
    return [marked_passages(ours, theirs), marked_passages(theirs, ours)]
