"""Service records before the contact: the queue, one record with its photos and oddities, and what is decided."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.decorators import display

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin
from core.problems import Refused
from registrations import access
from registrations.admin.review_filters import AgeFilter, TrackFilter, own_tracks, short_name
from registrations.admin.review_forms import ReturnForm
from registrations.admin.unit_people import ReasonForm
from registrations.services.dossier import title_of
from tracks.wording import end

from ..models import ServiceRecord
from ..record_states import RECORD, RECORD_SEEN
from ..services import reviewing
from ..services.record_facts import RecordFacts

TONES = {"已提交，待审核": "info", "审核通过": "success", "审核不通过": "danger", "退回补正": "warning"}
LABELS = {"pass": "通过", "return": "退回补正", "reject": "不通过"}
DONE = {"pass": "已通过", "return": "已退回补正", "reject": "已定为不通过"}
MOST = 50
Records = QuerySet[ServiceRecord]


class RecordReasonForm(ReturnForm):
    """Why a record goes back or does not count."""

    reader = "参赛者"
    where = "哪一栏"


class RecordStateFilter(admin.SimpleListFilter):
    """What waits comes first: without a choice, only the submitted records."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        later = [(state, RECORD.labels[state]) for state in RECORD_SEEN if state != "submitted"]
        return [("all", "全部"), *later]

    def choices(self, changelist: Any) -> Any:
        """“全部” stands for no filter elsewhere; here it is “待审”."""
        plain = changelist.get_query_string(remove=[self.parameter_name])
        for choice in super().choices(changelist):
            yield choice | ({"display": "待审"} if choice["query_string"] == plain else {})

    def queryset(self, request: Any, queryset: Records) -> Records:
        value = self.value() or "submitted"
        return queryset if value == "all" else queryset.filter(state=value)


class RecordTrackFilter(TrackFilter):
    """The reader's own tracks."""

    def queryset(self, request: Any, queryset: Any) -> Any:
        value = self.value() or ""
        return queryset.filter(entry__track_id=int(value)) if value.isdigit() else queryset


@admin.register(ServiceRecord)
class ServiceRecordAdmin(ReadOnlyPortalAdmin):
    """Records handed in on one's own tracks, the longest waiting first."""

    contacts_may = frozenset({"view"})
    list_display = ["show_number", "title", "entrant", "track_name", "starts_at", "audience", "show_state"]
    list_filter = [RecordStateFilter, AgeFilter, RecordTrackFilter]
    show_full_result_count = False
    search_fields = ["title", "place", "entry__team_name", "entry__pinyin", "entry__people__name"]
    search_help_text = "活动名称、地点，队伍、姓名或拼音"
    actions = ["pass_records"]
    ordering = ["submitted_at", "pk"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "seasons_servicerecord"
        pages = {"pass": self.pass_page, "return": self.return_page, "reject": self.reject_page}
        pages |= {"reconsider": self.reconsider_page}
        own = [path(f"<int:record>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: SignedInRequest) -> Records:
        """What was handed in on the reader's tracks; an own record is no matter for review."""
        return self._seen(request).select_related("entry__track", "entry__row", "season", "edition")

    @display(description="编号", ordering="pk")
    def show_number(self, record: ServiceRecord) -> str:
        return record.number

    @display(description="参赛队伍/个人")
    def entrant(self, record: ServiceRecord) -> str:
        return record.entry.team_name or record.entry.organisation or record.entry.number

    @display(description="赛道", ordering="entry__track__position")
    def track_name(self, record: ServiceRecord) -> str:
        return record.entry.track.name

    @display(description="状态", label=TONES)
    def show_state(self, record: ServiceRecord) -> str:
        return record.get_state_display()

    # --- Looking ------------------------------------------------------------------------------------

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Everything that was said, the photos beside it, and what is odd."""
        record = self._record(request, object_id)
        facts = RecordFacts(record)
        kinds = {kind.code: kind.name for kind in facts.rulebook.activity_types}
        return self.page(
            request,
            "seasons/admin/record.html",
            f"审核服务记录：{record}",
            record=record,
            facts=facts,
            kind=kinds.get(record.activity, ""),
            entrant=title_of(record.entry),
            track=short_name(record.entry.track),
            flags=facts.flags(),
            lines=[line for fact in record.facts.all() for line in fact.lines.order_by("pk")],
            may_decide=access.reviews(request.user, record.entry),
            deadline=reviewing.correction_deadline(record),
            seen=reviewing.mark(record),
            moments=timeline(record),
            back=self.url_of("changelist"),
            **self._neighbours(request, record),
        )

    # --- Deciding -----------------------------------------------------------------------------------

    def pass_page(self, request: SignedInRequest, record: int) -> HttpResponse:
        """Say what passing does and show the notice, then do it."""
        found = self._decidable(request, record)
        form = forms.Form(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> ServiceRecord:
            return reviewing.pass_record(found, seen=_seen_mark(request), by=request.user)

        return self._decide(request, found, "pass", form, act, letter=reviewing.letter(found, "pass"))

    def return_page(self, request: SignedInRequest, record: int) -> HttpResponse:
        """Ask why; show the notice with the deadline; then return the record."""
        return self._ask_why(request, record, "return", reviewing.return_record)

    def reject_page(self, request: SignedInRequest, record: int) -> HttpResponse:
        """Ask why; show the notice; then say that the record does not count."""
        return self._ask_why(request, record, "reject", reviewing.reject_record)

    def reconsider_page(self, request: SignedInRequest, record: int) -> HttpResponse:
        """Ask why, then take the verdict back; what it earned is reversed."""
        found = self._decidable(request, record)

        def act(values: dict[str, Any]) -> str:
            reviewing.reconsider(found, reason=values["reason"], by=request.user)
            return f"{found.number} 已重新列入待审"

        effects = ["记录回到“已提交，待审核”", "它得到的积分全部冲正，理由写在参赛者的积分存折里"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"重新审核：{found}",
            button="重新审核", back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def _ask_why(self, request: SignedInRequest, record: int, verb: str, service: Any) -> HttpResponse:
        found = self._decidable(request, record)
        form = RecordReasonForm([found.entry.track_id], request.POST or None)

        def act(values: dict[str, Any]) -> ServiceRecord:
            return service(found, reason=values["whole"], seen=_seen_mark(request), by=request.user)

        context: dict[str, Any] = {}
        if request.method == "POST" and not {"confirmed", "edit"} & request.POST.keys() and form.is_valid():
            reason = form.cleaned_data["whole"]
            context = {"letter": reviewing.letter(found, verb, reason), "reason": reason}
        return self._decide(request, found, verb, form, act, **context)

    def _decide(
        self,
        request: SignedInRequest,
        record: ServiceRecord,
        verb: str,
        form: forms.Form,
        act: Callable[[dict[str, Any]], ServiceRecord],
        **context: Any,
    ) -> HttpResponse:
        """context: `letter` to show; with `reason` it is a preview, which the next POST confirms."""
        label, template = LABELS[verb], "registrations/admin/decide.html"
        title, back = f"{label}：{record}", self.url_of("change", record)
        context |= {"effects": _effects(record, verb), "seen": _seen_mark(request) or reviewing.mark(record)}
        if "reason" in context or "edit" in request.POST:
            return self.page(request, template, title, form=form, button=label, back=back, **context)
        after = self._neighbours(request, record)["following"]

        def told(values: dict[str, Any]) -> str:
            act(values)
            return f"{record.number} {record}：{DONE[verb]}，已通知参赛者"

        return self.ask(
            request, form, told, title=title, button=label, back=back,
            done=self.url_of("change", after) if after else self.url_of("changelist"), template=template, **context,
        )  # fmt: skip

    # --- Many at once ---------------------------------------------------------------------------------

    @admin.action(description="通过所选记录…")
    def pass_records(self, request: SignedInRequest, queryset: Records) -> HttpResponse:
        """List the records with what is odd; with `confirmed`, pass all or none."""
        chosen = list(queryset.order_by("submitted_at", "pk")[: MOST + 1])
        waiting = [record for record in chosen if record.state == "submitted"][:MOST]
        if "confirmed" in request.POST and waiting:
            return self._pass(request, waiting)
        lines = [(record, RecordFacts(record).flags(), reviewing.mark(record)) for record in waiting]
        return self.page(
            request,
            "seasons/admin/many_records.html",
            f"通过 {len(waiting)} 条服务记录",
            lines=lines,
            skipped=len(chosen) - len(waiting),
            back=self.url_of("changelist"),
        )

    def _pass(self, request: SignedInRequest, records: list[ServiceRecord]) -> HttpResponse:
        seen = dict(value.partition(":")[::2] for value in request.POST.getlist("seen"))
        try:
            done = reviewing.pass_records({r: seen.get(str(r.pk), "") for r in records}, by=request.user)
        except Refused as refused:
            self.message_user(request, f"没有办理：{refused}", messages.ERROR)
        else:
            self.message_user(request, f"已通过 {len(done)} 条记录，已通知参赛者", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))

    # --- Finding ----------------------------------------------------------------------------------------

    def _seen(self, request: SignedInRequest) -> Records:
        return ServiceRecord.objects.reviewed_by(request.user).filter(entry__track__in=list(own_tracks(request)))

    def _record(self, request: SignedInRequest, object_id: str) -> ServiceRecord:
        found: ServiceRecord = self.visible_or_404(request, object_id)
        found.entry.track = own_tracks(request)[found.entry.track_id]
        found.entry.edition = found.edition = found.entry.track.edition
        return found

    def _decidable(self, request: SignedInRequest, record: int) -> ServiceRecord:
        """A record to decide about: not visible → 404, not one's own track → 403."""
        found = self._record(request, str(record))
        if not access.reviews(request.user, found.entry):
            raise PermissionDenied
        return found

    def _neighbours(self, request: SignedInRequest, record: ServiceRecord) -> dict[str, Any]:
        """The waiting records before and after this one, and how many wait."""
        line = self._seen(request).filter(state="submitted").order_by("submitted_at", "pk")
        others = line.exclude(pk=record.pk)
        if record.state != "submitted":
            return {"preceding": None, "following": others.first(), "waiting": others.count()}
        later = Q(submitted_at__gt=record.submitted_at) | Q(submitted_at=record.submitted_at, pk__gt=record.pk)
        preceding, following = others.exclude(later).last(), others.filter(later).first()
        return {"preceding": preceding, "following": following, "waiting": others.count() + 1}


def _seen_mark(request: SignedInRequest) -> str:
    """What the record was on the page that the reader comes from; see `reviewing.mark`."""
    return request.POST.get("seen", "") or request.GET.get("seen", "")


def _effects(record: ServiceRecord, verb: str) -> list[str]:
    """What a decision brings about, before it is made."""
    effects = [f"记录变为“{RECORD.labels[RECORD[verb].target]}”，通知本队的人"]
    if verb == "return":
        until = end(reviewing.correction_deadline(record))
        effects.append(f"补正截止：{until}，参赛者可以修改并重新提交")
    if verb == "pass":
        effects.append(f"按积分规则计入 {record.month}，写进积分存折；要改正请“重新审核”，会自动冲正")
    return effects
