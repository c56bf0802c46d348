"""The QR codes of customer groups before staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from unfold.decorators import action, display

from core import clock
from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin

from .. import announcement_services as services
from ..models import GroupCode
from ..wording import instant
from .announcements import current_or_404, tracks_of
from .forms import GroupCodeForm


@admin.register(GroupCode)
class GroupCodeAdmin(ReadOnlyPortalAdmin):
    """客服群二维码: one or several a track; a contact's those of the own tracks."""

    contacts_may = frozenset({"view"})
    list_display = ["name", "track", "until", "status"]
    list_filter = ["track"]
    list_select_related = ["track"]
    fields = ["track", "name", "added_at", "until"]
    actions_list = ["new_page"]
    actions_detail = ["remove_page"]

    @display(description="失效时间", ordering="expires_at")
    def until(self, code: GroupCode) -> str:
        return instant(code.expires_at)

    @display(description="状态", label={"显示中": "success", "已失效": "danger"})
    def status(self, code: GroupCode) -> str:
        return "显示中" if self._now < code.expires_at else "已失效"

    def changelist_view(self, request: SignedInRequest, extra_context: Any = None) -> HttpResponse:
        """Contest time is asked once a page."""
        self._now = clock.now()
        return super().changelist_view(request, extra_context)

    def has_write_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Everybody on the staff who answers for a track."""
        return request.user.is_superuser or request.user.track_contacts.exists()

    @action(description="上传二维码", url_path="new", icon="add", permissions=["write"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """A group's new code."""
        posted = request.method == "POST"
        tracks = tracks_of(request, current_or_404())
        form = GroupCodeForm(tracks, request.POST if posted else None, request.FILES if posted else None)

        def act(values: dict[str, Any]) -> str:
            upload = values["file"]
            services.add_group_code(values["track"], values, upload, upload.name, by=request.user)
            return f"“{values['name']}”的二维码已上传，“常见问题与客服”页显示它"

        effects = ["在失效时间以前公开显示，过时自动不显示", "失效前一天提醒本赛道的联系人更换"]
        return self.ask(
            request, form, act, title="上传客服群二维码", button="上传", back=self.url_of("changelist"), effects=effects
        )

    @action(description="移除", url_path="remove", icon="delete", permissions=["write"])
    def remove_page(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks once more."""
        code: GroupCode = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.remove_group_code(code, by=request.user)
            return f"“{code}”的二维码已移除"

        form = forms.Form(request.POST if request.method == "POST" else None)
        return self.ask(
            request, form, act, title=f"移除客服群二维码：{code}", button="移除",
            back=self.url_of("change", code), done=self.url_of("changelist"), effects=["公众不再看到它，图片被删除"],
        )  # fmt: skip
