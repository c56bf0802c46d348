"""Many rows at once: first the list, then the notice, then the deed. A row that changed meanwhile is named and left."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from unfold.admin import checkbox

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin
from core.problems import Problem
from tracks.wording import end

from ..models import RecommendationRow
from ..services import contents, reviewing
from ..services.facts import FormFacts
from ..services.reviewing import Decided
from .review_filters import own_tracks
from .review_forms import ReturnForm

Rows = QuerySet[RecommendationRow]
_BOX = checkbox.render(ACTION_CHECKBOX_NAME, "{}")


class ManyRows(PortalAdmin):
    """The actions below the queue."""

    def action_checkbox(self, obj: RecommendationRow) -> str:
        """The row's box, rendered once for all rows: a widget's template for each of 50 costs a tenth of the page."""
        return format_html(_BOX, obj.pk)

    @admin.action(description="通过所选各行", permissions=["view"])
    def approve_rows(self, request: SignedInRequest, queryset: Rows) -> HttpResponse:
        """Pass the rows that wait among the chosen ones and can pass."""
        rows = _waiting(request, queryset)
        if "confirmed" in request.POST:
            decided = reviewing.approve_rows(rows, by=request.user, seen=_seen(request))
            return self._done(request, decided, "已通过")
        against = contents.stamp_problems(rows)
        ready = [row for row in rows if not against[row.pk]]
        blocked = [(row, against[row.pk]) for row in rows if against[row.pk]]
        return self._list(request, queryset, ready, "approve_rows", "通过", "row-approved", blocked=blocked)

    @admin.action(description="退回所选各行", permissions=["view"])
    def return_rows(self, request: SignedInRequest, queryset: Rows) -> HttpResponse:
        """Return them all with one reason: asked with the list, then shown in the notice, then done."""
        rows = _waiting(request, queryset)
        begun = "asked" in request.POST
        form = ReturnForm({row.track_id for row in rows}, request.POST if begun else None)
        if not begun or "edit" in request.POST or not form.is_valid():
            return self._list(request, queryset, rows, "return_rows", "退回补正", form=form)
        reason = form.cleaned_data["whole"]
        if "confirmed" in request.POST:
            decided = reviewing.return_rows(rows, reason=reason, by=request.user, seen=_seen(request))
            return self._done(request, decided, "已退回补正")
        return self._list(request, queryset, rows, "return_rows", "退回补正", "row-returned", reason=reason)

    def _list(
        self,
        request: SignedInRequest,
        queryset: Rows,
        rows: list[RecommendationRow],
        action: str,
        verb: str,
        notice: str = "",
        *,
        blocked: Sequence[tuple[RecommendationRow, list[Problem]]] = (),
        **more: Any,
    ) -> HttpResponse:
        """notice: the kind of which the first unit's is shown. blocked: rows that wait, but cannot pass, and why."""
        facts: dict[int, FormFacts] = {}
        for row in rows:
            facts.setdefault(row.recommendation_id, FormFacts(row.recommendation))
        seen = _seen(request)
        first = [row for row in rows if row.recommendation_id == rows[0].recommendation_id]
        form = more.get("form")
        return self.page(
            request,
            "registrations/admin/many_rows.html",
            f"{verb}所选 {len(rows)} 行",
            status=422 if form is not None and form.errors else 200,
            lines=[(row, facts[row.recommendation_id].problems(row)) for row in rows],
            marks=[f"{row.pk}:{seen.get(row.pk) or contents.mark(row)}" for row in rows],
            blocked=blocked,
            skipped=queryset.count() - len(rows) - len(blocked),
            action=action,
            verb=verb,
            deadline=end(reviewing.correction_deadline(rows[0])) if rows and action == "return_rows" else "",
            letter=reviewing.letter(first, notice, more.get("reason", "")) if first and notice else None,
            back=self.url_of("changelist"),
            **more,
        )

    def _done(self, request: SignedInRequest, decided: Decided, told: str) -> HttpResponse:
        for row, refused in decided.refused:
            name = row.team_name or row.name
            words = f"{row.recommendation.unit} 第 {row.position} 行“{name}”：{refused}"
            self.message_user(request, words, messages.WARNING)
        if decided.done:
            units = len({row.recommendation_id for row in decided.done})
            words = f"{told} {len(decided.done)} 行，已通知 {units} 个推荐单位"
            self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))


def _waiting(request: SignedInRequest, queryset: Rows) -> list[RecommendationRow]:
    rows = list(queryset.filter(state="submitted").select_related("recommendation__unit"))
    for row in rows:
        row.track = own_tracks(request)[row.track_id]
        row.recommendation.edition = row.track.edition
    return rows


def _seen(request: SignedInRequest) -> dict[int, str]:
    """What each row said when it was listed; see `contents.mark`."""
    pairs = (value.partition(":") for value in request.POST.getlist("seen"))
    return {int(key): mark for key, _, mark in pairs if key.isdecimal()}
