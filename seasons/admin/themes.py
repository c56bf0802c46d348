"""Themes before staff: the organiser adds and announces them; contacts open courses and decide who goes on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display

from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin
from registrations.admin.unit_people import ReasonForm
from tracks.models import Edition

from ..models import Season
from ..services import courses, themes
from ..training_access import runs_theme
from .advancing import ThemeAdvancing
from .prizing import ThemePrizing
from .training_forms import CourseForm, ThemeForm

TONES = {"准备中": "", "已发布": "success", "已取消": "danger"}


@admin.register(Season)
class SeasonAdmin(ThemeAdvancing, ThemePrizing, ReadOnlyPortalAdmin):
    """Theme seasons."""

    contacts_may = frozenset({"view"})
    list_display = ["name", "kind", "industry", "status", "begins", "course_count"]
    list_filter = ["kind", "state"]
    search_fields = ["name", "industry"]
    search_help_text = "主题、行业领域"
    fields = ["edition", "code", "name", "kind", "state"]
    actions_list = ["new_page"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Season]:
        found = super().get_queryset(request).select_related("edition", "category", "milestone", "round")
        return found.annotate(count=Count("courses", filter=~Q(courses__state="cancelled")))

    @display(description="状态", label=TONES)
    def status(self, theme: Season) -> str:
        return theme.get_state_display()

    @display(description="开始")
    def begins(self, theme: Season) -> Any:
        return theme.opens

    @display(description="课程")
    def course_count(self, theme: Season) -> str:
        return f"{theme.count} 门" if theme.kind == "training" else "—"  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        deeds = {
            "edit/": ("edit", self.edit_page), "publish/": ("publish", self.publish_page),
            "cancel/": ("cancel", self.cancel_page), "round/": ("prize_round", self.prize_round_page),
            "records/": ("prize_pool", self.prize_pool_page), "prizes/": ("prizes", self.prizes_page),
            "courses/": ("course_new", self.course_new_page),
            "advance/": ("advance", self.advance_page), "advance/<int:track>/": ("track", self.track_page),
            "advance/<int:track>/export/": ("export", self.export_page),
            "adjust/<int:entry>/": ("adjust", self.adjust_page),
        }  # fmt: skip
        own = [
            path(f"<int:season>/{route}", wrap(page), name=f"seasons_season_{name}")
            for route, (name, page) in deeds.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The theme at a glance."""
        theme = self.visible_or_404(request, object_id)
        context: dict[str, Any] = {
            "theme": theme,
            "courses": theme.courses.select_related("track"),
            "own": {course.pk for course in theme.courses.run_by(request.user)},
            "runs": runs_theme(request.user, theme),
            "prized": self.prized(theme),
            "back": self.url_of("changelist"),
            "moments": self.told(theme),
        }
        return self.page(request, "seasons/admin/theme.html", theme.name, **context)

    def has_organise_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """The organiser."""
        return request.user.is_superuser

    # --- The theme itself -----------------------------------------------------------------------------------

    @action(description="新增月度主题", url_path="new", icon="add", permissions=["organise"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """A monthly theme."""
        edition = Edition.objects.current()
        if edition is None:
            raise Http404
        form = ThemeForm(edition, None, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            themes.save(edition, values, by=request.user)
            return "主题已保存，发布以后大家才看得到"

        return self.ask(
            request, form, act, title="新增月度主题", button="保存", back=self.url_of("changelist"),
            effects=["新主题是积分赛季的月度主题；培训主题由届次规则文件给出"],
        )  # fmt: skip

    def edit_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """Of a theme of the file only the dates."""
        found = self._organised(request, season)
        form = ThemeForm(found.edition, found, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            themes.save(found.edition, values, by=request.user, theme=found)
            return "主题已保存"

        effects = ["这个主题来自届次规则文件，这里只改时间；不填就用赛程节点的时间"] if found.from_file else []
        return self.ask(
            request, form, act, title=f"修改主题：{found}", button="保存", back=self.url_of("change", found),
            effects=effects,
        )  # fmt: skip

    def publish_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """Announce it."""
        found = self._organised(request, season)

        def act(values: dict[str, Any]) -> str:
            themes.publish(found, by=request.user)
            return "主题已发布"

        return self.ask(
            request, forms.Form(request.POST if request.method == "POST" else None), act, title=f"发布主题：{found}",
            button="发布", back=self.url_of("change", found), effects=["所有人都看得到这个主题"],
        )  # fmt: skip

    def cancel_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """Asks why."""
        found = self._organised(request, season)

        def act(values: dict[str, Any]) -> str:
            themes.cancel(found, reason=values["reason"], by=request.user)
            return "主题已取消"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"取消主题：{found}", button="取消主题",
            back=self.url_of("change", found), effects=["页面上不再出现；已经记下的都留存，可以再发布"],
        )  # fmt: skip

    def course_new_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """A course of a training theme."""
        found = self.theme_run(request, season)
        tracks = found.edition.tracks.all()
        if not request.user.is_superuser:
            tracks = tracks.filter(pk__in=request.user.track_contacts.values("track"))
        form = CourseForm(tracks, None, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            courses.save_course(found, values, by=request.user)
            return "课程已保存，排好课次后发布"

        return self.ask(
            request, form, act, title=f"新开课程：{found}", button="保存", back=self.url_of("change", found)
        )  # fmt: skip

    def theme_organised(self, request: SignedInRequest, season: int) -> Season:
        return self._organised(request, season)

    def _organised(self, request: SignedInRequest, season: int) -> Season:
        found: Season = self.visible_or_404(request, str(season))
        if not request.user.is_superuser:
            raise PermissionDenied
        return found
