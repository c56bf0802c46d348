"""Venues before the organiser: set up, their people invited; needs and offers to look at."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.accounts import invitations
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin
from registrations.admin.unit_people import InviteForm, ReasonForm
from registrations.region_models import Region

from ..models import Need, Offer, Venue
from ..placing_forms import VenueForm
from ..services import placing_needs, placing_venues

NEED_TONES = {"征集中": "success", "已停止征集": "info", "已取消": "danger"}


class StaffVenueForm(VenueForm):
    """The same facts, dressed for the admin."""

    def __init__(self, venue: Venue | None, data: Any = None) -> None:
        super().__init__(venue, data)
        for name, field in self.fields.items():
            dressed = UnfoldAdminSelectWidget() if name in ("kind", "region") else UnfoldAdminTextInputWidget()
            if name in ("kind", "region"):
                dressed.choices = field.choices  # type: ignore[attr-defined]
            field.widget = dressed


class PlainForm(forms.Form):
    """Only yes."""


@admin.register(Venue)
class VenueAdmin(ReadOnlyPortalAdmin):
    """Every venue, by region; whoever posts for it is invited here."""

    list_display = ["name", "show_kind", "show_region", "unit", "people", "show_needs"]
    list_filter = ["kind"]
    search_fields = ["name", "street", "region__name", "region__pinyin", "region__parent__name"]
    search_help_text = "场所名称、地址、市县"
    actions_list = ["new_page"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Venue]:
        """With how many post for it, and how many open needs it has."""
        found = Venue.objects.visible_to(request.user).select_related("region__parent", "unit")
        posts = Count("officers", distinct=True)
        wanting = Count("needs", filter=Q(needs__state="open"), distinct=True)
        return found.annotate(posts=posts, wanting=wanting)

    @display(description="类型", ordering="kind")
    def show_kind(self, venue: Venue) -> str:
        return venue.get_kind_display()

    @display(description="市县", ordering="region")
    def show_region(self, venue: Venue) -> str:
        return venue.where

    @display(description="场所联系人")
    def people(self, venue: Venue) -> str:
        return f"{venue.posts} 人" if venue.posts else "还没有"  # type: ignore[attr-defined]

    @display(description="征集中的需求")
    def show_needs(self, venue: Venue) -> str:
        return f"{venue.wanting} 条"  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        deeds = {
            "edit/": ("edit", self.edit_page), "invite/": ("invite", self.invite_page),
            "invitations/<int:asked>/resend/": ("resend", self.resend_page),
            "invitations/<int:asked>/revoke/": ("revoke", self.revoke_page),
            "officers/<int:poster>/remove/": ("remove", self.remove_page),
        }  # fmt: skip
        own = [
            path(f"<int:venue>/{route}", wrap(page), name=f"seasons_venue_{name}")
            for route, (name, page) in deeds.items()
        ]
        return [*own, *super().get_urls()]

    def has_organise_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """The organiser."""
        return request.user.is_superuser

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The venue, who posts for it, what it asks for."""
        venue: Venue = self.visible_or_404(request, object_id)
        return self.page(
            request,
            "seasons/admin/venue.html",
            venue.name,
            venue=venue,
            region=venue.where,
            officers=venue.officers.select_related("user"),
            invitations=venue.invitations.open(),
            needs=venue.needs.select_related("edition").order_by("-starts_at", "-pk"),
            moments=timeline(venue),
            back=self.url_of("changelist"),
        )

    @action(description="登记服务场所", url_path="new", icon="add", permissions=["organise"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """A venue of no unit."""
        form = StaffVenueForm(None, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            placing_venues.save_venue(values, by=request.user)
            return "场所已登记，请邀请场所联系人"

        return self.ask(request, form, act, title="登记服务场所", button="登记", back=self.url_of("changelist"))

    def edit_page(self, request: SignedInRequest, venue: int) -> HttpResponse:
        """Its facts."""
        found = self._own(request, venue)
        form = StaffVenueForm(found, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            placing_venues.save_venue(values, venue=found, by=request.user)
            return "场所信息已保存"

        back = self.url_of("change", found)
        return self.ask(request, form, act, title=f"修改场所：{found}", button="保存", back=back)

    def invite_page(self, request: SignedInRequest, venue: int) -> HttpResponse:
        """Whoever posts for it, by mailbox or phone."""
        found = self._own(request, venue)
        form = InviteForm(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            placing_venues.invite(found, by=request.user, **values)
            return "邀请已发出，对方点开链接、登录后即可发布需求"

        effects = ["对方可以发布本场所的需求、答复安排、确认到访，看不到别的场所"]
        return self.ask(
            request, form, act, title=f"邀请场所联系人：{found}", button="发出邀请", back=self.url_of("change", found),
            effects=effects,
        )  # fmt: skip

    def resend_page(self, request: SignedInRequest, venue: int, asked: int) -> HttpResponse:
        """The same link once more."""
        found = self._own(request, venue)
        one = get_object_or_404(found.invitations, pk=asked)

        def act(values: dict[str, Any]) -> str:
            placing_venues.resend(one, by=request.user)
            return f"邀请已重新排队，发往 {one.masked_contact}"

        return self.ask(
            request, PlainForm(request.POST if request.method == "POST" else None), act, title=f"重发邀请：{found}",
            button="重发", back=self.url_of("change", found),
            effects=[f"把同一个链接再发一次，发往 {one.masked_contact}"],
        )  # fmt: skip

    def revoke_page(self, request: SignedInRequest, venue: int, asked: int) -> HttpResponse:
        """Kill the link."""
        found = self._own(request, venue)
        one = get_object_or_404(found.invitations, pk=asked)

        def act(values: dict[str, Any]) -> str:
            invitations.revoke(one, by=request.user, reason=values["reason"])
            return "邀请已撤销，链接不再有效"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"撤销邀请：{found}", button="撤销",
            back=self.url_of("change", found), effects=["邀请链接立即失效"],
        )  # fmt: skip

    def remove_page(self, request: SignedInRequest, venue: int, poster: int) -> HttpResponse:
        """Somebody no longer posts for it."""
        found = self._own(request, venue)
        one = get_object_or_404(found.officers.select_related("user"), pk=poster)

        def act(values: dict[str, Any]) -> str:
            placing_venues.remove_officer(one, reason=values["reason"], by=request.user)
            return f"{one.user} 不再是 {found} 的联系人"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"撤销场所联系人：{one.user}", button="撤销",
            back=self.url_of("change", found), effects=["此人不能再打开本场所的页面；已办理的都保留"],
        )  # fmt: skip

    def _own(self, request: SignedInRequest, venue: int) -> Venue:
        if not request.user.is_superuser:
            raise PermissionDenied
        found: Venue = self.visible_or_404(request, str(venue))
        return found


@admin.register(Need)
class NeedAdmin(ReadOnlyPortalAdmin):
    """What venues ask for, the next day first; the organiser may cancel one."""

    list_display = ["show_number", "venue", "starts_at", "topic", "age", "heads", "show_places", "show_state"]
    list_filter = ["state", "age", "venue__kind"]
    search_fields = ["venue__name", "place", "topic", "venue__region__name", "venue__region__parent__name"]
    search_help_text = "场所、地点、题材、市县"

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Need]:
        """Whatever was published."""
        return Need.objects.visible_to(request.user).select_related("venue__region__parent", "edition")

    @display(description="编号", ordering="pk")
    def show_number(self, need: Need) -> str:
        return need.number

    @display(description="已安排/需要")
    def show_places(self, need: Need) -> str:
        return f"{need.taken}/{need.capacity}"

    @display(description="状态", label=NEED_TONES)
    def show_state(self, need: Need) -> str:
        return need.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.cancel_page)
        return [path("<int:need>/cancel/", page, name="seasons_need_cancel"), *super().get_urls()]

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The need and who comes."""
        need: Need = self.visible_or_404(request, object_id)
        kinds = {kind.code: kind.name for kind in need.edition.rulebook.activity_types}
        return self.page(
            request,
            "seasons/admin/need.html",
            f"服务需求：{need}",
            need=need,
            region=need.venue.where,
            placements=need.placements.select_related("entry__edition", "need__edition").order_by("-pk"),
            moments=timeline(need, words={"activity": kinds}),
            back=self.url_of("changelist"),
        )

    def cancel_page(self, request: SignedInRequest, need: int) -> HttpResponse:
        """Asks why."""
        if not request.user.is_superuser:
            raise PermissionDenied
        found: Need = self.visible_or_404(request, str(need))

        def act(values: dict[str, Any]) -> str:
            placing_needs.cancel(found, reason=values["reason"], by=request.user, side="organiser")
            return "需求已取消，双方收到通知"

        effects = [f"已经安排的 {found.taken} 支队伍一并取消，双方收到通知，看得到理由", "取消后不能恢复"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"取消需求：{found}", button="取消需求",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip


@admin.register(Offer)
class OfferAdmin(ReadOnlyPortalAdmin):
    """What entries would do, to look at."""

    names: ClassVar[dict[str, str]] = {}  # of regions, by code; read anew for each page

    list_display = ["entry", "show_topics", "show_regions", "show_days", "show_ages", "heads", "a_month", "show_state"]
    list_filter = ["state", "entry__track"]
    search_fields = ["entry__team_name", "entry__pinyin", "entry__organisation"]
    search_help_text = "队伍、拼音、单位"
    fields = [
        "entry", "show_topics", "show_regions", "show_days", "show_ages", "heads", "a_month", "note", "state",
        "made_at", "changed_at",
    ]  # fmt: skip

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Offer]:
        """The organiser's."""
        type(self).names = dict(Region.objects.values_list("code", "name"))
        found = Offer.objects.all() if request.user.is_superuser else Offer.objects.none()
        return found.select_related("entry__edition")

    @display(description="题材")
    def show_topics(self, offer: Offer) -> str:
        return offer.topics_said

    @display(description="愿意去的市县")
    def show_regions(self, offer: Offer) -> str:
        return "、".join(self.names.get(code, code) for code in offer.regions)

    @display(description="哪天可以")
    def show_days(self, offer: Offer) -> str:
        return offer.days_said

    @display(description="受众")
    def show_ages(self, offer: Offer) -> str:
        return offer.ages_said

    @display(description="状态", label={"可以安排": "success", "已撤回": ""})
    def show_state(self, offer: Offer) -> str:
        return offer.get_state_display()
