"""接口令牌 in the admin: made with its secret shown once, looked at, ended."""

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin

from . import services
from .forms import RevokeForm, TokenForm
from .models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyPortalAdmin):
    """The organiser's alone."""

    list_display = ["label", "show_status", "show_scopes", "hint", "expires_at", "last_used_at", "created_by"]
    list_select_related = ["created_by"]
    search_fields = ["label"]
    search_help_text = "用途"
    fields = [
        "label", "show_status", "show_scopes", "hint", "created_by", "created_at", "expires_at", "last_used_at",
        "revoked_at",
    ]  # fmt: skip
    actions_list = ["new_page"]
    actions_detail = ["revoke_page"]

    @display(description="状态", label={"有效": "success", "已过期": "warning", "已停用": "danger"})
    def show_status(self, token: ApiToken) -> str:
        return token.status_label

    @display(description="可以读取")
    def show_scopes(self, token: ApiToken) -> str:
        return token.scopes_said

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """For unfold's buttons."""
        return request.user.is_superuser

    @action(description="新建令牌", url_path="new", icon="add", permissions=["organiser"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """Ask for whom and how long, then show the secret: on this answer, and nowhere else."""
        made: list[tuple[ApiToken, str]] = []

        def act(values: dict[str, Any]) -> str:
            made.append(services.issue(**values, by=request.user))
            return "令牌已新建"

        effects = [
            "凭令牌可以不登录读取勾选的内容，只读，看到的和您在后台看到的一样",
            "令牌只显示这一次，请马上交给用它的程序；门户只留下它的散列值，丢了就停用，再新建",
            "您的账号停用，或不再是组委会管理员，令牌随之失效",
        ]
        page = self.ask(
            request, TokenForm(request.POST or None), act, title="新建接口令牌", button="新建",
            back=self.url_of("changelist"), effects=effects,
        )  # fmt: skip
        if not made:
            return page
        token, secret = made[0]
        return self.page(
            request, "core/admin/token.html", f"接口令牌：{token}", token=token, secret=secret, docs=reverse("api"),
            back=self.url_of("change", token),
        )  # fmt: skip

    @action(description="停用", url_path="revoke", icon="block", permissions=["organiser"])
    def revoke_page(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why."""
        found: ApiToken = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.revoke(found, reason=values["reason"], by=request.user)
            return "令牌已停用"

        effects = [f"“{found}”立即读不到任何内容，不能恢复；要再用就新建一个"]
        return self.ask(
            request, RevokeForm(request.POST or None), act, title=f"停用接口令牌：{found}", button="停用",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip
