"""Judges, their invitations and recusals, before the organiser."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from core.accounts import invitations
from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin
from registrations.admin.unit_people import ReasonForm

from ..models import Judge, JudgeInvitation, Recusal
from ..services import judges, recusing
from .common import RoundFilter
from .forms import RemoveForm


@admin.register(Judge)
class JudgeAdmin(ReadOnlyPortalAdmin):
    """Who judges in which round."""

    list_display = ["number_label", "user", "round", "organisation", "status", "joined_at", "urged_at"]
    list_filter = ["state", ("round", RoundFilter)]
    list_select_related = ["user", "round__category", "round__track"]
    search_fields = ["user__real_name", "organisation"]
    search_help_text = "姓名或单位"
    fields = [
        "round", "panel", "user", "number", "status", "organisation", "duty", "title", "field", "topics",
        "joined_at", "removed_at",
    ]  # fmt: skip
    actions_detail = ["leave"]

    @display(description="编号", ordering="number")
    def number_label(self, judge: Judge) -> str:
        return judge.label

    @display(description="状态", label={"在任": "success", "已退出": ""})
    def status(self, judge: Judge) -> str:
        return judge.get_state_display()

    def has_active_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """One in office."""
        return request.user.is_superuser and Judge.objects.active().filter(pk=object_id).exists()

    @action(description="退出本轮", url_path="leave", icon="person_remove", permissions=["active"])
    def leave(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why, and whether what is signed still counts."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            released = judges.remove(found, by=request.user, **values)
            if not released:
                return f"{found.label}已退出，名下没有要另派的作品"
            return f"{found.label}已退出，{len(released)} 件作品缺评委。请点“补配新增作品／补足缺位”，看过方案再发布"

        plan = reverse("admin:judging_round_plan", args=[found.round_id])
        effects = [
            "没有签名的作品交回；已签名的评分照计，除非选择作废",
            "退出后转到“评委分配”，在那里补足缺位，其他评委已有的分配不变",
        ]
        return self.ask(
            request, RemoveForm(request.POST if request.method == "POST" else None), act,
            title=f"评委退出：{found}", button="退出", back=self.url_of("change", found), done=plan, effects=effects,
        )  # fmt: skip


@admin.register(JudgeInvitation)
class JudgeInvitationAdmin(ReadOnlyPortalAdmin):
    """Who was asked to judge, and what became of it."""

    list_display = ["round", "name", "contact", "organisation", "status", "created_at", "expires_at"]
    list_filter = [("round", RoundFilter)]
    list_select_related = ["round__category", "round__track"]
    search_fields = ["name", "organisation"]
    search_help_text = "姓名或单位"
    ordering = ["-created_at"]
    fields = ["round", "name", "contact", "organisation", "categories", "status", "created_at", "expires_at"]
    actions_detail = ["resend", "revoke"]

    @display(description="联系方式")
    def contact(self, invitation: JudgeInvitation) -> str:
        return invitation.masked_contact

    @display(description="状态")
    def status(self, invitation: JudgeInvitation) -> str:
        return invitation.status_label

    def has_open_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Only what is still open can be sent again or taken back."""
        return request.user.is_superuser and JudgeInvitation.objects.open().filter(pk=object_id).exists()

    @action(description="重发邀请", url_path="resend", icon="forward_to_inbox", permissions=["open"])
    def resend(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """The same link once more."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            judges.resend(found, by=request.user)
            return f"邀请已重新排队，发往 {found.masked_contact}"

        return self.ask(
            request, forms.Form(request.POST if request.method == "POST" else None), act,
            title=f"重发邀请：{found}", button="重发", back=self.url_of("change", found),
            effects=[f"把同一个链接再发一次，发往 {found.masked_contact}"],
        )  # fmt: skip

    @action(description="撤销邀请", url_path="revoke", icon="block", permissions=["open"])
    def revoke(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why, then kills the link."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            invitations.revoke(found, by=request.user, reason=values["reason"])
            return "邀请已撤销，链接不再有效"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"撤销邀请：{found}", button="撤销",
            back=self.url_of("change", found), effects=["邀请链接立即失效"],
        )  # fmt: skip


@admin.register(Recusal)
class RecusalAdmin(ReadOnlyPortalAdmin):
    """Who must not judge what, and why; for the organiser's eyes."""

    list_display = ["judge", "work", "found_by", "reason", "declared_at", "lifted_at"]
    list_filter = ["found_by", ("judge__round", RoundFilter)]
    list_select_related = ["judge__round", "candidate__round__category"]
    fields = ["judge", "work", "found_by", "code", "reason", "declared_by", "declared_at", "lifted_at"]
    actions_detail = ["lift"]

    @display(description="作品")
    def work(self, recusal: Recusal) -> str:
        return str(recusal.candidate)

    def has_standing_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """One that stands."""
        return request.user.is_superuser and Recusal.objects.filter(pk=object_id, lifted_at=None).exists()

    @action(description="撤销回避", url_path="lift", icon="undo", permissions=["standing"])
    def lift(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """The organiser finds no conflict."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            recusing.lift(found, reason=values["reason"], by=request.user)
            return "已撤销，这一对可以再分配"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"撤销回避：{found}", button="撤销",
            back=self.url_of("change", found), effects=["下一次计算分配时可以再分到一起；系统不再重复查出"],
        )  # fmt: skip
