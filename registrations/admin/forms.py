"""The 推荐申报表 as a whole: whose, and which rows."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from core.accounts.contacts import mask_phone
from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalInline, ReadOnlyPortalAdmin

from .. import states
from ..models import Recommendation, RecommendationRow
from .review import short_name


class RowInline(PortalInline):
    """The rows of a form that the reader may see."""

    model = RecommendationRow
    hide_title = True  # the columns say it
    organiser_may = contacts_may = frozenset({"view"})
    fields = readonly_fields = [
        "position",
        "title",
        "who",
        "organisation",
        "masked_phone",
        "kinds",
        "track_name",
        "state",
    ]
    ordering = ["position"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[RecommendationRow]:
        return super().get_queryset(request).select_related("track__edition")

    @display(description="赛道")
    def track_name(self, row: RecommendationRow) -> str:
        return short_name(row.track)

    @display(description="参赛队伍名称/个人")
    def title(self, row: RecommendationRow) -> str:
        if row.state not in states.SEEN_BY_CONTACT:
            return row.team_name or "（个人）"
        url = reverse("admin:registrations_recommendationrow_change", args=[row.pk])
        return format_html('<a class="a-link" href="{}">{}</a>', url, row.team_name or "（个人）")

    @display(description="姓名")
    def who(self, row: RecommendationRow) -> str:
        return row.name or "—"

    @display(description="联系电话")
    def masked_phone(self, row: RecommendationRow) -> str:
        return mask_phone(row.phone) or "—"

    @display(description="类别")
    def kinds(self, row: RecommendationRow) -> str:
        return "、".join(row.categories) or "—"


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnlyPortalAdmin):
    """Forms, by unit."""

    contacts_may = frozenset({"view"})
    list_display = ["unit", "edition", "waiting", "returned", "approved", "created_at"]
    list_filter = ["edition", "unit__kind"]
    list_select_related = ["unit", "edition"]
    search_fields = ["unit__full_name", "unit__pinyin", "unit__former_names__name"]
    search_help_text = "单位名称、曾用名或拼音"
    fields = ["unit", "edition", "created_at"]
    inlines = [RowInline]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Recommendation]:
        """With the numbers of the rows that the reader may see."""
        mine = Q() if request.user.is_superuser else Q(rows__track__contacts__user=request.user)
        counts = {
            f"{state}_count": Count("rows", mine & Q(rows__state=state), distinct=True)
            for state in ("submitted", "returned", "approved")
        }
        return super().get_queryset(request).annotate(**counts)

    @display(description="待审", ordering="submitted_count")
    def waiting(self, form: Any) -> int:
        return form.submitted_count

    @display(description="退回补正", ordering="returned_count")
    def returned(self, form: Any) -> int:
        return form.returned_count

    @display(description="已通过", ordering="approved_count")
    def approved(self, form: Any) -> int:
        return form.approved_count
