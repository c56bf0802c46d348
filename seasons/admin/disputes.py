"""Disputes about points before the contact, and the ledger to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin
from registrations import access
from registrations.services.dossier import title_of

from ..models import Dispute, PointEntry
from ..services import disputing


class AnswerForm(forms.Form):
    """Keep or correct, and why."""

    correct = forms.ChoiceField(
        label="怎么办",
        choices=[("no", "维持原计分"), ("yes", "更正：冲正这一条所得的全部积分")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选维持还是更正"},
    )
    answer = forms.CharField(
        label="答复", max_length=disputing.WORDS_MAX, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="原样发给参赛者，也显示在积分存折里", error_messages={"required": "请写答复，参赛者要看"},
    )  # fmt: skip


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyPortalAdmin):
    """Disputes on one's own tracks, the oldest open ones first."""

    contacts_may = frozenset({"view"})
    list_display = ["show_entry", "show_line", "words", "asked_at", "show_state"]
    list_filter = ["state"]
    ordering = ["state", "asked_at"]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.answer_page)
        return [path("<int:dispute>/answer/", page, name="seasons_dispute_answer"), *super().get_urls()]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Dispute]:
        """With line, fact and entry."""
        related = ("line__entry__track", "line__entry__edition", "line__entry__row", "line__fact__record", "by")
        return self.staffed(request).select_related(*related)

    def staffed(self, request: SignedInRequest) -> QuerySet[Dispute]:
        """Of the reader's tracks; one's own dispute is no matter for answering."""
        found = Dispute.objects.all()
        if request.user.is_superuser:
            return found
        return found.filter(line__entry__track__in=request.user.track_contacts.values("track"))

    @display(description="报名")
    def show_entry(self, dispute: Dispute) -> str:
        return dispute.line.entry.team_name or dispute.line.entry.number

    @display(description="账目")
    def show_line(self, dispute: Dispute) -> str:
        return str(dispute.line)

    @display(description="状态", label={"待答复": "warning", "维持原计分": "info", "已更正": "success"})
    def show_state(self, dispute: Dispute) -> str:
        return dispute.get_state_display()

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The line, what is said against it, and the answer."""
        dispute: Dispute = self.visible_or_404(request, object_id)
        return self.page(
            request,
            "seasons/admin/dispute.html",
            f"积分异议：{title_of(dispute.line.entry)}",
            dispute=dispute,
            line=dispute.line,
            fact=dispute.line.fact,
            may_answer=dispute.state == "asked" and access.reviews(request.user, dispute.line.entry),
            moments=timeline(dispute),
            back=self.url_of("changelist"),
        )

    def answer_page(self, request: SignedInRequest, dispute: int) -> HttpResponse:
        """Keep or correct."""
        found: Dispute = self.visible_or_404(request, str(dispute))
        if not access.reviews(request.user, found.line.entry):
            raise PermissionDenied

        def act(values: dict[str, Any]) -> str:
            disputing.answer(found, values["answer"], correct=values["correct"] == "yes", by=request.user)
            return "已答复参赛者"

        effects = [
            "维持：这一笔不变",
            "更正：这条事实的积分全部冲正；服务记录回到待审，请按正确的数据退回或重新通过",
            "答复发给提出人，也显示在积分存折里",
        ]
        return self.ask(
            request, AnswerForm(request.POST or None), act, title=f"答复积分异议：{found.line.said}",
            button="答复", back=self.url_of("change", found), effects=effects,
        )  # fmt: skip


@admin.register(PointEntry)
class PointEntryAdmin(ReadOnlyPortalAdmin):
    """The ledger, to look at: nobody changes it here or anywhere."""

    contacts_may = frozenset({"view"})
    list_display = ["show_number", "show_entry", "said", "points", "month", "posted_at", "reason"]
    list_filter = ["month"]
    search_fields = ["entry__team_name", "entry__pinyin", "said", "reason"]
    search_help_text = "队伍、拼音，怎么算的，理由"
    show_full_result_count = False
    fields = [
        "entry", "fact", "said", "worth", "points", "month", "earned_at", "posted_at", "by", "reason", "reverses",
    ]  # fmt: skip

    def get_queryset(self, request: SignedInRequest) -> QuerySet[PointEntry]:
        """Of the reader's tracks."""
        found = PointEntry.objects.select_related("entry__edition", "fact__record", "by")
        if request.user.is_superuser:
            return found
        return found.filter(entry__track__in=request.user.track_contacts.values("track"))

    def history_of(self, obj: PointEntry) -> list[Model]:
        """A line has no history; its fact has."""
        return [obj.fact]

    @display(description="流水号", ordering="pk")
    def show_number(self, line: PointEntry) -> str:
        return str(line.pk)

    @display(description="报名")
    def show_entry(self, line: PointEntry) -> str:
        return line.entry.team_name or line.entry.number
