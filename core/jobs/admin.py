"""Jobs as staff see them: look, and retry what was given up."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.problems import Refused

from . import services
from .models import Heartbeat, Job


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["kind", "key", "show_state", "attempts", "not_before", "last_error_short", "finished"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "last_error"]
    list_per_page = 50
    actions = ["retry"]

    @display(description="状态", label={"等待": "info", "执行中": "info", "完成": "success", "已放弃": "danger"})
    def show_state(self, job: Job) -> str:
        return job.get_state_display()

    @display(description="最近错误")
    def last_error_short(self, job: Job) -> str:
        return job.last_error[:60]

    @admin.action(description="重新执行已放弃的任务", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        done = 0
        for job in queryset:
            try:
                services.retry(job, by=request.user)
                done += 1
            except Refused as refused:
                self.message_user(request, f"{job}：{refused}", messages.WARNING)
        self.message_user(request, f"已重新排队 {done} 个任务")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "at"]
