"""Many rows at once: first the list, then the notice, then the deed. A row that moved meanwhile is named and left."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin
from core.problems import Refused
from tracks.wording import end

from ..models import RecommendationRow
from ..services import reviewing
from ..services.facts import FormFacts
from .review_forms import ReturnForm

Rows = QuerySet[RecommendationRow]


class ManyRows(PortalAdmin):
    """The actions below the queue."""

    @admin.action(description="通过所选各行", permissions=["view"])
    def approve_rows(self, request: SignedInRequest, queryset: Rows) -> HttpResponse:
        """Pass the rows that wait among the chosen ones."""
        rows = _waiting(queryset)
        if "confirmed" in request.POST:
            return self._each(request, rows, lambda row: reviewing.approve_row(row, by=request.user), "已通过")
        letter = reviewing.letter(rows[0], "row-approved") if rows else None
        return self._list(request, queryset, rows, "approve_rows", "通过", letter=letter)

    @admin.action(description="退回所选各行", permissions=["view"])
    def return_rows(self, request: SignedInRequest, queryset: Rows) -> HttpResponse:
        """Return them all with one reason: asked with the list, then shown in the notice, then done."""
        rows = _waiting(queryset)
        begun = "asked" in request.POST
        form = ReturnForm({row.track_id for row in rows}, request.POST if begun else None)
        if not begun or "edit" in request.POST or not form.is_valid():
            return self._list(request, queryset, rows, "return_rows", "退回补正", form=form)
        reason = form.cleaned_data["whole"]
        if "confirmed" in request.POST:
            act = lambda row: reviewing.return_row(row, reason=reason, by=request.user)  # noqa: E731
            return self._each(request, rows, act, "已退回补正")
        letter = reviewing.letter(rows[0], "row-returned", reason) if rows else None
        return self._list(request, queryset, rows, "return_rows", "退回补正", letter=letter, reason=reason)

    def _list(
        self,
        request: SignedInRequest,
        queryset: Rows,
        rows: list[RecommendationRow],
        action: str,
        verb: str,
        **more: Any,
    ) -> HttpResponse:
        facts: dict[int, FormFacts] = {}
        for row in rows:
            facts.setdefault(row.recommendation_id, FormFacts(row.recommendation))
        form = more.get("form")
        return self.page(
            request,
            "registrations/admin/many_rows.html",
            f"{verb}所选 {len(rows)} 行",
            status=422 if form is not None and form.errors else 200,
            lines=[(row, facts[row.recommendation_id].problems(row)) for row in rows],
            skipped=queryset.count() - len(rows),
            action=action,
            verb=verb,
            deadline=end(reviewing.correction_deadline(rows[0])) if rows and action == "return_rows" else "",
            back=self.url_of("changelist"),
            **more,
        )

    def _each(
        self,
        request: SignedInRequest,
        rows: list[RecommendationRow],
        act: Callable[[RecommendationRow], None],
        told: str,
    ) -> HttpResponse:
        done = 0
        for row in rows:
            try:
                act(row)
                done += 1
            except Refused as refused:
                name = row.team_name or row.name
                words = f"{row.recommendation.unit} 第 {row.position} 行“{name}”：{refused}"
                self.message_user(request, words, messages.WARNING)
        self.message_user(request, f"{told} {done} 行，已通知各推荐单位", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))


def _waiting(queryset: Rows) -> list[RecommendationRow]:
    found = queryset.filter(state="submitted")
    return list(found.select_related("recommendation__unit", "recommendation__edition", "track__edition"))
