"""The contest as data in the admin: the edition's text to read, dates to change with a reason, contacts of a track."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin, PortalInline, ReadOnlyPortalAdmin, reason_field

from .. import services
from ..forms import AppointForm, DatesForm
from ..models import Category, Edition, Milestone, SpecialDay, Track, TrackContact
from ..rulebook import ACTIONS
from ..wording import end, instant, span, year_of

NONE = "—"


class ReasonForm(forms.Form):
    """Only why."""

    reason = reason_field()


@admin.register(Edition)
class EditionAdmin(ReadOnlyPortalAdmin):
    """Editions: the exact text to read and download; a new text comes in by upload (`aisc_portal.edition_admin`)."""

    list_display = ["name", "session", "slug", "is_current", "open_points", "changed_at"]
    fields = ["name", "session", "slug", "is_current", "changed_at", "digest", "undecided", "full_text"]
    actions_list = ["upload"]
    actions_detail = ["make_current", "download"]

    @display(description="届次")
    def session(self, edition: Edition) -> str:
        return edition.rulebook.edition.session

    @display(description="待定事项")
    def open_points(self, edition: Edition) -> str:
        count = len({point.question for point in edition.rulebook.undecided})
        return f"{count} 项" if count else "没有"

    @display(description="待定事项")
    def undecided(self, edition: Edition) -> str:
        questions = sorted({point.question for point in edition.rulebook.undecided}, key=lambda q: (q[:1], len(q), q))
        return f"{'、'.join(questions)}。定下来以前不能公布结果" if questions else "没有"

    @display(description="规则文件 SHA-256")
    def digest(self, edition: Edition) -> str:
        return edition.sha256

    @display(description="规则文件全文")
    def full_text(self, edition: Edition) -> SafeString:
        return format_html('<pre class="a-text">{}</pre>', edition.text)

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return request.user.is_superuser

    def has_next_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """For the button on the page of an edition that is not the current one."""
        return request.user.is_superuser and not Edition.objects.filter(pk=object_id, is_current=True).exists()

    @action(description="设为当前届", url_path="current", icon="event_upcoming", permissions=["next"])
    def make_current(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """What is the portal's from now on, with a reason."""
        edition = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.make_current(edition, reason=values["reason"], by=request.user)
            return f"{edition.rulebook.edition.session}已是当前届"

        return self.ask(
            request,
            ReasonForm(request.POST or None),
            act,
            title=f"设为当前届：{edition.rulebook.edition.session}（{edition.slug}）",
            button="设为当前届",
            back=self.url_of("change", edition),
            effects=services.opening(edition),
        )

    @action(description="上传规则文件", url_path="upload", icon="upload_file", permissions=["organiser"])
    def upload(self, request: SignedInRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("edition-upload"))

    @action(description="下载规则文件", url_path="text", icon="download", permissions=["organiser"])
    def download(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """The stored text to the letter."""
        edition = self.visible_or_404(request, object_id)
        headers = {"Content-Disposition": f'attachment; filename="{edition.slug}.toml"'}
        return HttpResponse(edition.text.encode(), content_type="application/toml", headers=headers)


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyPortalAdmin):
    """Dates. The file gives them; a change here needs a reason and outlives an amended file that leaves them alone."""

    list_display = ["name", "year", "when", "what_opens", "what_closes", "edited"]
    list_filter = ["edition"]
    list_select_related = ["edition"]
    fields = ["edition", "name", "when", "starts", "ends", "what_opens", "what_closes", "grace", "quote", "source"]
    actions_detail = ["reschedule"]

    @display(description="年份")
    def year(self, milestone: Milestone) -> str:
        return str(year_of(milestone) or NONE)

    @display(description="时间")
    def when(self, milestone: Milestone) -> str:
        return span(milestone)

    @display(description="开始")
    def starts(self, milestone: Milestone) -> str:
        return f"{instant(milestone.starts_at)}起" if milestone.starts_at else NONE

    @display(description="最后受理")
    def ends(self, milestone: Milestone) -> str:
        if milestone.ends_at is None:
            return NONE
        last = end(milestone.ends_at)
        return f"{last}以前受理" if last.endswith("24:00") else f"{last}整仍受理，之后不再受理"

    @display(description="开放的事项")
    def what_opens(self, milestone: Milestone) -> str:
        return "、".join(ACTIONS[code] for code in milestone.opens) or NONE

    @display(description="截止的事项")
    def what_closes(self, milestone: Milestone) -> str:
        return "、".join(ACTIONS[code] for code in milestone.closes) or NONE

    @display(description="逾期")
    def grace(self, milestone: Milestone) -> str:
        if not milestone.hard:
            return "逾期仍收，另行注明"
        return f"已开始的可在 {milestone.grace_minutes} 分钟内办完" if milestone.grace_minutes else "不受理"

    @display(description="改期", label={"已改期": "warning"})
    def edited(self, milestone: Milestone) -> str:
        said = milestone.edition.rulebook.milestone(milestone.code)
        return "" if (milestone.starts_at, milestone.ends_at) == (said.starts_at, said.ends_at) else "已改期"

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return request.user.is_superuser

    @action(description="改期", url_path="reschedule", icon="edit_calendar", permissions=["organiser"])
    def reschedule(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Takes dates and reason; where doors would move, says which and asks once more."""
        milestone = self.visible_or_404(request, object_id)
        form = DatesForm(milestone, request.POST or None)
        effects: list[str] = []
        if form.is_bound and form.is_valid():
            effects = services.effects_of(milestone, **form.dates())
            digest = hashlib.sha256("".join(effects).encode()).hexdigest()
            if effects and form.cleaned_data["seen"] != digest:
                form = DatesForm(milestone, initial=form.cleaned_data | {"seen": digest})

        def act(values: dict[str, Any]) -> str:
            services.set_milestone(milestone, **form.dates(), reason=values["reason"], by=request.user)
            return f"“{milestone.name}”已改为 {span(milestone)}"

        return self.ask(
            request,
            form,
            act,
            title=f"改期：{milestone.name}（{span(milestone)}）",
            button="确认改期" if effects else "改期",
            back=self.url_of("change", milestone),
            effects=effects,
        )


class ContactInline(PortalInline):
    """Who answers for the track; taken away under 赛道联系人."""

    model = TrackContact
    organiser_may = frozenset({"view"})
    fields = readonly_fields = ["user", "phone", "email"]
    hide_title = True

    @display(description="手机号")
    def phone(self, contact: TrackContact) -> str:
        return contact.user.masked_phone or NONE

    @display(description="邮箱")
    def email(self, contact: TrackContact) -> str:
        return contact.user.masked_email or NONE


@admin.register(Track)
class TrackAdmin(PortalAdmin):
    """Tracks: their mailbox and their contacts; the rest is the file's."""

    organiser_may = frozenset({"view", "change"})
    contacts_may = frozenset({"view"})
    verbs = {"change": "track.changed"}
    list_display = ["name", "edition", "mailbox", "contact_count"]
    list_filter = ["edition"]
    list_select_related = ["edition"]
    readonly_fields = ["edition", "name", "code"]
    fields = [*readonly_fields, "mailbox"]
    inlines = [ContactInline]
    actions_detail = ["appoint"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Track]:
        tracks: QuerySet[Track] = super().get_queryset(request)
        return tracks.prefetch_related("contacts")

    @display(description="联系人")
    def contact_count(self, track: Track) -> str:
        number = len(track.contacts.all())
        return f"{number} 人" if number else "还没有"

    def history_of(self, obj: Any) -> list[Any]:
        return [obj, *obj.contacts.all()]

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return request.user.is_superuser

    @action(description="指定联系人", url_path="appoint", icon="person_add", permissions=["organiser"])
    def appoint(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Somebody with an account becomes a contact and may enter the admin."""
        track = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.appoint_contact(track, values["contact"], by=request.user)
            return f"{values['contact']} 已是 {track.name} 的联系人"

        return self.ask(
            request,
            AppointForm(request.POST or None),
            act,
            title=f"指定联系人：{track.name}",
            button="指定",
            back=self.url_of("change", track),
            effects=["对方可以进入管理后台，查看、通过或退回本赛道的推荐", "本赛道有新提交时，对方会收到通知"],
        )


@admin.register(TrackContact)
class TrackContactAdmin(ReadOnlyPortalAdmin):
    """Who answers for which track."""

    list_display = ["user", "track", "phone", "email"]
    list_filter = ["track"]
    list_select_related = ["user", "track"]
    fields = ["track", "user", "phone", "email"]
    actions_detail = ["remove"]

    @display(description="手机号")
    def phone(self, contact: TrackContact) -> str:
        return contact.user.masked_phone or NONE

    @display(description="邮箱")
    def email(self, contact: TrackContact) -> str:
        return contact.user.masked_email or NONE

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return request.user.is_superuser

    @action(description="不再担任", url_path="remove", icon="person_remove", permissions=["organiser"])
    def remove(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """Asks why, then ends it."""
        contact = self.visible_or_404(request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.remove_contact(contact, by=request.user, reason=values["reason"])
            return f"{contact.user} 不再是 {contact.track} 的联系人"

        return self.ask(
            request,
            ReasonForm(request.POST or None),
            act,
            title=f"不再担任联系人：{contact}",
            button="确认",
            back=self.url_of("change", contact),
            done=self.url_of("changelist"),
            effects=[
                "此人不能再审核本赛道的推荐，也不再收到通知",
                "如不负责其他赛道，也不能再进入管理后台；账号和办理记录保留",
            ],
        )


@admin.register(Category)
class CategoryAdmin(ReadOnlyPortalAdmin):
    """Award categories, as the file has them."""

    list_display = ["code", "name", "edition"]
    list_filter = ["edition"]
    list_select_related = ["edition"]
    fields = ["edition", "code", "name"]


@admin.register(SpecialDay)
class SpecialDayAdmin(PortalAdmin):
    """Holidays and make-up days, for years that the portal's own calendar does not know."""

    organiser_may = frozenset({"view", "add", "change", "delete"})
    asks_reason = True
    verbs = {"add": "workday.added", "change": "workday.changed", "delete": "workday.deleted"}
    list_display = ["day", "name", "works"]
    list_filter = ["works"]
    fields = ["day", "works", "name"]
