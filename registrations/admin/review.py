"""The review queue of a track's contact: look, pass, or return for correction."""

from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.views import ChangeList

from core.accounts.contacts import mask_phone
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.files.papers import load_pages
from core.portal_admin import ReadOnlyPortalAdmin
from tracks.wording import end

from .. import access, states
from ..models import RecommendationRow
from ..services import contents, reviewing
from ..services.facts import FormFacts
from ..services.recommending import FIELDS
from ..services.sheet import reveal_phone
from ..services.stamping import Stamp
from .review_filters import AgeFilter, CategoryFilter, StateFilter, TrackFilter, around, own_tracks, short_name
from .review_forms import ReturnForm
from .review_many import ManyRows
from .summary import SummaryPage
from .verdict_pages import previewed, seen_of

# The columns that a unit writes, as history calls them.
CONTENT = {str(RecommendationRow._meta.get_field(name).verbose_name) for name in (*FIELDS, "reply")}  # type: ignore[union-attr]
TONES = {"returned": " a-tag--wait", "approved": " a-tag--ok"}  # as on the row's page


class Queue(ChangeList):
    """A page of rows; what each needs from elsewhere is fetched for all of them at once."""

    def get_results(self, request: Any) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        similar = reviewing.similarities(rows)
        for row in rows:
            row.track, row.similar = own_tracks(request)[row.track_id], similar.get(row.pk, {})
        self.result_list = rows


@admin.register(RecommendationRow)
class RowAdmin(SummaryPage, ManyRows, ReadOnlyPortalAdmin):
    """Rows of one's own tracks, the longest waiting first."""

    contacts_may = frozenset({"view"})
    list_display = ["title", "unit", "kinds", "track_name", "show_state", "flags", "masked_phone", "submitted_at"]
    list_filter = [StateFilter, AgeFilter, TrackFilter, CategoryFilter, "recommendation__unit__kind"]
    show_full_result_count = False
    search_fields = [
        "name", "team_name", "pinyin", "organisation",
        "recommendation__unit__full_name", "recommendation__unit__pinyin", "recommendation__unit__former_names__name",
    ]  # fmt: skip
    search_help_text = "队伍、姓名或拼音，参赛单位，推荐单位的名称、曾用名或拼音"
    ordering = ["submitted_at", "pk"]
    actions = ["approve_rows", "return_rows"]
    actions_list = ["summary_page"]

    def get_changelist(self, request: Any, **kwargs: Any) -> type[Queue]:
        return Queue

    def get_queryset(self, request: SignedInRequest) -> QuerySet[RecommendationRow]:
        """What was submitted on the reader's tracks: less than `visible_to`, since an officer's own drafts are no
        matter for review."""
        # The tracks' keys rather than a subquery, so that the index `row_queue` gives the rows in their order.
        rows = RecommendationRow.objects.filter(state__in=states.SEEN_BY_CONTACT, track__in=list(own_tracks(request)))
        return rows.select_related("recommendation__unit")

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

    @display(description="状态")
    def show_state(self, row: RecommendationRow) -> str:
        return format_html('<span class="a-tag{}">{}</span>', TONES.get(row.state, ""), row.get_state_display())

    @display(description="疑似重复")
    def flags(self, row: Any) -> str:
        return "、".join(dict.fromkeys(row.similar.values())) or "—"

    @display(description="联系电话")
    def masked_phone(self, row: RecommendationRow) -> str:
        return mask_phone(row.phone) or "—"

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "registrations_recommendationrow"
        pages = {"approve": self.approve_page, "return": self.return_page, "phone": self.phone_page}
        own = [path(f"<int:row>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *super().get_urls()]

    # --- One row ------------------------------------------------------------------------------------

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The row with all that helps to decide; it changes only through the buttons."""
        return self._look(request, self.visible_or_404(request, object_id))

    def phone_page(self, request: SignedInRequest, row: int) -> HttpResponse:
        """The same page with the whole number, once; that somebody looked stands in 办理记录."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = self.visible_or_404(request, str(row))
        return self._look(request, found, phone=reveal_phone(found, by=request.user))

    def _look(self, request: SignedInRequest, row: RecommendationRow, phone: str = "") -> HttpResponse:
        row.track = own_tracks(request)[row.track_id]
        row.recommendation.edition = row.track.edition  # a row's track is its edition's own
        facts = FormFacts(row.recommendation)
        problems = facts.problems(row)
        against = contents.stamp_problems([row])[row.pk]
        stamp = Stamp(row.recommendation)
        load_pages(scan.file for scan in [*stamp.valid, stamp.void] if scan)
        return self.page(
            request,
            "registrations/admin/review.html",
            f"审核：{row.recommendation.unit} 第 {row.position} 行",
            row=row,
            cells=_cells(row, facts, [(problem.field, problem.message) for problem in problems]),
            phone=phone.removeprefix("+86"),
            problems=problems,
            stamp=stamp,
            against=against,
            mailed=self._mailed(request, facts) if against else "",
            seen=contents.mark(row),
            similar=reviewing.similar_rows(row),
            may_decide=row.state == "submitted" and self._may_decide(request, row),
            deadline=reviewing.correction_deadline(row),
            moments=[replace(moment, changes=_said(moment.changes)) for moment in timeline(row)],
            back=self.url_of("changelist"),
            **self._neighbours(request, row),
        )

    def approve_page(self, request: SignedInRequest, row: int) -> HttpResponse:
        """Say what passing does and show the notice, then do it."""
        found = self._decidable(request, row)

        def act(values: dict[str, Any]) -> str:
            reviewing.approve_row(found, by=request.user, seen=seen_of(request))
            return f"{found.recommendation.unit} 第 {found.position} 行已通过"

        form = forms.Form(request.POST if request.method == "POST" else None)
        effects = [f"{named(found)} 变为“已通过”", _told_to(found)]
        letter = reviewing.letter([found], "row-approved")
        return self._decide(request, found, form, act, "通过", effects, letter=letter)

    def return_page(self, request: SignedInRequest, row: int) -> HttpResponse:
        """Ask why; then show the notice with the deadline; then return the row."""
        found = self._decidable(request, row)

        def act(values: dict[str, Any]) -> str:
            reviewing.return_row(found, reason=values["whole"], by=request.user, seen=seen_of(request))
            return f"{found.recommendation.unit} 第 {found.position} 行已退回补正"

        form = ReturnForm([found.track_id], request.POST or None)
        effects = [
            f"{named(found)} 变为“退回补正”，补正期内名额保留",
            f"补正截止：{end(reviewing.correction_deadline(found))}，只有这一行可以修改",
            _told_to(found) + "，附上您写的理由",
        ]
        context = previewed(request, form, partial(reviewing.letter, [found], "row-returned"))
        return self._decide(request, found, form, act, "退回补正", effects, **context)

    def _decide(
        self,
        request: SignedInRequest,
        row: RecommendationRow,
        form: forms.Form,
        act: Any,
        button: str,
        effects: list[str],
        **context: Any,
    ) -> HttpResponse:
        """context: `letter` to show; with `reason` it is a preview, which the next POST confirms."""
        title = f"{button}：{row.recommendation.unit} 第 {row.position} 行"
        template = "registrations/admin/decide.html"
        back = self.url_of("change", row)
        context["seen"] = seen_of(request) or contents.mark(row)
        if row.state == "submitted" and not contents.stands_as(row, context["seen"]):
            self.message_user(request, reviewing.CHANGED.message, messages.WARNING)
            return HttpResponseRedirect(back)
        if "reason" in context or "edit" in request.POST:
            return self.page(request, template, title, form=form, button=button, back=back, effects=effects, **context)
        after = self._neighbours(request, row)["following"]
        done = self.url_of("change", after) if after else self.url_of("changelist")
        return self.ask(
            request, form, act, title=title, button=button, back=back, done=done, effects=effects,
            template=template, **context,
        )  # fmt: skip

    def _decidable(self, request: SignedInRequest, row_id: int) -> RecommendationRow:
        """A row to decide: not visible → 404, not one's own track → 403."""
        row = self.visible_or_404(request, str(row_id))
        if not self._may_decide(request, row):
            raise PermissionDenied
        return row

    def _may_decide(self, request: SignedInRequest, row: RecommendationRow) -> bool:
        return access.answers_for(request.user, row)

    def _mailed(self, request: SignedInRequest, facts: FormFacts) -> str:
        """Where a stamped form that was mailed is taken in; "" for whoever may not."""
        may = access.looks_after(request.user, facts.quota)
        return reverse("admin:registrations_unit_mailed_page", args=[facts.quota.unit_id]) if may else ""

    def _neighbours(self, request: SignedInRequest, row: RecommendationRow) -> dict[str, Any]:
        """The waiting rows before and after this one, in the queue's order, and how many wait."""
        return around(self.get_queryset(request).filter(state="submitted"), row, row.submitted_at)


def _cells(
    row: RecommendationRow, facts: FormFacts, problems: list[tuple[str, str]]
) -> list[tuple[str, str, str, list[str]]]:
    """The official seven columns and what was added to them: (column, label, value, what is wrong)."""
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
    return [(field, label, value, [words for at, words in problems if at == field]) for field, label, value in shown]


def _said(changes: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """What the unit changed; states, dates and reasons stand in the verb and beside it."""
    return {label: change for label, change in changes.items() if label in CONTENT}


def named(row: RecommendationRow) -> str:
    """A row in a sentence."""
    return f"{row.recommendation.unit} 第 {row.position} 行“{row.team_name or row.name}”"


def _told_to(row: RecommendationRow) -> str:
    return f"通知推荐单位的 {row.recommendation.unit.officers.count()} 位填报人"
