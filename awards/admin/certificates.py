"""One certificate: every version of its number, its file, a reprint, a revocation."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.files.serving import FileAnswer, serve
from core.portal_admin import ReadOnlyPortalAdmin

from ..models import Certificate
from ..services import reprinting
from .forms import WhyForm


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyPortalAdmin):
    """The organiser's; holders and officers have theirs on the portal."""

    list_display = ["number", "version", "show_name", "award", "show_state", "issued_on"]
    list_filter = ["state", "series__edition"]
    list_select_related = ["series__edition"]
    search_fields = ["number", "name"]
    search_help_text = "编号、获证者"

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "awards_certificate"
        pages = {"reprint": self.reprint_page, "revoke": self.revoke_page, "file": self.file_page}
        own = [path(f"<int:certificate>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        """The organiser's alone."""
        found = super().get_queryset(request).select_related("series__edition", "file", "batch__edition")  # type: ignore[arg-type]
        return found if request.user.is_superuser else found.none()

    @display(description="获证者")
    def show_name(self, one: Certificate) -> str:
        return one.name if len(one.name) <= 40 else f"{one.name[:40]}…"

    @display(description="状态", label={"有效": "success", "已更正": "warning", "已撤销": "danger"})
    def show_state(self, one: Certificate) -> str:
        return one.get_state_display()

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What it says, what became of it."""
        one: Certificate = self.visible_or_404(request, object_id)
        versions = list(Certificate.objects.filter(number=one.number).order_by("version"))
        return self.page(
            request, "awards/admin/certificate.html", f"证书 {one.number}", one=one, versions=versions,
            moments=timeline(*versions), back=self.url_of("changelist"),
        )  # fmt: skip

    def reprint_page(self, request: SignedInRequest, certificate: int) -> HttpResponse:
        """The next version."""
        found = self._own(request, certificate)

        def act(values: dict[str, Any]) -> str:
            return f"{reprinting.reprint(found, reason=values['reason'], by=request.user)}正在制作"

        effects = [
            "编号不变，版次加一；内容按名单上现在的姓名和文字",
            "旧的一版记为“已更正”：内容有变的，查验旧证书的人会看到已有新版",
            "新的一版做好以后通知获证者，理由会写在通知里",
        ]
        return self._ask(request, act, f"更正重印：{found}", "重印", found, effects)

    def revoke_page(self, request: SignedInRequest, certificate: int) -> HttpResponse:
        """It counts no more."""
        found = self._own(request, certificate)

        def act(values: dict[str, Any]) -> str:
            reprinting.revoke(found, reason=values["reason"], by=request.user)
            return f"{found.number} 已撤销"

        effects = ["查验时显示“已撤销”", "撤销以后不能恢复，也不能重印", "通知获证者，理由会写在通知里"]
        return self._ask(request, act, f"撤销证书：{found}", "撤销", found, effects)

    def file_page(self, request: SignedInRequest, certificate: int) -> FileAnswer:
        """Its PDF."""
        found = self._own(request, certificate)
        if found.file is None:
            raise Http404
        return serve(request, found.file)

    def _own(self, request: SignedInRequest, pk: int) -> Certificate:
        found: Certificate = self.visible_or_404(request, str(pk))
        return found

    def _ask(
        self, request: SignedInRequest, act: Any, title: str, button: str, found: Certificate, effects: list[str]
    ) -> HttpResponse:
        form, back = WhyForm(request.POST or None), self.url_of("change", found)
        return self.ask(request, form, act, title=title, button=button, back=back, effects=effects)
