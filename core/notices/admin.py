"""Notices as staff see them: what went to whom, what is stuck, send again, and how each kind looks."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from unfold.decorators import action, display

from core.accounts.contacts import mask_email, mask_phone
from core.jobs.admin import ReadOnlyAdmin, actor
from core.problems import Refused

from . import services
from .models import Notice
from .registry import Kind, kinds
from .rendering import preview
from .views import letter_response

PRIVATE = "正文含收件人的个人链接，不在此显示"


class KindFilter(admin.SimpleListFilter):
    """By kind, in its Chinese name."""

    title = "种类"
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every registered kind."""
        return sorted((kind.name, kind.label) for kind in kinds.values())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        """Of this kind."""
        return queryset.filter(template=self.value()) if self.value() else queryset


class DoubtFilter(admin.SimpleListFilter):
    """Those that may have arrived twice."""

    title = "结果不明"
    parameter_name = "doubts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice."""
        return [("1", "曾经结果不明")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        """Doubtful once or more."""
        return queryset.filter(doubts__gt=0) if self.value() else queryset


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What went to whom; addresses masked, personal links hidden."""

    list_display = ["label", "subject", "to", "channel", "show_state", "last_error_short", "created", "sent"]
    list_filter = ["state", "channel", KindFilter, DoubtFilter]
    list_select_related = ["recipient"]
    search_fields = ["name", "=address", "subject"]
    search_help_text = "称呼、主题，或完整的手机号、邮箱"
    list_per_page = 50
    date_hierarchy = "created"
    actions = ["resend"]
    actions_list = ["all_kinds", "try_mail"]
    fields = [
        ("label", "show_state"),
        ("recipient", "to"),
        ("channel", "about_text"),
        "subject",
        "body",
        ("attempts", "resends", "doubts"),
        "last_error",
        ("created", "sent"),
        "message_id",
    ]

    @display(description="种类")
    def label(self, notice: Notice) -> str:
        """Its kind."""
        return notice.label

    @display(description="发往")
    def to(self, notice: Notice) -> str:
        """Name and masked address."""
        return f"{notice.name} {mask(notice.address)}".strip() or "—"

    @display(
        description="状态",
        label={"待发送": "info", "发送中": "info", "已发送": "success", "发送失败": "danger", "结果不明": "warning"},
    )
    def show_state(self, notice: Notice) -> str:
        """As a coloured label."""
        return notice.get_state_display()

    @display(description="最近错误")
    def last_error_short(self, notice: Notice) -> str:
        """Its beginning; the whole is on the notice's page."""
        return notice.last_error[:60]

    @display(description="事由")
    def about_text(self, notice: Notice) -> str:
        """What it is about."""
        return str(notice.about or f"{notice.content_type} {notice.object_id}")

    @display(description="正文")
    def body(self, notice: Notice) -> str:
        """The text, unless it holds a personal link."""
        return PRIVATE if notice.private else notice.text

    # --- Sending again ----------------------------------------------------------------------------

    def has_resend_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Who may change notices."""
        return request.user.has_perm("notices.change_notice")

    @admin.action(description="重新发送", permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Notice]) -> HttpResponse | None:
        """First the list and what may happen, then, on the second POST, the sending."""
        if "confirmed" not in request.POST:
            context = self.admin_site.each_context(request) | {
                "title": "重新发送通知",
                "notices": queryset,
                "opts": self.opts,
                "doubtful": [notice for notice in queryset if notice.state == "unknown"],
            }
            return render(request, "notices/admin/resend.html", context)
        done = 0
        for notice in queryset:
            try:
                services.resend(notice, by=actor(request))
                done += 1
            except Refused as refused:
                self.message_user(request, f"{notice}：{refused}", messages.WARNING)
        self.message_user(request, f"已重新排队 {done} 封")
        return None

    # --- How each kind looks ----------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The previews, beside the usual pages."""
        wrap = self.admin_site.admin_view
        return [
            path("kinds/", wrap(self.kinds_page), name="notices_kinds"),
            path("kinds/<slug:name>/", wrap(self.kind_page), name="notices_kind"),
            path("kinds/<slug:name>/html", wrap(self.kind_html), name="notices_kind_html"),
            *super().get_urls(),
        ]

    @action(description="通知样式预览", url_path="all-kinds", icon="preview", permissions=["view"])
    def all_kinds(self, request: HttpRequest) -> HttpResponse:
        """To the list of kinds."""
        return HttpResponseRedirect(reverse("admin:notices_kinds"))

    @action(description="给自己试发一封", url_path="try", icon="outgoing_mail", permissions=["resend"])
    def try_mail(self, request: HttpRequest) -> HttpResponse:
        """Asks first; sends on POST."""
        back = reverse("admin:notices_notice_changelist")
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {"title": "给自己试发", "opts": self.opts, "back": back}
            return render(request, "notices/admin/try.html", context)
        notice = services.send_trial(actor(request))
        self.message_user(request, f"已排队，发往 {mask(notice.address)}；片刻后在列表里看结果")
        return HttpResponseRedirect(back)

    def kinds_page(self, request: HttpRequest) -> HttpResponse:
        """All kinds of notice."""
        self._may_view(request)
        context = self.admin_site.each_context(request) | {
            "title": "通知样式",
            "opts": self.opts,
            "kinds": sorted(kinds.values(), key=lambda kind: kind.name),
        }
        return render(request, "notices/admin/kinds.html", context)

    def kind_page(self, request: HttpRequest, name: str) -> HttpResponse:
        """One kind with its sample: subject, text and framed HTML."""
        kind = self._kind(request, name)
        context = self.admin_site.each_context(request) | {
            "title": f"通知样式：{kind.label}",
            "opts": self.opts,
            "kind": kind,
            "letter": preview(kind),
        }
        return render(request, "notices/admin/kind.html", context)

    def kind_html(self, request: HttpRequest, name: str) -> HttpResponse:
        """Its HTML alone, for the frame."""
        kind = self._kind(request, name)
        return letter_response(preview(kind).html)

    def _may_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404

    def _kind(self, request: HttpRequest, name: str) -> Kind:
        self._may_view(request)
        if name not in kinds:
            raise Http404
        return kinds[name]


def mask(address: str) -> str:
    """Enough to recognise, not enough to use (T12)."""
    return mask_email(address) if "@" in address else mask_phone(address)
