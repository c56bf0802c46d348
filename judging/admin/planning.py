"""The distribution: asked for, worked out by a job, looked at, published."""

from collections import Counter
from typing import Any

from django.http import HttpResponse

from core.accounts.requests import SignedInRequest
from core.problems import Problem, Refused

from ..models import Plan
from ..services import assigning
from .common import RoundRoom
from .forms import SeedForm

NO_PLAN = Problem("plan.none", "没有待确认的分配方案，请先计算")


class RoundPlans(RoundRoom):
    """The plan's page and its deeds."""

    def plan_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """The latest proposal: loads before and after, connectivity, what stands against it, progress."""
        found = self.run(request, round)
        plan = found.plans.first()
        return self.page(
            request, "judging/admin/plan.html", f"评委分配：{found}", round=found, plan=plan,
            loads=self._loads(plan) if plan else [], back=self.url_of("change", found),
            refresh=bool(plan and plan.state == "queued"),
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
        return self.ask(
            request, self.plain(request), act, title=f"发布分配：{found}", button="发布",
            back=self.url_of("plan", found), done=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def _loads(self, plan: Plan) -> list[dict[str, Any]]:
        """Each judge with works standing, added, in all."""
        added = Counter(plan.judges)
        held = Counter(plan.round.assignments.filter(state="active").values_list("judge_id", flat=True))
        published = plan.state == "published"
        return [
            {
                "judge": judge,
                "stands": held[judge.pk] - (added[judge.pk] if published else 0),
                "added": added[judge.pk],
                "total": held[judge.pk] + (0 if published else added[judge.pk]),
            }
            for judge in plan.round.judges.active().select_related("user")
        ]
