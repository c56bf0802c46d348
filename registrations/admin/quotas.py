"""Places and time of a unit: more or fewer, later, and 催报 for those that have submitted nothing."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDateWidget

from core import clock
from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin, reason_field, reason_of
from tracks.wording import end

from ..models import UnitQuota
from ..rules.places import extend_window
from ..services import adoption, extending, reminders
from .unit_filters import QuotaCategoryFilter


class ExtendForm(forms.Form):
    """Until when, and why."""

    until = forms.DateField(
        label="延至（含当天）",
        widget=UnfoldAdminDateWidget(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        help_text="当天 24:00 截止；留空表示取消延长",
    )
    reason = reason_field(help_text="会记入办理记录，也会告诉推荐单位")


class ProgressFilter(admin.SimpleListFilter):
    """Whether a unit has submitted anything."""

    title = "报送"
    parameter_name = "progress"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "还没有提交"), ("some", "已提交"), ("extended", "单独延长")]

    def queryset(self, request: Any, queryset: Any) -> QuerySet[UnitQuota]:
        match self.value():
            case "none":
                return queryset.not_submitted()
            case "some":
                return queryset.filter(taken__gt=0)
            case "extended":
                return queryset.exclude(extended_until=None)
            case _:
                return queryset


@admin.register(UnitQuota)
class UnitQuotaAdmin(PortalAdmin):
    """The organiser's, and a contact's for units whose category presets their track (`access.looks_after`)."""

    asks_reason = True
    organiser_may = contacts_may = frozenset({"view", "change"})
    verbs = {"change": "quota.set"}
    list_display = ["unit", "category_name", "limit_told", "taken", "override_reason", "extended", "urged"]
    list_filter = ["edition", QuotaCategoryFilter, ProgressFilter]
    list_select_related = ["unit", "edition"]
    search_fields = ["unit__full_name", "unit__pinyin", "unit__former_names__name"]
    search_help_text = "单位名称、曾用名或拼音"
    readonly_fields = [
        "unit", "category_name", "taken", "override_reason", "extended", "extension_reason", "urged"
    ]  # fmt: skip
    fields = [*readonly_fields, "limit"]
    actions = ["urge_selected"]
    actions_detail = ["extend", "urge_one"]

    @display(description="单位类别")
    def category_name(self, quota: UnitQuota) -> str:
        return quota.edition.rulebook.unit_category(quota.category).name

    @display(description="名额", ordering="limit")
    def limit_told(self, quota: UnitQuota) -> str:
        return "未开放" if quota.limit is None else str(quota.limit)

    @display(description="报送延至", ordering="extended_until")
    def extended(self, quota: UnitQuota) -> str:
        return end(quota.extended_until) if quota.extended_until else "—"

    @display(description="最近催报", ordering="urged_at")
    def urged(self, quota: UnitQuota) -> str:
        return f"{quota.urged_at.astimezone(clock.BEIJING):%m-%d %H:%M}" if quota.urged_at else "—"

    def save_model(self, request: SignedInRequest, obj: UnitQuota, form: Any, change: bool) -> None:
        adoption.set_limit(obj, obj.limit, reason=reason_of(request), by=request.user)

    # --- More time ----------------------------------------------------------------------------------

    @action(description="延长报送", url_path="extend", icon="more_time", permissions=["change"])
    def extend(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks until when and why."""
        quota = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            until = _end_of(values["until"])
            extending.extend(quota, until, reason=values["reason"], by=request.user)
            return f"{quota.unit}的报送时间已延至 {end(until)}" if until else f"{quota.unit}的延长已取消"

        window = quota.edition.window("recommend")
        now = end(window.closes) if window.closes else "未定"
        own = extend_window(window, quota.extended_until)
        effects = [
            f"统一截止：{now}" + (f"；本单位现延至 {end(own.closes)}" if own is not window and own.closes else "")
        ]
        effects += ["只对这一个单位：截止后仍可新增和提交，名额不变", "通知它的填报人，写明新的截止时间和理由"]
        return self.ask(
            request,
            ExtendForm(request.POST or None),
            act,
            title=f"延长报送：{quota.unit}",
            button="确认",
            back=self.url_of("change", quota),
            effects=effects,
        )

    # --- 催报 ---------------------------------------------------------------------------------------

    def has_urge_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return self.has_change_permission(request)

    @action(description="催报", url_path="urge", icon="notifications_active", permissions=["urge"])
    def urge_one(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Show the notice, then send it."""
        quota = self.visible_or_404(request, object_id)
        back = self.url_of("change", quota)
        return self._urge(request, UnitQuota.objects.filter(pk=quota.pk), back)

    @admin.action(description="催报所选单位", permissions=["urge"])
    def urge_selected(self, request: SignedInRequest, queryset: QuerySet[UnitQuota]) -> HttpResponse:
        """The list of who is told and who not, with the notice; then send."""
        return self._urge(request, queryset, self.url_of("changelist"), "urge_selected")

    def _urge(self, request: SignedInRequest, quotas: QuerySet[UnitQuota], back: str, action: str = "") -> HttpResponse:
        if "confirmed" in request.POST:
            done = reminders.urge_many(reminders.would_urge(quotas).told, by=request.user)
            for quota, why in done.passed_over:
                self.message_user(request, f"{quota.unit}：{why}", messages.WARNING)
            self.message_user(request, f"已催报 {len(done.told)} 个单位", messages.SUCCESS)
            return HttpResponseRedirect(back)
        planned = reminders.would_urge(quotas)
        letter = reminders.urging_letter(planned.told[0]) if planned.told else None
        title = f"催报 {len(planned.told)} 个单位"
        return self.page(
            request, "registrations/admin/urge.html", title, planned=planned, letter=letter, action=action, back=back
        )


def _end_of(day: Any) -> datetime | None:
    """The exclusive end of a day (G30)."""
    return datetime.combine(day + timedelta(days=1), time(), clock.BEIJING) if day else None
