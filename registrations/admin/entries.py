"""Entries as the contact of a track sees them: the queue, and what can be done to many at once."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from unfold.decorators import display
from unfold.views import ChangeList

from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin

from ..entry_models import Entry, Member
from .entry_filters import ChannelFilter, EntryAgeFilter, EntryStateFilter, UnitKindFilter
from .entry_many import ManyEntries
from .entry_review import EntryReview
from .review_filters import CategoryFilter, TrackFilter, own_tracks, short_name

TONES = {"已提交，待审核": "info", "资格已通过": "success", "资格未通过": "danger"}
SUBMITTED = Q(claims__state="submitted")


class Queue(ChangeList):
    """A page of entries; tracks and edition, whose texts are long, are the ones read once a request."""

    def get_results(self, request: Any) -> None:
        super().get_results(request)
        entries: list[Any] = list(self.result_list)  # type: ignore[has-type]
        for entry in entries:
            entry.track = own_tracks(request)[entry.track_id]
            entry.edition = entry.track.edition
        self.result_list = entries


@admin.register(Entry)
class EntryAdmin(EntryReview, ManyEntries, ReadOnlyPortalAdmin):
    """Entries of one's own tracks, the longest waiting first."""

    contacts_may = frozenset({"view"})
    list_display = [
        "show_number", "title", "show_channel", "track_name", "kinds", "show_state", "waiting", "waiting_from"
    ]  # fmt: skip
    list_filter = [EntryStateFilter, EntryAgeFilter, ChannelFilter, TrackFilter, CategoryFilter, "kind", UnitKindFilter]
    show_full_result_count = False
    search_fields = [
        "team_name", "pinyin", "organisation", "people__name", "people__pinyin",
        "row__recommendation__unit__full_name", "row__recommendation__unit__pinyin",
        "row__recommendation__unit__former_names__name",
    ]  # fmt: skip
    search_help_text = "报名编号，队伍、姓名、所在单位，或推荐单位的名称、拼音"
    actions = ["accept_entries"]

    def get_changelist(self, request: Any, **kwargs: Any) -> type[Queue]:
        return Queue

    def get_ordering(self, request: Any) -> list[Any]:
        """Whatever has waited longest."""
        return [F("waiting_since").asc(nulls_last=True), "pk"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Entry]:
        """What the reader sees on their tracks: less than `visible_to`, since an own entry is no matter for review."""
        entries = Entry.objects.visible_to(request.user).filter(track__in=list(own_tracks(request)))
        named = Member.objects.filter(entry=OuterRef("pk"), role="representative").order_by("left_at", "-pk")
        return entries.select_related("row__recommendation__unit").annotate(
            representative=Subquery(named.values("name")[:1]),
            waiting_count=Count("claims", SUBMITTED),
            waiting_since=Min("claims__submitted_at", filter=SUBMITTED),
        )

    def get_search_results(self, request: Any, queryset: QuerySet[Entry], search_term: str) -> Any:
        """A number, with or without the edition's letters, finds its entry; else names are searched."""
        if (number := Entry.pk_of(search_term)) is not None:
            return queryset.filter(pk=number), False
        return super().get_search_results(request, queryset, search_term)

    @display(description="编号", ordering="pk")
    def show_number(self, entry: Entry) -> str:
        return entry.number

    @display(description="参赛队伍/个人")
    def title(self, entry: Any) -> str:
        return f"{entry.team_name}（{entry.representative}）" if entry.team_name else entry.representative or "—"

    @display(description="通道")
    def show_channel(self, entry: Entry) -> str:
        return entry.row.recommendation.unit.full_name if entry.row else "自主报名"

    @display(description="赛道", ordering="track__position")
    def track_name(self, entry: Entry) -> str:
        return short_name(entry.track)

    @display(description="类别")
    def kinds(self, entry: Entry) -> str:
        return "、".join(entry.categories) or "—"

    @display(description="状态", label=TONES)
    def show_state(self, entry: Entry) -> str:
        return entry.get_state_display()

    @display(description="待审条件", ordering="waiting_count")
    def waiting(self, entry: Any) -> str:
        return f"{entry.waiting_count} 条" if entry.waiting_count else "—"

    @display(description="最早提交", ordering="waiting_since")
    def waiting_from(self, entry: Any) -> Any:
        return entry.waiting_since
