"""Jobs as staff see them: look, and retry what was given up."""

import re
from typing import Any, cast

from django.apps import apps
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.accounts.models import User
from core.problems import Refused

from . import services
from .models import Heartbeat, Job
from .registry import handlers
from .states import DEAD

FACTS = [("show_kind", "show_state"), ("attempts", "created"), ("not_before", "finished"), "show_error"]
TECHNICAL = ["key", "payload", "last_error", ("lease_until", "leased_by")]


def actor(request: HttpRequest) -> User:
    """Who is signed in; the admin lets no stranger in."""
    return cast(User, request.user)


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Services add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Services change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nothing is deleted: a job's key keeps its work from being done twice, a notice is a record."""
        return False


# The timetable is in the settings; pages to change it untraced would only do harm.
for model in apps.get_app_config("django_celery_beat").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class KindFilter(admin.SimpleListFilter):
    """By kind, in the words of its handler."""

    title = "种类"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind of work there is."""
        return sorted(((kind, one.label) for kind, one in handlers.items()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Of this kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """What waits, what runs, what was given up."""

    list_display = ["show_kind", "key", "show_state", "attempts", "not_before", "show_error", "finished"]
    list_filter = ["state", KindFilter]
    search_fields = ["key", "last_error"]
    list_per_page = 50
    actions = ["retry"]
    fieldsets = [
        (None, {"fields": FACTS}),
        ("技术信息（求助时请一并提供）", {"fields": TECHNICAL, "classes": ["collapse"]}),
    ]

    @display(description="种类", ordering="kind")
    def show_kind(self, job: Job) -> str:
        """In the words of its handler."""
        return job.label

    @display(description="状态", label={"等待": "info", "执行中": "info", "完成": "success", "已放弃": "danger"})
    def show_state(self, job: Job) -> str:
        """As a coloured label."""
        return job.get_state_display()

    @display(description="最近错误")
    def show_error(self, job: Job) -> str:
        """What it says to people; the words of a program are kept for those who know them."""
        said = re.sub(r"^\w+: ", "", job.last_error)  # the exception's name
        if not said or re.search(r"[\u4e00-\u9fff]", said):
            return said
        again = "选中后可在列表里重新执行，仍不行" if job.state == DEAD else "会自动再试，多次不成"
        return f"程序出错，{again}请把“技术信息”发给技术人员"

    @admin.action(description="重新执行已放弃的任务", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queue again those of the selected that are dead."""
        done = 0
        for job in queryset:
            try:
                services.retry(job, by=actor(request))
                done += 1
            except Refused as refused:
                self.message_user(request, f"{job}：{refused}", messages.WARNING)
        self.message_user(request, f"已重新排队 {done} 个任务")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may change jobs."""
        return request.user.has_perm("jobs.change_job")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """Who was last seen alive."""

    list_display = fields = ["show_name", "at"]

    @display(description="名称", ordering="name")
    def show_name(self, heartbeat: Heartbeat) -> str:
        """In Chinese."""
        return heartbeat.label
