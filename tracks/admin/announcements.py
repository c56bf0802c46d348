"""Announcements before staff: the organiser's for everybody, a contact's for the own tracks."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from unfold.decorators import action, display

from core import clock
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin

from .. import announcement_services as services
from ..announcement_pages import Shown, load_files
from ..models import Announcement, Edition, Track
from ..wording import instant
from .contest import ReasonForm
from .forms import FileForm, PublishForm, TextForm

STANDINGS = {"draft": "草稿", "scheduled": "定时发布", "public": "已发布", "withdrawn": "已撤下"}
TONES = {"草稿": "", "定时发布": "warning", "已发布": "success", "已撤下": "danger"}


def tracks_of(request: SignedInRequest, edition: Edition) -> QuerySet[Track]:
    """Those that the reader may write for."""
    return Track.objects.visible_to(request.user).filter(edition=edition)


def current_or_404() -> Edition:
    """The edition that is written for."""
    edition = Edition.objects.current()
    if edition is None:
        raise Http404
    return edition


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyPortalAdmin):
    """公告与问答."""

    contacts_may = frozenset({"view"})
    list_display = ["title", "kind", "for_whom", "status", "when"]
    list_filter = ["kind", "edition"]
    list_select_related = ["track", "edition"]
    search_fields = ["title", "body"]
    search_help_text = "标题、正文"
    fields = ["title", "kind", "track"]
    actions_list = ["new_page"]

    @display(description="对象")
    def for_whom(self, announcement: Announcement) -> str:
        return announcement.track.name if announcement.track else "全部赛道"

    @display(description="状态", label=TONES)
    def status(self, announcement: Announcement) -> str:
        return STANDINGS[announcement.standing(self._now)]

    @display(description="发布时间", ordering="published_at")
    def when(self, announcement: Announcement) -> str:
        return instant(announcement.published_at) if announcement.published_at else "—"

    def changelist_view(self, request: SignedInRequest, extra_context: Any = None) -> HttpResponse:
        """Contest time is asked once a page."""
        self._now = clock.now()
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        deeds = {
            "edit/": ("edit", self.edit_page), "publish/": ("publish", self.publish_page),
            "withdraw/": ("withdraw", self.withdraw_page), "files/": ("file_new", self.file_page),
            "files/<int:attached>/remove/": ("file_remove", self.file_remove_page),
        }  # fmt: skip
        own = [
            path(f"<int:news>/{route}", wrap(page), name=f"tracks_announcement_{name}")
            for route, (name, page) in deeds.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The text as the public reads it, its files, what can be done next."""
        found: Announcement = self.visible_or_404(request, object_id)
        now = clock.now()
        load_files([found])
        standing = found.standing(now)
        return self.page(
            request, "tracks/admin/announcement.html", found.title, shown=Shown(found, now), news=found,
            standing=standing, said=STANDINGS[standing], back=self.url_of("changelist"), moments=timeline(found),
        )  # fmt: skip

    def has_write_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """Everybody on the staff who answers for a track."""
        return request.user.is_superuser or request.user.track_contacts.exists()

    @action(description="写一条", url_path="new", icon="add", permissions=["write"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """A draft."""
        return self._words(request, current_or_404(), None)

    def edit_page(self, request: SignedInRequest, news: int) -> HttpResponse:
        """Its words."""
        found: Announcement = self.visible_or_404(request, str(news))
        return self._words(request, found.edition, found)

    def _words(self, request: SignedInRequest, edition: Edition, found: Announcement | None) -> HttpResponse:
        everybody = request.user.is_superuser
        data = request.POST if request.method == "POST" else None
        form = TextForm(tracks_of(request, edition), found, data, everybody=everybody)

        saved: list[Announcement] = []

        def act(values: dict[str, Any]) -> str:
            saved.append(services.save_text(edition, values, by=request.user, announcement=found))
            return "已保存" if found else "草稿已保存，可以上传附件、预览和发布"

        effects = ["公众看到的内容立即改变，页面写明修改时间"] if found and found.published_at else []
        back = self.url_of("change", found) if found else self.url_of("changelist")
        title = f"修改：{found}" if found else "写公告或问答"
        answer = self.ask(request, form, act, title=title, button="保存", back=back, effects=effects)
        if saved:
            answer["Location"] = self.url_of("change", saved[0])
        return answer

    def publish_page(self, request: SignedInRequest, news: int) -> HttpResponse:
        """Now, or from a moment on."""
        found: Announcement = self.visible_or_404(request, str(news))

        def act(values: dict[str, Any]) -> str:
            made = services.publish(found, values["at"], by=request.user)
            return f"“{made}”{instant(made.published_at)}公开" if made.published_at else ""

        form = PublishForm(request.POST if request.method == "POST" else None)
        effects = ["所有人可以在网站的“公告”里看到，附件可以下载", "首页列出最新三条，并进入订阅源（RSS）"]
        if found.kind == "faq":
            effects = ["所有人可以在“常见问题”里看到"]
        return self.ask(
            request, form, act, title=f"发布：{found}", button="发布", back=self.url_of("change", found),
            effects=effects,
        )  # fmt: skip

    def withdraw_page(self, request: SignedInRequest, news: int) -> HttpResponse:
        """Asks why."""
        found: Announcement = self.visible_or_404(request, str(news))

        def act(values: dict[str, Any]) -> str:
            services.withdraw(found, reason=values["reason"], by=request.user)
            return f"“{found}”已撤下"

        effects = ["公众不再看到它和它的附件", "内容留存，以后可以再发布"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"撤下：{found}", button="撤下",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def file_page(self, request: SignedInRequest, news: int) -> HttpResponse:
        """One more attachment."""
        found: Announcement = self.visible_or_404(request, str(news))
        posted = request.method == "POST"
        form = FileForm(request.POST if posted else None, request.FILES if posted else None)

        def act(values: dict[str, Any]) -> str:
            services.add_file(found, values["file"], values["file"].name, by=request.user)
            return f"已上传“{values['file'].name}”"

        return self.ask(
            request, form, act, title=f"上传附件：{found}", button="上传", back=self.url_of("change", found)
        )

    def file_remove_page(self, request: SignedInRequest, news: int, attached: int) -> HttpResponse:
        """Asks once more."""
        found: Announcement = self.visible_or_404(request, str(news))
        one = get_object_or_404(found.files.select_related("file", "announcement"), pk=attached)

        def act(values: dict[str, Any]) -> str:
            services.remove_file(one, by=request.user)
            return f"“{one}”已移除"

        form = forms.Form(request.POST if request.method == "POST" else None)
        return self.ask(
            request, form, act, title=f"移除附件：{one}", button="移除", back=self.url_of("change", found),
            effects=["文件被删除，公众不能再下载"],
        )  # fmt: skip
