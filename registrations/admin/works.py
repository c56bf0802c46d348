"""Works as the contact of a track sees them: the queue, and what can be done to many at once."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from unfold.decorators import display
from unfold.views import ChangeList

from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin

from ..entry_models import Member
from ..work_models import Work
from .review_filters import AgeFilter, EntryTrackFilter, short_name
from .verdict_pages import TONES, at_home
from .work_filters import AnonymousFilter, WorkCategoryFilter, WorkStateFilter
from .work_many import ManyWorks
from .work_review import WorkReview


class Queue(ChangeList):
    """A page of works; tracks and edition, whose texts are long, are the ones read once a request."""

    def get_results(self, request: Any) -> None:
        super().get_results(request)
        works: list[Any] = list(self.result_list)  # type: ignore[has-type]
        for work in works:
            at_home(request, work)
        self.result_list = works


@admin.register(Work)
class WorkAdmin(WorkReview, ManyWorks, ReadOnlyPortalAdmin):
    """Works handed in on one's own tracks, the longest waiting first."""

    contacts_may = frozenset({"view"})
    list_display = ["show_number", "show_title", "entrant", "track_name", "category", "show_state", "version", "since"]
    list_filter = [WorkStateFilter, AgeFilter, EntryTrackFilter, WorkCategoryFilter, AnonymousFilter]
    show_full_result_count = False
    search_fields = [
        "title", "pinyin", "entry__team_name", "entry__pinyin", "entry__organisation", "entry__people__name",
        "entry__people__pinyin",
    ]  # fmt: skip
    search_help_text = "作品编号、名称，队伍、姓名、单位或拼音"
    actions = ["pass_works"]

    def get_changelist(self, request: Any, **kwargs: Any) -> type[Queue]:
        return Queue

    def get_ordering(self, request: Any) -> list[Any]:
        """Whatever has waited longest."""
        return ["submitted_at", "pk"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Work]:
        """What was handed in on the reader's tracks; an own work is no matter for review."""
        named = Member.objects.filter(entry=OuterRef("entry"), role="representative").order_by("left_at", "-pk")
        works = self.reviewed(request)
        return works.select_related("entry__row", "current").annotate(representative=Subquery(named.values("name")[:1]))

    def get_search_results(self, request: Any, queryset: QuerySet[Work], search_term: str) -> Any:
        """The last digits of a number find its work; else names are searched."""
        number = search_term.strip().rpartition("-")[2]
        if number.isascii() and number.isdigit() and len(number) == 6:
            return queryset.filter(pk=int(number)), False
        return super().get_search_results(request, queryset, search_term)

    @display(description="编号", ordering="pk")
    def show_number(self, work: Work) -> str:
        return work.number

    @display(description="作品")
    def show_title(self, work: Work) -> str:
        return work.current.title if work.current and work.current.title else "（没有名称）"

    @display(description="参赛队伍/个人")
    def entrant(self, work: Any) -> str:
        name = work.representative or "—"
        return f"{work.entry.team_name}（{name}）" if work.entry.team_name else name

    @display(description="赛道", ordering="entry__track__position")
    def track_name(self, work: Work) -> str:
        return short_name(work.entry.track)

    @display(description="状态", label=TONES)
    def show_state(self, work: Work) -> str:
        return work.get_state_display()

    @display(description="版本")
    def version(self, work: Work) -> str:
        return f"第 {work.current.number} 版" if work.current else "—"

    @display(description="提交时间", ordering="submitted_at")
    def since(self, work: Work) -> Any:
        return work.submitted_at
