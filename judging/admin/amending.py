"""The organiser amends a round's rules before scoring opens: form → what was and what will be → done."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from core.accounts.requests import SignedInRequest
from core.forms import show_problems
from core.idempotency import NOT_CONTENT
from core.problems import Refused

from ..round_words import differences
from ..services import adoption
from .amend_forms import AmendForm
from .common import RoundRoom

STEPS = {*NOT_CONTENT, "seen", "confirm", "edit"}
EFFECTS = ("以后修订赛事规则文件，不再改动这一轮", "开始评分以后不能再改")


class RoundRules(RoundRoom):
    """One page with all rules that may be changed, and one that shows what changes."""

    def amend_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Whichever step the request has come to; whatever was typed goes along."""
        found = self.run(request, round)
        sent = request.method == "POST"
        form = AmendForm(found, request.POST if sent else None)
        back = self.url_of("change", found)
        title = f"修订评审规则：{found}"
        if sent and "edit" not in request.POST and form.is_valid():
            values, parts = form.amended()
            reason, problems = form.cleaned_data["reason"], adoption.check(found, values, parts)
            if not problems and "confirm" in request.POST:
                try:
                    adoption.amend(
                        found, values, parts, reason=reason, by=request.user, seen=request.POST.get("seen", "")
                    )
                except Refused as refused:
                    problems = refused.problems
                else:
                    self.message_user(request, "评审规则已修订")
                    return HttpResponseRedirect(back)
            if not problems:
                changes = differences(adoption.rules_now(found), (values, parts))
                return self._check(request, title, back, found, changes, reason)
            show_problems(form, problems)
        status = 422 if sent and "edit" not in request.POST else 200
        return self.page(
            request, "judging/admin/amend.html", title, status=status, form=form, back=back, round=found,
            effects=EFFECTS,
        )  # fmt: skip

    def _check(
        self, request: SignedInRequest, title: str, back: str, found: Any, changes: Any, reason: str
    ) -> HttpResponse:  # fmt: skip
        typed = [(name, one) for name, values in request.POST.lists() if name not in STEPS for one in values]
        return self.page(
            request, "judging/admin/amend_check.html", title, typed=typed, changes=changes, reason=reason,
            seen=adoption.mark(found), back=back, effects=EFFECTS,
        )  # fmt: skip
