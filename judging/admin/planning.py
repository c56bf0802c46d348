"""The distribution: asked for, worked out by a job, looked at, published."""

from typing import Any

from django.http import HttpResponse

from core.accounts.requests import SignedInRequest
from core.problems import Problem, Refused

from ..plan_page import PlanPage
from ..services import assigning, gaps
from ..states import DECIDED
from .common import RoundRoom
from .forms import SeedForm

LISTED = 50
NO_PLAN = Problem("plan.none", "没有待确认的分配方案，请先计算")


class RoundPlans(RoundRoom):
    """The plan's page and its deeds."""

    def plan_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """What lacks judges; the latest proposal: who gets what, loads, connectivity, what stands against it."""
        found = self.run(request, round)
        plan = found.plans.first()
        return self.page(
            request, "judging/admin/plan.html", f"评委分配：{found}", round=found, plan=plan,
            shown=PlanPage(plan) if plan and plan.state not in ("queued", "discarded") else None,
            gaps=gaps.gaps(found), back=self.url_of("change", found), refresh=bool(plan and plan.state == "queued"),
            may_fill=found.state not in DECIDED and not found.plans.filter(state__in=("queued", "ready")).exists(),
        )  # fmt: skip

    def plan_ask_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Have a new one worked out."""
        found = self.run(request, round)
        form = SeedForm(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            assigning.ask(found, by=request.user, seed=values["seed"])
            return "正在计算，可以离开这一页，算好后回来看"

        effects = [
            "按负载均衡、专长、回避、不评本市计算；已有的分配全部保留",
            "算好后先看方案，确认再发布；还没发布的旧方案作废",
        ]
        return self.ask(
            request, form, act, title=f"计算分配：{found}", button="开始计算",
            back=self.url_of("change", found), done=self.url_of("plan", found), effects=effects,
        )  # fmt: skip

    def plan_fill_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """补配: works added late, seats left empty; what stands is kept."""
        found = self.run(request, round)
        missing = gaps.gaps(found)

        def act(values: dict[str, Any]) -> str:
            gaps.fill(found, by=request.user)
            return "正在计算补配，算好后在这里看谁评哪件，再发布"

        effects = [
            f"{one.candidate.label} {one.candidate.title}：{one.why}，还差 {one.wanted - one.have} 位评委"
            for one in missing[:LISTED]
        ]
        more = [f"另有 {len(missing) - LISTED} 件"] if len(missing) > LISTED else []
        effects += [*more, "已有的分配和分数都不动；算好后先看谁评哪件，发布以后评委才会收到通知"]
        return self.ask(
            request, self.plain(request), act, title=f"补配新增作品／补足缺位：{found}", button="计算补配",
            back=self.url_of("plan", found), done=self.url_of("plan", found), effects=effects,
        )  # fmt: skip

    def plan_publish_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Put the works before the judges."""
        found = self.run(request, round)
        plan = found.plans.filter(state="ready").first()

        def act(values: dict[str, Any]) -> str:
            if plan is None:
                raise Refused(NO_PLAN)
            return f"已发布 {assigning.publish(plan, by=request.user)} 份分配，评委会收到通知"

        size = len(plan.judges) if plan else 0
        effects = [f"新增 {size} 份分配，{len(set(plan.judges)) if plan else 0} 位评委收到通知"]
        if found.assignments.exists():
            effects.append("已有的分配和分数都不动")
        return self.ask(
            request, self.plain(request), act, title=f"发布分配：{found}", button="发布",
            back=self.url_of("plan", found), done=self.url_of("change", found), effects=effects,
        )  # fmt: skip
