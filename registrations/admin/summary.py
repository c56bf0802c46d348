"""汇总表 out of the queue, and the record of who took one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from core.accounts.requests import SignedInRequest
from core.forms import show_problems
from core.portal_admin import REASON_MAX, PortalAdmin, ReadOnlyPortalAdmin
from core.problems import Refused
from tracks.models import Edition, Track

from ..models import RecommendationRow, SummaryExport
from ..services.exporting import note_export
from ..summary_sheet import rows_of, summary_book, summary_rows
from .review_filters import short_name
from .uploads import workbook


class SummaryForm(forms.Form):
    """Which rows, and whether with whole phones."""

    track = forms.ChoiceField(label="赛道", widget=UnfoldAdminSelectWidget)
    whole_phones = forms.BooleanField(
        label="含完整电话和邮箱", required=False, widget=UnfoldBooleanWidget, help_text="不勾选时电话只留头尾，没有邮箱"
    )
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=REASON_MAX,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="导出完整电话时必填，会记入导出记录",
    )

    def __init__(self, tracks: list[Track], data: Any = None) -> None:
        super().__init__(data)
        one = [(str(track.pk), short_name(track)) for track in tracks]
        self.fields["track"].choices = [*([("", "全部")] if len(tracks) > 1 else []), *one]  # type: ignore[attr-defined]
        self.fields["track"].required = len(tracks) == 1


class SummaryPage(PortalAdmin):
    """The page that hands out the 汇总表."""

    def has_summary_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    @action(description="导出汇总表", url_path="summary", icon="download", permissions=["summary"])
    def summary_page(self, request: SignedInRequest) -> HttpResponse:
        """All rows of one's own tracks, or of one of them; the export is recorded."""
        edition = Edition.objects.current()
        if edition is None:
            raise Http404
        tracks = list(Track.objects.visible_to(request.user).filter(edition=edition).select_related("edition"))
        form = SummaryForm(tracks, request.POST or None)
        rows = rows_of(RecommendationRow.objects.filter(track__in=tracks), edition)
        if request.method == "POST" and form.is_valid():
            try:
                return _export(request, form.cleaned_data, rows, tracks, edition)
            except Refused as refused:
                show_problems(form, refused.problems)
        return self.page(
            request,
            "core/admin/ask.html",
            "导出汇总表",
            status=422 if form.errors else 200,
            form=form,
            button="导出",
            back=self.url_of("changelist"),
            effects=[
                f"列出您的赛道上已提交、退回补正和已通过的 {rows.count()} 行：附件2 的七列，加状态、单位类别和地市",
                "这次导出会记入“汇总表导出记录”",
            ],
        )


def _export(
    request: SignedInRequest, values: dict[str, Any], rows: Any, tracks: list[Track], edition: Edition
) -> HttpResponse:
    chosen = [track for track in tracks if str(track.pk) == values["track"]] or tracks
    whole = values["whole_phones"]
    found = list(summary_rows(rows.filter(track__in=chosen), edition, whole_phones=whole))
    scope = "、".join(short_name(track) for track in chosen)
    note_export(edition, scope=scope, rows=len(found), whole_phones=whole, reason=values["reason"], by=request.user)
    return workbook(summary_book(found, edition, whole_phones=whole), f"推荐汇总表-{scope}.xlsx")


@admin.register(SummaryExport)
class SummaryExportAdmin(ReadOnlyPortalAdmin):
    """Who took which list away; a contact sees their own exports."""

    contacts_may = frozenset({"view"})
    list_display = ["at", "by", "scope", "rows", "whole_phones", "reason"]
    list_filter = ["whole_phones"]
    list_select_related = ["by"]
    fields = ["at", "by", "edition", "scope", "rows", "whole_phones", "reason"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[SummaryExport]:
        exports = SummaryExport.objects.all()
        return exports if request.user.is_superuser else exports.filter(by=request.user)
