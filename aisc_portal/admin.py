"""个人信息删除申请 in the admin: rehearse, delete, or say why not; and the yearly audit of minors' data."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core import clock
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin, reason_field
from registrations.personal_models import DeletionRequest
from registrations.services import personal_audit, personal_purge, personal_requests
from tracks.models import Edition

from . import personal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DoForm(forms.Form):
    """Why it is done."""

    reason = reason_field("办理依据", "会记入办理记录并长期保存，请不要写姓名和电话")


class RefuseForm(forms.Form):
    """The answer."""

    reason = reason_field("不予删除的理由", "申请人会收到")


class YearForm(forms.Form):
    """Which year."""

    year = forms.IntegerField(
        label="年份",
        min_value=2020,
        max_value=2100,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="自然年，如 2024",
    )


@admin.register(DeletionRequest)
class DeletionRequestAdmin(ReadOnlyPortalAdmin):
    """The organiser's alone."""

    list_display: ClassVar[list[str]] = ["user", "asked_at", "show_state", "handled_at"]
    list_filter: ClassVar[list[str]] = ["state"]
    list_select_related: ClassVar[list[str]] = ["user"]
    search_fields: ClassVar[list[str]] = ["user__real_name"]
    search_help_text = "申请人姓名"
    actions_list: ClassVar[list[str]] = ["audit_page"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "registrations_deletionrequest"
        own = [
            path("<path:object_id>/do/", wrap(self.do_page), name=f"{name}_do"),
            path("<path:object_id>/refuse/", wrap(self.refuse_page), name=f"{name}_refuse"),
        ]
        return [*own, *super().get_urls()]

    @display(description="状态", label={"待处理": "warning", "已删除": "success", "未予删除": "danger"})
    def show_state(self, asked: DeletionRequest) -> str:
        """As a coloured label."""
        return asked.get_state_display()

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The request; while it waits, what deleting would do, found out by doing it and taking it back."""
        asked = self.visible_or_404(request, object_id)
        waits = asked.state == "asked"
        return self.page(
            request,
            "portal/admin/personal_request.html",
            f"个人信息删除申请：{asked.user}",
            asked=asked,
            report=personal.rehearse(asked) if waits else None,
            blockers=personal_purge.blockers(asked.user) if waits else [],
            moments=timeline(asked),
        )

    def do_page(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Say what is lost, ask why, then delete."""
        asked = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            personal.carry_out(asked, reason=values["reason"], by=request.user)
            return "已删除，并通知了本人"

        effects = [
            "账号注销，不能再登录；姓名处处改为化名",
            "出生年月、监护人信息、证明文件、联系方式删除，历史记录里的也改为“（已删除）”",
            "推荐名额、报名和审核结果保留，统计数字不变（逐项核对，不一致就不删除）",
            "通知本人；不能恢复",
        ]
        return self.ask(
            request, DoForm(request.POST or None), act, title=f"删除个人信息：{asked.user}", button="删除，不能恢复",
            back=self.url_of("change", asked), effects=effects,
        )  # fmt: skip

    def refuse_page(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Ask why, then answer."""
        asked = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            personal_requests.refuse(asked, reason=values["reason"], by=request.user)
            return "已答复申请人"

        return self.ask(
            request, RefuseForm(request.POST or None), act, title=f"不予删除：{asked.user}",
            button="不予删除并通知本人", back=self.url_of("change", asked),
            effects=["什么都不删除", "理由发给申请人，也显示在其“我的个人信息”页"],
        )  # fmt: skip

    @action(description="未成年人信息年度审计表", url_path="minors-audit", icon="child_care", permissions=["audit"])
    def audit_page(self, request: SignedInRequest) -> HttpResponse:
        """Ask for the year, then hand the workbook out; that it was taken is recorded."""
        form = YearForm(request.POST or None, initial={"year": clock.now().year})
        edition = Edition.objects.current()
        if request.method == "POST" and form.is_valid() and edition:
            year = form.cleaned_data["year"]
            content = personal.book(personal_audit.audit(edition, year, by=request.user))
            answer = HttpResponse(content, content_type=XLSX)
            answer["Content-Disposition"] = f'attachment; filename="minors-{year}.xlsx"'
            return answer
        effects = [
            "导出 xlsx：人数、监护人同意、查看记录、删除申请、到期清理，不含姓名和电话",
            "谁导出的会记入导出记录",
        ]
        return self.page(
            request, "core/admin/ask.html", "未成年人信息年度审计表", status=422 if form.errors else 200, form=form,
            button="导出", back=self.url_of("changelist"), effects=effects,
        )  # fmt: skip

    def has_audit_permission(self, request: SignedInRequest, obj: Any = None) -> bool:
        """Whoever may see the requests."""
        return self.has_view_permission(request)
