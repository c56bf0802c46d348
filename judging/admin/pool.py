"""参评作品: a round's works before staff; a contact declares a judge's conflict, withdraws a work, takes it back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpResponse
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.counting import count_of
from core.portal_admin import ReadOnlyPortalAdmin
from registrations.admin.unit_people import ReasonForm

from ..models import Assignment, Candidate
from ..services import assigning, closing, pool, recusing
from .common import RoundFilter
from .forms import PairForm, RecuseForm

TONES = {"参评": "success", "已退出": ""}


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyPortalAdmin):
    """The pool; contacts see the works of their tracks."""

    contacts_may = frozenset({"view"})
    list_display = ["label", "title", "round", "track", "status", "judges", "added_at"]
    list_filter = ["state", ("round", RoundFilter)]
    list_select_related = ["round__category", "round__track", "entry__track"]
    search_fields = ["title"]
    search_help_text = "作品名称"
    ordering = ["round", "number"]
    fields = ["round", "number", "title", "status", "added_at", "withdrawn_at", "reason"]
    actions_detail = ["withdraw", "restore", "recuse", "anchor", "pair"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Candidate]:
        judges = count_of(Assignment.objects.filter(candidate=OuterRef("pk"), state="active"))
        return super().get_queryset(request).annotate(judge_count=judges)

    @display(description="编号", ordering="number")
    def label(self, candidate: Candidate) -> str:
        return candidate.label

    @display(description="赛道")
    def track(self, candidate: Candidate) -> str:
        return candidate.entry.track.name

    @display(description="状态", label=TONES)
    def status(self, candidate: Candidate) -> str:
        return candidate.get_state_display()

    @display(description="评委")
    def judges(self, candidate: Candidate) -> str:
        return f"{candidate.judge_count} 位"  # type: ignore[attr-defined]

    def has_in_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Of a work that takes part; what is decided is the organiser's alone."""
        seen = Candidate.objects.visible_to(request.user).filter(pk=object_id, state="in")
        if not request.user.is_superuser:
            seen = seen.filter(round__state__in=("draft", "open"))
        return seen.exists()

    def has_out_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Of one that has left an undecided round."""
        seen = Candidate.objects.visible_to(request.user).filter(pk=object_id, state="out")
        return request.user.is_superuser and seen.filter(round__state__in=("draft", "open")).exists()

    @action(description="退出本轮", url_path="withdraw", icon="logout", permissions=["in"])
    def withdraw(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            closing.withdraw(found, reason=values["reason"], by=request.user)
            return f"{found.label} 已退出{found.round}"

        effects = ["评委不再看到这件作品，已打的分留存、不再计入", "已封存或公布的轮次会另成一版快照，写明缘由"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"退出本轮：{found}", button="退出",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    @action(description="恢复参评", url_path="restore", icon="undo", permissions=["out"])
    def restore(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            pool.restore(found, reason=values["reason"], by=request.user)
            return f"{found.label} 恢复参评"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"恢复参评：{found}", button="恢复",
            back=self.url_of("change", found), effects=["评委重新看到这件作品，先前的分数重新计入"],
        )  # fmt: skip

    @action(description="申报回避", url_path="recuse", icon="block", permissions=["in"])
    def recuse(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """A contact or the organiser knows of a conflict."""
        found = self.visible_or_404(request, object_id)
        judges = found.round.judges.active().select_related("user")
        form = RecuseForm(judges, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            by = "organiser" if request.user.is_superuser else "contact"
            recusing.declare(values["judge"], found, found_by=by, reason=values["reason"], by=request.user)
            return f"已登记：{values['judge'].label} 回避 {found.label}"

        effects = ["这位评委不能评这件作品；已经分到的立即撤回，分数作废，另派评委"]
        return self.ask(
            request, form, act, title=f"申报回避：{found}", button="登记回避",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def has_run_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Of a work of a round that the organiser runs and that is not decided."""
        return request.user.is_superuser and self.has_in_permission(request, object_id)

    @action(description="校准作品", url_path="anchor", icon="anchor", permissions=["run"])
    def anchor(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Every judge meets it first; or no longer."""
        found = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            pool.set_anchor(found, not found.anchor, by=request.user)
            return f"{found.label} {'设为校准作品' if found.anchor else '不再作校准作品'}"

        word = "不再作校准作品" if found.anchor else "设为校准作品"
        effects = (
            ["下一次计算分配时，每位无回避的评委都评这件，并且排在最前"] if not found.anchor else ["已有的分配不变"]
        )
        return self.ask(
            request, forms.Form(request.POST if request.method == "POST" else None), act, title=f"{word}：{found}",
            button=word, back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    @action(description="指定或禁止评委", url_path="pair", icon="link", permissions=["run"])
    def pair(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks which judge, how, and why."""
        found = self.visible_or_404(request, object_id)
        judges = found.round.judges.active().select_related("user")
        form = PairForm(judges, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            wanted = {"yes": True, "no": False}.get(values["wanted"])
            assigning.set_pair(values["judge"], found, wanted, reason=values["reason"], by=request.user)
            return f"已登记：{values['judge'].label}与 {found.label}，下一次计算分配时生效"

        return self.ask(
            request, form, act, title=f"指定或禁止评委：{found}", button="登记",
            back=self.url_of("change", found), effects=["下一次计算分配时生效，已有的分配不变", "须回避的评委不能指定"],
        )  # fmt: skip
