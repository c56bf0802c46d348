"""Entitlements: who has what, chances that came true, the workbook for granting, mentors for the next edition."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpResponse
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin
from judging.views.downloads import attachment
from tracks.models import Edition

from ..models import Entitlement
from ..services import entitlement_export, entitling
from .forms import CarryForm, NoteForm, WhyForm


@admin.register(Entitlement)
class EntitlementAdmin(ReadOnlyPortalAdmin):
    """Of final lists only."""

    list_display = ["show_title", "show_holder", "name", "show_state", "months", "value_yuan", "granted_at"]
    list_filter = ["state", "holder", "code", "edition"]
    list_select_related = ["edition", "line", "carried_to"]
    search_fields = ["name"]
    search_help_text = "持有者"
    fields = [
        "edition", "show_title", "line", "holder", "name", "state", "months", "value_yuan", "made_at", "granted_at",
        "note", "carried_to",
    ]  # fmt: skip
    actions_list = ["exporting", "carrying"]
    actions_detail = ["granting"]

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """For unfold's buttons."""
        return request.user.is_superuser

    @display(description="权益")
    def show_title(self, one: Entitlement) -> str:
        return one.title

    @display(description="持有者种类")
    def show_holder(self, one: Entitlement) -> str:
        return one.get_holder_display()

    @display(description="状态", label={"候选": "warning", "已授予": "success"})
    def show_state(self, one: Entitlement) -> str:
        return one.get_state_display()

    @action(description="授予", url_path="granting", icon="check", permissions=["organiser"])
    def granting(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """A chance came true."""
        found: Entitlement = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            entitling.grant(found, note=values["note"], by=request.user)
            return "已授予"

        effects = ["候选只是“有机会”；提供权益的单位选定以后，在这里授予"]
        return self.ask(
            request, NoteForm(request.POST or None), act, title=f"授予：{found}", button="授予",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    @action(description="导出权益名单", url_path="exporting", icon="download", permissions=["organiser"])
    def exporting(self, request: SignedInRequest) -> HttpResponse:
        """The workbook, with a reason."""
        edition = self._edition()
        form = WhyForm(request.POST or None)
        made: list[bytes] = []

        def act(values: dict[str, Any]) -> str:
            found = Entitlement.objects.filter(edition=edition)
            made.append(entitlement_export.export(edition, found, reason=values["reason"], by=request.user))
            return "已导出"

        page = self.ask(
            request, form, act, title="导出奖励权益", button="导出", back=self.url_of("changelist"),
            effects=["含本届全部权益：候选的和已授予的", "导出会留下记录"],
        )  # fmt: skip
        return attachment(made[0], "奖励权益.xlsx") if made else page

    @action(description="转入下一届", url_path="carrying", icon="redo", permissions=["organiser"])
    def carrying(self, request: SignedInRequest) -> HttpResponse:
        """导师 for the next edition (G42)."""
        edition = self._edition()
        form = CarryForm(edition, request.POST or None)

        def act(values: dict[str, Any]) -> str:
            return f"已转入 {entitling.carry_all(edition, values['edition'], by=request.user)} 项"

        return self.ask(
            request, form, act, title="科普导师转入下一届", button="转入", back=self.url_of("changelist"),
            effects=["只转已授予（经推荐）的，每项转一次；下一届的公示页会列出他们"],
        )  # fmt: skip

    def _edition(self) -> Edition:
        edition = Edition.objects.current()
        if edition is None:
            raise Http404
        return edition
