"""Recommending units and their places."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin, PortalInline, reason_of
from core.sheets import Table

from ..models import FormerName, Officer, Unit, UnitQuota
from ..services import importing, inviting
from ..services.units import invite_officer, save_unit
from ..sheets import INVITE_COLUMNS, invite_template, unit_columns, unit_template
from .mailed import MailedIn
from .unit_filters import CategoryFilter, CityFilter
from .unit_people import InviteForm
from .uploads import SheetPage, workbook

VERDICTS = {"new": "新增", "changed": "有变化", "unchanged": "无变化", "wrong": "有错"}
INVITE_VERDICTS = {"new": "将邀请", "unchanged": "不必邀请", "wrong": "有错"}


class FormerNameInline(PortalInline):
    model = FormerName
    organiser_may = frozenset({"view", "add", "change", "delete"})
    contacts_may = frozenset({"view"})
    fields = ["name", "since", "until"]


class OfficerInline(PortalInline):
    model = Officer
    organiser_may = contacts_may = frozenset({"view"})
    fields = readonly_fields = ["user", "phone", "email"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Officer]:
        """A contact of a track may see who to ask."""
        return Officer.objects.filter(unit__in=Unit.objects.visible_to(request.user)).select_related("user")

    @display(description="手机号")
    def phone(self, officer: Officer) -> str:
        return officer.user.masked_phone or "—"

    @display(description="邮箱")
    def email(self, officer: Officer) -> str:
        return officer.user.masked_email or "—"


@admin.register(Unit)
class UnitAdmin(MailedIn, PortalAdmin):
    """The register of units; import and invitations in bulk."""

    asks_reason = True
    contacts_may = frozenset({"view"})
    verbs = {"add": "unit.added", "change": "unit.changed"}
    list_display = ["full_name", "kind", "region", "places", "people"]
    list_filter = ["kind", CityFilter, CategoryFilter]
    list_select_related = ["region"]
    search_fields = ["full_name", "team_name", "pinyin", "former_names__name"]
    search_help_text = "单位名称、曾用名或拼音（如 shixing、sx）"
    fields = ["full_name", "team_name", "kind", "region", "note"]
    inlines = [FormerNameInline, OfficerInline]
    actions = ["invite_selected"]
    actions_list = ["import_page", "invite_page"]
    actions_detail = ["invite_one", "mailed_page"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Unit]:
        current = Prefetch("quotas", UnitQuota.objects.filter(edition__is_current=True), to_attr="current_quotas")
        units = super().get_queryset(request).prefetch_related(current)
        return units.annotate(officer_count=Count("officers", distinct=True))

    @display(description="名额（已用/共）")
    def places(self, unit: Unit) -> str:
        quota = next(iter(unit.current_quotas), None)  # type: ignore[attr-defined]
        if quota is None:
            return "—"
        return "未开放" if quota.limit is None else f"{quota.taken}/{quota.limit}"

    @display(description="填报人", ordering="officer_count")
    def people(self, unit: Unit) -> str:
        return f"{unit.officer_count} 人" if unit.officer_count else "还没有"  # type: ignore[attr-defined]

    def history_of(self, obj: Any) -> list[Any]:
        return [obj, *obj.former_names.all(), *obj.officers.all(), *obj.quotas.all()]

    def save_model(self, request: SignedInRequest, obj: Unit, form: Any, change: bool) -> None:
        save_unit(obj, by=request.user, reason=reason_of(request))

    # --- Lists from outside -----------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("import/template/", wrap(self.import_template), name="registrations_unit_import_template"),
            path("invite/template/", wrap(self.invite_template), name="registrations_unit_invite_template"),
            *super().get_urls(),
        ]

    def has_bulk_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return self.has_add_permission(request)

    @action(description="导入单位", url_path="import", icon="upload_file", permissions=["bulk"])
    def import_page(self, request: SignedInRequest) -> HttpResponse:
        """Upload → every error by row and column → preview → the good rows go in."""

        def act(table: Table) -> str:
            lines = importing.import_units(table, by=request.user)
            counts = {verdict: sum(line.verdict == verdict for line in lines) for verdict in VERDICTS}
            return f"已导入：新增 {counts['new']} 个，更新 {counts['changed']} 个；有错未导入 {counts['wrong']} 行"

        page = SheetPage(
            title="导入单位",
            columns=unit_columns(),
            judge=importing.judge_units,
            act=act,
            verdicts=VERDICTS,
            button="导入",
            template_url="registrations_unit_import_template",
            hint="请用模板填写，或直接上传现有名单：表头写清列名即可，列的顺序不限。",
        )
        return page.respond(self, request)

    @action(description="批量邀请", url_path="invite", icon="forward_to_inbox", permissions=["bulk"])
    def invite_page(self, request: SignedInRequest) -> HttpResponse:
        """Paste or upload units with a mailbox or phone each; look; send."""
        return self._invite(request)

    def _invite(self, request: SignedInRequest, pasted: str = "") -> HttpResponse:
        page = SheetPage(
            title="批量邀请填报人",
            columns=INVITE_COLUMNS,
            judge=inviting.judge_invitations,
            act=lambda table: f"已发出 {inviting.invite_listed(table, by=request.user)} 份邀请",
            verdicts=INVITE_VERDICTS,
            button="发出邀请",
            template_url="registrations_unit_invite_template",
            hint="每行一个单位：单位名称、邮箱或手机号、姓名（可不填），用制表符或逗号隔开；可从表格里直接复制粘贴。",
            may_paste=True,
            pasted=pasted,
        )
        return page.respond(self, request)

    @action(description="邀请填报人", url_path="invite-one", icon="person_add", permissions=["bulk"])
    def invite_one(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """One person for this unit."""
        unit = self.visible_or_404(request, object_id)
        form = InviteForm(request.POST or None)

        def act(values: dict[str, Any]) -> str:
            invite_officer(unit, by=request.user, **values)
            return "邀请已发出，对方点开链接、登录后即成为填报人"

        back = self.url_of("change", unit)
        return self.ask(request, form, act, title=f"邀请填报人：{unit}", button="发出邀请", back=back)

    @admin.action(description="批量邀请填报人", permissions=["bulk"])
    def invite_selected(self, request: SignedInRequest, queryset: QuerySet[Unit]) -> HttpResponse:
        """The selected units in the paste box, addresses still to be typed."""
        return self._invite(request, "\n".join(f"{unit.full_name}," for unit in queryset))

    def import_template(self, request: SignedInRequest) -> HttpResponse:
        """An empty list of units."""
        self._for_bulk(request)
        return workbook(unit_template(), "推荐单位名单-模板.xlsx")

    def invite_template(self, request: SignedInRequest) -> HttpResponse:
        """The units that nobody fills in for yet."""
        self._for_bulk(request)
        return workbook(invite_template(), "邀请填报人-模板.xlsx")

    def _for_bulk(self, request: SignedInRequest) -> None:
        if not self.has_bulk_permission(request):
            raise PermissionDenied
