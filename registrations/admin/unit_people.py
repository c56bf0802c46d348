"""The people who fill in for units, and the invitations that made them so."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from core.accounts.requests import SignedInRequest
from core.accounts.states import INVITATION_LABELS
from core.portal_admin import ReadOnlyPortalAdmin, reason_field

from ..models import Officer, OfficerInvitation
from ..services import units

TONES = {"等待接受": "info", "已接受": "success", "已撤销": "danger", "已过期": "warning"}


class ReasonForm(forms.Form):
    """Only why."""

    reason = reason_field()


class InviteForm(forms.Form):
    """Whom to invite: a mailbox or a mobile number."""

    name = forms.CharField(label="姓名", max_length=60, required=False, widget=UnfoldAdminTextInputWidget())
    email = forms.EmailField(label="邮箱", required=False, widget=UnfoldAdminEmailInputWidget())
    phone = forms.CharField(
        label="手机号",
        max_length=30,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="邮箱和手机号填一项即可",
    )


@admin.register(Officer)
class OfficerAdmin(ReadOnlyPortalAdmin):
    """Who fills in for which unit."""

    list_display = ["user", "unit", "phone", "email"]
    list_filter = ["unit__kind"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__real_name", "unit__full_name", "unit__pinyin"]
    search_help_text = "姓名、单位名称或拼音"
    fields = ["unit", "user", "phone", "email"]
    actions_detail = ["remove"]

    @display(description="手机号")
    def phone(self, officer: Officer) -> str:
        return officer.user.masked_phone or "—"

    @display(description="邮箱")
    def email(self, officer: Officer) -> str:
        return officer.user.masked_email or "—"

    def has_remove_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return request.user.is_superuser

    @action(description="撤销填报人", url_path="remove", icon="person_remove", permissions=["remove"])
    def remove(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why, then takes the office away."""
        officer = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            units.remove_officer(officer, by=request.user, reason=values["reason"])
            return f"{officer.user} 不再是 {officer.unit} 的填报人"

        return self.ask(
            request,
            ReasonForm(request.POST or None),
            act,
            title=f"撤销填报人：{officer}",
            button="撤销",
            back=self.url_of("change", officer),
            done=self.url_of("changelist"),
            effects=["此人不能再打开本单位的推荐表；账号和已办理的记录保留", "需要时可以重新邀请"],
        )


class StatusFilter(admin.SimpleListFilter):
    """By what can still be done with it."""

    title = "状态"
    parameter_name = "status"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return list(INVITATION_LABELS.items())

    def queryset(self, request: Any, queryset: QuerySet[OfficerInvitation]) -> QuerySet[OfficerInvitation]:
        pending = queryset.filter(accepted_at=None, revoked_at=None)
        match self.value():
            case "open":
                return pending.filter(expires_at__gt=timezone.now())
            case "expired":
                return pending.filter(expires_at__lte=timezone.now())
            case "accepted":
                return queryset.exclude(accepted_at=None)
            case "revoked":
                return queryset.exclude(revoked_at=None)
            case _:
                return queryset


@admin.register(OfficerInvitation)
class OfficerInvitationAdmin(ReadOnlyPortalAdmin):
    """Invitations: who was asked, what became of it, once more, or taken back."""

    list_display = ["unit", "name", "contact", "status", "created_at", "expires_at", "created_by"]
    list_filter = [StatusFilter, "unit__kind"]
    list_select_related = ["unit", "created_by"]
    search_fields = ["unit__full_name", "unit__pinyin", "name"]
    search_help_text = "单位名称、拼音或受邀人姓名"
    ordering = ["-created_at"]
    fields = [
        "unit", "name", "contact", "status", "created_by", "created_at", "expires_at",
        "accepted_by", "accepted_at", "revoked_by", "revoked_at",
    ]  # fmt: skip
    actions_detail = ["resend", "revoke"]

    @display(description="联系方式")
    def contact(self, invitation: OfficerInvitation) -> str:
        return invitation.masked_contact

    @display(description="状态", label=TONES)
    def status(self, invitation: OfficerInvitation) -> str:
        return invitation.status_label

    def has_open_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Only what is still open can be sent again or taken back."""
        open_ones = OfficerInvitation.objects.open()
        return request.user.is_superuser and open_ones.filter(pk=object_id).exists()

    @action(description="重发邀请", url_path="resend", icon="forward_to_inbox", permissions=["open"])
    def resend(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """The same link once more."""
        invitation = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            units.resend_invitation(invitation, by=request.user)
            return f"邀请已重新排队，发往 {invitation.masked_contact}"

        return self.ask(
            request,
            forms.Form(request.POST if request.method == "POST" else None),
            act,
            title=f"重发邀请：{invitation.unit}",
            button="重发",
            back=self.url_of("change", invitation),
            effects=[f"把同一个链接再发一次，发往 {invitation.masked_contact}", "先前的链接仍然有效，有效期不变"],
        )

    @action(description="撤销邀请", url_path="revoke", icon="block", permissions=["open"])
    def revoke(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why, then kills the link."""
        invitation = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            units.revoke_invitation(invitation, by=request.user, reason=values["reason"])
            return "邀请已撤销，链接不再有效"

        return self.ask(
            request,
            ReasonForm(request.POST or None),
            act,
            title=f"撤销邀请：{invitation.unit}",
            button="撤销",
            back=self.url_of("change", invitation),
            effects=["邀请链接立即失效，对方打开时会看到“已被撤销”", "需要时可以另发一份新的邀请"],
        )
