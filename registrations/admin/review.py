"""The review queue of a track's contact: look, pass, or return for correction."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.accounts.contacts import mask_phone
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin
from core.problems import Refused
from tracks.models import Edition, Track
from tracks.wording import end

from .. import access, states
from ..models import RecommendationRow
from ..services import reviewing
from ..services.facts import FormFacts

TONES = {"已提交": "info", "退回补正": "warning", "已通过": "success"}


class ReturnForm(forms.Form):
    """What the unit must put right."""

    reason = forms.CharField(
        label="退回理由",
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="会原样发给推荐单位，请写清哪一栏、怎么改",
    )


class StateFilter(admin.SimpleListFilter):
    """What waits comes first: without a choice, only the submitted rows."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        labels = states.ROW.labels
        return [("all", "全部"), *((state, labels[state]) for state in states.SEEN_BY_CONTACT if state != "submitted")]

    def choices(self, changelist: Any) -> Any:
        """“全部” stands for no filter elsewhere; here it is “待审”."""
        for choice in super().choices(changelist):
            yield choice | (
                {"display": "待审"} if choice["query_string"] == changelist.get_query_string(remove=["state"]) else {}
            )

    def queryset(self, request: Any, queryset: QuerySet[RecommendationRow]) -> QuerySet[RecommendationRow]:
        value = self.value() or "submitted"
        return queryset if value == "all" else queryset.filter(state=value)


class TrackFilter(admin.SimpleListFilter):
    """The reader's own tracks."""

    title = "赛道"
    parameter_name = "track"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        tracks = Track.objects.visible_to(request.user).select_related("edition")
        return [(str(track.pk), short_name(track)) for track in tracks]

    def queryset(self, request: Any, queryset: QuerySet[RecommendationRow]) -> QuerySet[RecommendationRow]:
        value = self.value() or ""
        return queryset.filter(track_id=int(value)) if value.isdigit() else queryset


class CategoryFilter(admin.SimpleListFilter):
    """报名类别 of the current edition."""

    title = "报名类别"
    parameter_name = "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        edition = Edition.objects.current()
        return [(c.code, f"{c.code} {c.name}") for c in edition.categories.all()] if edition else []

    def queryset(self, request: Any, queryset: QuerySet[RecommendationRow]) -> QuerySet[RecommendationRow]:
        return queryset.filter(categories__contains=[self.value()]) if self.value() else queryset


@admin.register(RecommendationRow)
class RowAdmin(ReadOnlyPortalAdmin):
    """Rows of one's own tracks, the longest waiting first."""

    contacts_may = frozenset({"view"})
    list_display = ["title", "unit", "kinds", "track_name", "show_state", "masked_phone", "submitted_at"]
    list_filter = [StateFilter, TrackFilter, CategoryFilter, "recommendation__unit__kind"]
    list_select_related = ["recommendation__unit", "track__edition"]
    search_fields = [
        "name", "team_name", "organisation", "recommendation__unit__full_name", "recommendation__unit__pinyin",
        "recommendation__unit__former_names__name",
    ]  # fmt: skip
    search_help_text = "队伍、姓名、参赛单位，或推荐单位的名称、曾用名、拼音"
    ordering = ["submitted_at", "pk"]
    actions = ["approve_rows"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[RecommendationRow]:
        """What was submitted on the reader's tracks; an officer's own drafts are no matter for review."""
        rows = super().get_queryset(request)
        return rows.filter(state__in=states.SEEN_BY_CONTACT, track__in=Track.objects.visible_to(request.user))

    @display(description="参赛队伍/个人")
    def title(self, row: RecommendationRow) -> str:
        return row.team_name or row.name

    @display(description="推荐单位", ordering="recommendation__unit__full_name")
    def unit(self, row: RecommendationRow) -> str:
        return f"{row.recommendation.unit} 第 {row.position} 行"

    @display(description="类别")
    def kinds(self, row: RecommendationRow) -> str:
        return "、".join(row.categories)

    @display(description="赛道", ordering="track__position")
    def track_name(self, row: RecommendationRow) -> str:
        return short_name(row.track)

    @display(description="状态", label=TONES)
    def show_state(self, row: RecommendationRow) -> str:
        return row.get_state_display()

    @display(description="联系电话")
    def masked_phone(self, row: RecommendationRow) -> str:
        return mask_phone(row.phone) or "—"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "registrations_recommendationrow"
        return [
            path("<int:row>/approve/", wrap(self.approve_page), name=f"{name}_approve"),
            path("<int:row>/return/", wrap(self.return_page), name=f"{name}_return"),
            *super().get_urls(),
        ]

    # --- One row ------------------------------------------------------------------------------------

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The row with all that helps to decide; it changes only through the buttons."""
        row = self.visible_or_404(request, object_id)
        facts = FormFacts(row.recommendation)
        problems = facts.problems(row)
        return self.page(
            request,
            "registrations/admin/review.html",
            f"审核：{row.recommendation.unit} 第 {row.position} 行",
            row=row,
            cells=_cells(row, facts, [(problem.field, problem.message) for problem in problems]),
            problems=problems,
            similar=reviewing.similar_rows(row),
            may_decide=row.state == "submitted" and self._may_decide(request, row),
            deadline=reviewing.correction_deadline(row),
            moments=timeline(row),
            back=self.url_of("changelist"),
            **self._neighbours(request, row),
        )

    def approve_page(self, request: SignedInRequest, row: int) -> HttpResponse:
        """Say what passing does, then do it."""
        found = self._decidable(request, row)

        def act(values: dict[str, Any]) -> str:
            reviewing.approve_row(found, by=request.user)
            return f"{found.recommendation.unit} 第 {found.position} 行已通过"

        form = forms.Form(request.POST if request.method == "POST" else None)
        effects = [f"{_named(found)} 变为“已通过”", _told_to(found)]
        return self._decide(request, found, form, act, "通过", effects)

    def return_page(self, request: SignedInRequest, row: int) -> HttpResponse:
        """Ask why, show the deadline, then return the row."""
        found = self._decidable(request, row)

        def act(values: dict[str, Any]) -> str:
            reviewing.return_row(found, reason=values["reason"], by=request.user)
            return f"{found.recommendation.unit} 第 {found.position} 行已退回补正"

        effects = [
            f"{_named(found)} 变为“退回补正”，补正期内名额保留",
            f"补正截止：{end(reviewing.correction_deadline(found))}，只有这一行可以修改",
            _told_to(found) + "，附上您写的理由",
        ]
        return self._decide(request, found, ReturnForm(request.POST or None), act, "退回补正", effects)

    def _decide(
        self,
        request: SignedInRequest,
        row: RecommendationRow,
        form: forms.Form,
        act: Any,
        button: str,
        effects: list[str],
    ) -> HttpResponse:
        after = self._neighbours(request, row)["following"]
        return self.ask(
            request,
            form,
            act,
            title=f"{button}：{row.recommendation.unit} 第 {row.position} 行",
            button=button,
            back=self.url_of("change", row),
            done=self.url_of("change", after) if after else self.url_of("changelist"),
            effects=effects,
        )

    def _decidable(self, request: SignedInRequest, row_id: int) -> RecommendationRow:
        """A row to decide: not visible → 404, not one's own track → 403."""
        row = self.visible_or_404(request, str(row_id))
        if not self._may_decide(request, row):
            raise PermissionDenied
        return row

    def _may_decide(self, request: SignedInRequest, row: RecommendationRow) -> bool:
        return access.answers_for(request.user, row)

    def _neighbours(self, request: SignedInRequest, row: RecommendationRow) -> dict[str, Any]:
        """The waiting rows before and after this one, in the queue's order, and how many wait."""
        waiting = self.get_queryset(request).filter(state="submitted").exclude(pk=row.pk).order_by("submitted_at", "pk")
        later = Q(submitted_at__gt=row.submitted_at) | Q(submitted_at=row.submitted_at, pk__gt=row.pk)
        return {
            "preceding": waiting.exclude(later).last(),
            "following": waiting.filter(later).first(),
            "waiting": waiting.count() + (row.state == "submitted"),
        }

    # --- Many rows ----------------------------------------------------------------------------------

    @admin.action(description="通过所选各行", permissions=["view"])
    def approve_rows(self, request: SignedInRequest, queryset: QuerySet[RecommendationRow]) -> HttpResponse | None:
        """First the list, then, on the second POST, the deed; a row that moved meanwhile is named and left."""
        rows = list(
            queryset.filter(state="submitted").select_related(
                "recommendation__unit", "recommendation__edition", "track"
            )
        )
        if "confirmed" not in request.POST:
            facts = {row.recommendation_id: FormFacts(row.recommendation) for row in rows}
            lines = [(row, facts[row.recommendation_id].problems(row)) for row in rows]
            skipped = queryset.count() - len(rows)
            title = f"通过所选 {len(rows)} 行"
            return self.page(
                request,
                "registrations/admin/approve_rows.html",
                title,
                lines=lines,
                skipped=skipped,
                back=self.url_of("changelist"),
            )
        done = 0
        for row in rows:
            try:
                reviewing.approve_row(row, by=request.user)
                done += 1
            except Refused as refused:
                self.message_user(request, f"{_named(row)}：{refused}", messages.WARNING)
        self.message_user(request, f"已通过 {done} 行，已通知各推荐单位", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))


def _cells(
    row: RecommendationRow, facts: FormFacts, problems: list[tuple[str, str]]
) -> list[tuple[str, str, list[str]]]:
    """The official seven columns and what was added to them: (label, value, what is wrong)."""
    categories = "、".join(f"{code} {facts.categories.get(code, '')}".strip() for code in row.categories)
    shown = [
        ("position", "序号", str(row.position)),
        ("name", "姓名（参赛者/参赛队伍代表）", row.name),
        ("team", "参赛队伍名称", row.team_name or "（个人参赛）"),
        ("organisation", "参赛者所在单位/学校院系", row.organisation),
        ("phone", "联系电话", mask_phone(row.phone)),
        ("categories", "报名类别", categories),
        ("recommender", "推荐单位", str(row.recommendation.unit)),
        ("track", "赛道", short_name(row.track)),
    ]
    return [(label, value, [message for at, message in problems if at == field]) for field, label, value in shown]


def short_name(track: Track) -> str:
    """科普工作者赛道: the rulebook's short name, since full ones fill a line."""
    return next((known.short_name for known in track.edition.rulebook.tracks if known.code == track.code), track.name)


def _named(row: RecommendationRow) -> str:
    return f"{row.recommendation.unit} 第 {row.position} 行“{row.team_name or row.name}”"


def _told_to(row: RecommendationRow) -> str:
    return f"通知推荐单位的 {row.recommendation.unit.officers.count()} 位填报人"
