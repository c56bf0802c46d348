"""Placements before the organiser: suggestions to confirm, one or many; the list; taking one back; a workbook."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin, reason_field
from core.problems import Refused
from registrations.admin.unit_people import ReasonForm
from registrations.admin.uploads import workbook
from registrations.region_models import Region
from registrations.services.dossier import title_of
from tracks.models import Edition

from ..models import Need, Offer, Placement
from ..rules.placements import ANSWER_WITHIN
from ..services import placing, placing_export
from ..services.placing_facts import Board, board

TONES = {"待双方确认": "warning", "双方已确认": "success", "已谢绝": "danger", "逾期未答复": "", "已取消": "danger"}
MOST = 200  # confirmed at once
SHOWN = 300  # suggestions on a page


class ExportForm(forms.Form):
    """What the list is for."""

    reason = reason_field("用途", "会记入导出记录")


@admin.register(Placement)
class PlacementAdmin(ReadOnlyPortalAdmin):
    """Who goes where, the next day first."""

    list_display = ["show_number", "day", "show_venue", "show_region", "entrant", "show_state", "answer_until"]
    list_filter = ["state", "need__venue__kind", "entry__track"]
    search_fields = ["need__venue__name", "need__venue__region__name", "entry__team_name", "entry__pinyin"]
    search_help_text = "场所、市县，队伍或拼音"
    show_full_result_count = False
    actions_list = ["suggest_page", "export_page"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Placement]:
        """The organiser's; nobody else puts entries and venues together."""
        found = Placement.objects.all() if request.user.is_superuser else Placement.objects.none()
        return found.select_related("need__venue__region__parent", "need__edition", "entry__row", "entry__track")

    @display(description="编号", ordering="pk")
    def show_number(self, placement: Placement) -> str:
        return placement.number

    @display(description="场所")
    def show_venue(self, placement: Placement) -> str:
        return placement.need.venue.name

    @display(description="市县")
    def show_region(self, placement: Placement) -> str:
        return placement.need.venue.where

    @display(description="队伍/个人")
    def entrant(self, placement: Placement) -> str:
        placement.entry.edition = placement.need.edition
        return placement.entry.team_name or placement.entry.organisation or placement.entry.number

    @display(description="状态", label=TONES)
    def show_state(self, placement: Placement) -> str:
        return placement.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.cancel_page)
        return [path("<int:placement>/cancel/", page, name="seasons_placement_cancel"), *super().get_urls()]

    def has_organise_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """The organiser."""
        return request.user.is_superuser

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Both sides, what they said, what came of it."""
        placement: Placement = self.visible_or_404(request, object_id)
        placement.entry.edition = placement.need.edition
        return self.page(
            request,
            "seasons/admin/placement.html",
            f"服务安排：{placement.number}",
            placement=placement,
            need=placement.need,
            region=placement.need.venue.where,
            entrant=title_of(placement.entry),
            record=getattr(placement, "record", None),
            moments=timeline(placement),
            back=self.url_of("changelist"),
        )

    def cancel_page(self, request: SignedInRequest, placement: int) -> HttpResponse:
        """Asks why."""
        if not request.user.is_superuser:
            raise PermissionDenied
        found: Placement = self.visible_or_404(request, str(placement))

        def act(values: dict[str, Any]) -> str:
            placing.take_back(found, reason=values["reason"], by=request.user)
            return "安排已取消，双方收到通知"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"取消安排：{found.number}", button="取消安排",
            back=self.url_of("change", found), effects=["名额空出来，可以另作安排", "双方收到通知，看得到理由"],
        )  # fmt: skip

    # --- Suggestions ----------------------------------------------------------------------------------------

    @action(description="看匹配建议", url_path="suggest", icon="hub", permissions=["organise"])
    def suggest_page(self, request: SignedInRequest) -> HttpResponse:
        """The suggestions of now; those ticked are listed once more, then both sides are asked."""
        edition = Edition.objects.current()
        if edition is None:
            raise Http404
        chosen = request.POST.getlist("pair")[: MOST + 1] if request.method == "POST" else []
        if chosen and "confirmed" in request.POST:
            return self._confirm(request, edition, chosen)
        found = board(edition)
        if chosen:
            return self._preview(request, found, chosen)
        city = request.GET.get("city", "")
        lines = [line for line in found.lines if city in ("", line[1].venue.city)]
        cities = {need.venue.city for need in found.needs.values()}
        context: dict[str, Any] = {
            "lines": [(pair, need, need.venue.where, title_of(offer.entry), offer)
                      for pair, need, offer in lines[:SHOWN]],
            "more": max(0, len(lines) - SHOWN), "most": MOST,
            "lacking": [one for one in found.lacking if city in ("", one[1].venue.city)][:SHOWN],
            "cities": Region.objects.filter(pk__in=cities), "city": city, "count": len(lines),
            "none_ticked": request.method == "POST",
        }  # fmt: skip
        return self.page(
            request, "seasons/admin/suggestions.html", "匹配建议", back=self.url_of("changelist"), **context
        )

    def _preview(self, request: SignedInRequest, found: Board, chosen: list[str]) -> HttpResponse:
        wanted = set(chosen)
        lines = [
            (pair, need, need.venue.where, title_of(offer.entry))
            for pair, need, offer in found.lines
            if f"{pair.need}:{pair.offer}" in wanted
        ][:MOST]
        return self.page(
            request, "seasons/admin/suggestions_confirm.html", f"请双方确认 {len(lines)} 项安排", lines=lines,
            gone=len(chosen) - len(lines), days=ANSWER_WITHIN.days, back=request.get_full_path(),
        )  # fmt: skip

    def _confirm(self, request: SignedInRequest, edition: Edition, chosen: list[str]) -> HttpResponse:
        keys = [value.partition(":")[::2] for value in chosen[:MOST]]
        pairs = [(int(need), int(offer)) for need, offer in keys if need.isdigit() and offer.isdigit()]
        needs = Need.objects.filter(edition=edition).in_bulk([need for need, _ in pairs])
        offers = Offer.objects.filter(edition=edition).select_related("entry").in_bulk([offer for _, offer in pairs])
        known = [(needs[need], offers[offer]) for need, offer in pairs if need in needs and offer in offers]
        try:
            done = placing.place(known, by=request.user)
        except Refused as refused:
            self.message_user(request, f"没有办理：{refused}", "ERROR")
        else:
            self.message_user(request, f"已请双方确认 {len(done)} 项安排", "SUCCESS")
        return HttpResponseRedirect(request.get_full_path())

    # --- Taking it away -------------------------------------------------------------------------------------

    @action(description="导出服务安排", url_path="export", icon="download", permissions=["organise"])
    def export_page(self, request: SignedInRequest) -> HttpResponse:
        """A workbook of all placements; the export is recorded."""
        edition = Edition.objects.current()
        if edition is None:
            raise Http404
        form = ExportForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                content = placing_export.export_placements(edition, reason=form.cleaned_data["reason"], by=request.user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return workbook(content, "服务安排.xlsx")
        return self.page(
            request, "core/admin/ask.html", "导出服务安排", status=422 if form.errors else 200, form=form,
            button="导出", back=self.url_of("changelist"),
            effects=["导出 xlsx：时间、市县、场所、题材、队伍、状态、到场人数；不含电话", "这次导出会记入导出记录"],
        )  # fmt: skip
