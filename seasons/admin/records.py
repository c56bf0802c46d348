"""Service records before the contact: the queue, one record with its photos and oddities, and what is decided."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import URLPattern
from unfold.decorators import display

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin
from registrations import access
from registrations.admin.review_filters import AgeFilter, EntryTrackFilter, WaitingFirst, short_name
from registrations.admin.review_forms import ReturnForm
from registrations.admin.verdict_pages import TONES, VerdictPages, Verdicts
from registrations.services.dossier import title_of
from tracks.wording import end

from ..models import ServiceRecord
from ..record_states import RECORD, RECORD_SEEN
from ..services import reviewing
from ..services.record_facts import RecordFacts

Records = QuerySet[ServiceRecord]


class RecordReasonForm(ReturnForm):
    """Why a record goes back or does not count."""

    reader = "参赛者"
    where = "哪一栏"


class RecordStateFilter(WaitingFirst):
    """Of service records."""

    labels = RECORD.labels
    others = tuple(state for state in RECORD_SEEN if state != "submitted")


def _effects(record: ServiceRecord, verb: str) -> list[str]:
    """What a decision brings about, before it is made."""
    effects = [f"记录变为“{RECORD.labels[RECORD[verb].target]}”，通知本队的人"]
    if verb == "return":
        until = end(reviewing.correction_deadline(record))
        effects.append(f"补正截止：{until}，参赛者可以修改并重新提交")
    if verb == "pass":
        effects.append(f"按积分规则计入 {record.month}，写进积分存折；要改正请“重新审核”，会自动冲正")
    return effects


@admin.register(ServiceRecord)
class ServiceRecordAdmin(VerdictPages, ReadOnlyPortalAdmin):
    """Records handed in on one's own tracks, the longest waiting first."""

    thing = "record"
    verdicts = Verdicts(
        services={
            "pass": reviewing.pass_record,
            "return": reviewing.return_record,
            "reject": reviewing.reject_record,
        },
        reconsider=reviewing.reconsider,
        pass_many=reviewing.pass_records,
        mark=reviewing.mark,
        letter=reviewing.letter,
        effects=_effects,
        anew=("记录回到“已提交，待审核”", "它得到的积分全部冲正，理由写在参赛者的积分存折里"),
        form=RecordReasonForm,
        counted="条服务记录",
    )

    contacts_may = frozenset({"view"})
    list_display = ["show_number", "title", "entrant", "track_name", "starts_at", "audience", "show_state"]
    list_filter = [RecordStateFilter, AgeFilter, EntryTrackFilter]
    show_full_result_count = False
    search_fields = ["title", "place", "entry__team_name", "entry__pinyin", "entry__people__name"]
    search_help_text = "活动名称、地点，队伍、姓名或拼音"
    actions = ["pass_records"]
    ordering = ["submitted_at", "pk"]

    def get_urls(self) -> list[URLPattern]:
        return [*self.verdict_urls(), *super().get_urls()]

    def get_queryset(self, request: SignedInRequest) -> Records:
        """What was handed in on the reader's tracks; an own record is no matter for review."""
        return self.reviewed(request).select_related("entry__track", "entry__row", "season", "edition")

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
        record = self.one(request, object_id)
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
            moments=timeline(record, words={"activity": kinds}),
            back=self.url_of("changelist"),
            **self.neighbours(request, record),
        )

    # --- Many at once ---------------------------------------------------------------------------------

    @admin.action(description="通过所选记录…")
    def pass_records(self, request: SignedInRequest, queryset: Records) -> HttpResponse:
        """List the records with what is odd; with `confirmed`, pass all or none."""
        return self.pass_chosen(request, queryset, "seasons/admin/many_records.html", _line)


def _line(record: ServiceRecord) -> tuple[ServiceRecord, Any, str]:
    """A record, what is odd about it, its mark."""
    return record, RecordFacts(record).flags(), reviewing.mark(record)
