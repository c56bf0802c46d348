"""Objections before the organiser: 受理 → 核查 → 结论 → 答复."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from core import clock
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.files.papers import load_pages
from core.portal_admin import ReadOnlyPortalAdmin
from tracks.wording import end

from ..models import AwardLine, Objection
from ..services import objecting
from ..states import OPEN
from .forms import DecideForm, WordsForm


@admin.register(Objection)
class ObjectionAdmin(ReadOnlyPortalAdmin):
    """What is open first, by when it has to be answered."""

    list_display = ["show_number", "award_list", "kind", "filed_at", "show_due", "show_state", "outcome"]
    list_filter = ["state", "kind"]
    ordering = ["answered_at", "due_at"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "awards_objection"
        pages = {"accept": self.accept_page, "decline": self.decline_page, "check": self.check_page}
        pages |= {"decide": self.decide_page, "answer": self.answer_page}
        own = [path(f"<int:objection>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Objection]:
        """The organiser's; who filed one follows it on the portal."""
        related = ("award_list__edition", "award_list__category", "award_list__track", "release__version", "by", "made")
        found = Objection.objects.select_related(*related, "evidence")
        return found if request.user.is_superuser else found.none()

    @display(description="异议", ordering="pk")
    def show_number(self, objection: Objection) -> str:
        return str(objection)

    @display(description="答复期限", ordering="due_at")
    def show_due(self, objection: Objection) -> str:
        return end(objection.due_at)

    @display(
        description="状态",
        label={"已提交，待受理": "danger", "已受理": "warning", "核查中": "warning", "已有结论，待答复": "warning",
               "已答复": "success", "不予受理": "info"},
    )  # fmt: skip
    def show_state(self, objection: Objection) -> str:
        return objection.get_state_display()

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What is said against which line, the evidence, the clocks, the next step."""
        found: Objection = self.visible_or_404(request, object_id)
        load_pages([found.evidence])
        line = line_of(found)
        steps = Objection.STATES.verbs_from(found.state)
        return self.page(
            request,
            "awards/admin/objection.html",
            str(found),
            objection=found,
            line=line,
            steps=[(one.label, f"admin:awards_objection_{one.verb}") for one in steps],
            late=found.state in OPEN and clock.now() >= found.due_at,
            moments=timeline(found),
            back=self.url_of("changelist"),
        )

    def accept_page(self, request: SignedInRequest, objection: int) -> HttpResponse:
        """受理."""
        found: Objection = self.visible_or_404(request, str(objection))

        def act(values: dict[str, Any]) -> str:
            objecting.accept(found, by=request.user)
            return "已受理，并告知提出人"

        return self._ask(request, found, None, act, "受理", ["告知提出人已受理；有关奖项在答复以前冻结"])

    def decline_page(self, request: SignedInRequest, objection: int) -> HttpResponse:
        """不予受理."""
        found: Objection = self.visible_or_404(request, str(objection))

        def act(values: dict[str, Any]) -> str:
            objecting.decline(found, values["words"], by=request.user)
            return "已告知提出人不予受理的理由"

        return self._ask(request, found, WordsForm, act, "不予受理", ["理由发给提出人；有关奖项不再冻结"])

    def check_page(self, request: SignedInRequest, objection: int) -> HttpResponse:
        """核查."""
        found: Objection = self.visible_or_404(request, str(objection))

        def act(values: dict[str, Any]) -> str:
            objecting.begin_check(found, by=request.user)
            return "已转入核查"

        return self._ask(request, found, None, act, "开始核查", ["请核对作品、证据和评审记录，然后作出结论"])

    def decide_page(self, request: SignedInRequest, objection: int) -> HttpResponse:
        """维持, 更正 or 取消."""
        found: Objection = self.visible_or_404(request, str(objection))

        def act(values: dict[str, Any]) -> str:
            objecting.decide(found, values["outcome"], values["note"], words=values, by=request.user)
            return f"结论：{found.get_outcome_display()}" + (f"，{found.made}已公示" if found.made else "")

        effects = [
            "维持：名单不变",
            "更正：按这里填的文字，或按已改好的排名，公示下一版名单",
            "取消奖项：名次在后的依次递补，公示下一版名单；新列入的从更正之日起重新公示满期",
            "结论作出以后还要另写答复",
        ]
        return self._ask(request, found, partial(DecideForm, line=line_of(found)), act, "作出结论", effects)

    def answer_page(self, request: SignedInRequest, objection: int) -> HttpResponse:
        """答复."""
        found: Objection = self.visible_or_404(request, str(objection))

        def act(values: dict[str, Any]) -> str:
            objecting.answer(found, values["words"], by=request.user)
            return "已答复提出人"

        return self._ask(request, found, WordsForm, act, "答复", ["答复发给提出人；有关奖项不再冻结"])

    def _ask(
        self, request: SignedInRequest, found: Objection, form: Callable[[Any], forms.Form] | None, act: Any,
        button: str, effects: list[str],
    ) -> HttpResponse:  # fmt: skip
        filled = (form or forms.Form)(request.POST if request.method == "POST" else None)
        return self.ask(
            request, filled, act, title=f"{button}：{found}", button=button, back=self.url_of("change", found),
            effects=effects,
        )  # fmt: skip


def line_of(objection: Objection) -> AwardLine | None:
    """The prize that it is about, as it was announced; None for the list as a whole."""
    return objection.release.version.lines.filter(key=objection.about).first() if objection.about else None
