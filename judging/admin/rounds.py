"""A round before the organiser: rules, pool, judges, distribution, progress, freeze; and every deed, asked first."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from core.accounts.requests import SignedInRequest
from core.counting import count_of
from core.portal_admin import ReadOnlyPortalAdmin

from ..access import runs
from ..models import Candidate, Judge, Round
from ..rules.amending import BESIDE_CRITERIA
from ..services import closing, opening
from .amending import RoundRules
from .freezing import RoundFreeze, tied
from .inviting import RoundJudges
from .monitor import RoundMonitor
from .planning import RoundPlans
from .pooling import RoundPool

TONES = {"准备中": "", "评分中": "info", "已封存": "warning", "已公布": "success"}


@admin.register(Round)
class RoundAdmin(
    RoundRules, RoundPool, RoundJudges, RoundPlans, RoundMonitor, RoundFreeze, ReadOnlyPortalAdmin
):  # fmt: skip
    """Rounds; contacts see them and fill their pools, the organiser runs them."""

    contacts_may = frozenset({"view"})
    list_display = ["title", "kind", "status", "works", "judges_count", "closes_at"]
    list_filter = ["state", "name", "category__code"]
    list_select_related = ["category", "track", "edition"]
    ordering = ["edition", "position", "category__position"]
    fields = ["edition", "code", "name", "category", "state"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Round]:
        works = count_of(Candidate.objects.filter(round=OuterRef("pk"), state="in"))
        judges = count_of(Judge.objects.filter(round=OuterRef("pk"), state="active"))
        rounds = super().get_queryset(request).select_related("category", "track", "edition")
        return rounds.annotate(work_count=works, judge_count=judges)

    @display(description="轮次", ordering="position")
    def title(self, round_: Round) -> str:
        return str(round_)

    @display(description="状态", label=TONES)
    def status(self, round_: Round) -> str:
        return round_.get_state_display()

    @display(description="作品")
    def works(self, round_: Round) -> str:
        return f"{round_.work_count} 件"  # type: ignore[attr-defined]

    @display(description="评委")
    def judges_count(self, round_: Round) -> str:
        return f"{round_.judge_count} 位"  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        deeds = {
            "open": self.open_page, "window": self.window_page, "amend": self.amend_page, "pool": self.pool_page,
            "invite": self.invite_page, "import_page": self.import_page, "import_template": self.import_template,
            "plan": self.plan_page, "plan_ask": self.plan_ask_page, "plan_publish": self.plan_publish_page,
            "plan_fill": self.plan_fill_page,
            "monitor": self.monitor_page, "urge": self.urge_page, "scores": self.scores_page,
            "lock": self.lock_page, "unlock": self.unlock_page, "unlock_answer": self.unlock_answer_page,
            "publish": self.publish_page, "retract": self.retract_page, "advance": self.advance_page,
            "tie": self.tie_page, "pick": self.pick_page,
        }  # fmt: skip
        own = [
            path(f"<int:round>/{name.replace('_', '-')}/", wrap(page), name=f"judging_round_{name}")
            for name, page in deeds.items()
        ]
        again = wrap(self.again_page)
        return [*own, path("<int:round>/again/<int:sheet>/", again, name="judging_round_again"), *super().get_urls()]

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Where the round stands, and what can be done next."""
        round_ = self.visible_or_404(request, object_id)
        may_run = runs(request.user, round_)
        last = round_.snapshots.first()
        context: dict[str, Any] = {
            "round": round_,
            "may_run": may_run,
            "criteria": (criteria := list(round_.criteria.all())),
            "chain": [
                {**{c.code: c.name for c in criteria}, **BESIDE_CRITERIA}.get(code, code) for code in round_.tie_chain
            ],
            "panels": round_.panels.all(),
            "rules": round_.advance_rules.all(),
            "ready": opening.readiness(round_),
            "assignments": round_.assignments.active().count(),
            "snapshot": last if may_run else None,
            "unlock": round_.unlocks.filter(state="asked").select_related("asked_by").first(),
            "undecided": closing.undecided(round_) if may_run else [],
            "tied": tied(last) if may_run else [],
            "followers": round_.followers.select_related("category", "track"),
            "back": self.url_of("changelist"),
            "moments": self.moments_of(round_) if may_run else None,
        }
        return self.page(request, "judging/admin/round.html", str(round_), **context)

    def open_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """What opening does, then do it."""
        found = self.run(request, round)

        def act(values: dict[str, Any]) -> str:
            opening.open_round(found, by=request.user, reason=values["reason"])
            return f"{found}开始评分"

        ready = opening.readiness(found)
        effects = [
            f"{ready.works} 件作品、{ready.judges} 位评委开始评分，评审规则从此不能再改",
            "只在评分时间内受理分数" if found.closes_at else "还没有定评分截止时间，开始后可以再定",
        ]
        form = self.note(request)
        return self.ask(
            request, form, act, title=f"开始评分：{found}", button="开始评分",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def window_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Change when scores are taken."""
        found = self.run(request, round)
        initial = {"opens_at": found.opens_at, "closes_at": found.closes_at}
        form = self.window_form(request, initial)

        def act(values: dict[str, Any]) -> str:
            opening.set_window(found, by=request.user, **values)
            return "评分时间已修改"

        return self.ask(
            request, form, act, title=f"评分时间：{found}", button="保存", back=self.url_of("change", found)
        )  # fmt: skip
