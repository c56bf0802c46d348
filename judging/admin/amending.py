"""The organiser amends a round's rules before scoring opens."""

from typing import Any

from django.http import HttpResponse

from core.accounts.requests import SignedInRequest

from ..services import adoption
from .common import RoundRoom
from .forms import AmendForm


class RoundRules(RoundRoom):
    """One page with the rules that may be changed."""

    def amend_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Asks for the new rules and why."""
        found = self.run(request, round)
        form = AmendForm(found, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            reason = values.pop("reason")
            adoption.amend(found, values, reason=reason, by=request.user)
            return "评审规则已修订"

        effects = ["以后修订赛事规则文件，不再改动这一轮", "开始评分以后不能再改"]
        return self.ask(
            request, form, act, title=f"修订评审规则：{found}", button="保存修订",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip
