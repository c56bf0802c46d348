"""How the works are narrowed: state, what else is open about them, category."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from tracks.models import Edition

from .. import states
from ..work_models import Work
from .review_filters import TrackFilter

Works = QuerySet[Work]


def queue(works: Works) -> Works:
    """Those that wait, in the order in which they wait."""
    return works.filter(state="submitted").order_by("submitted_at", "pk")


class WorkStateFilter(admin.SimpleListFilter):
    """What waits comes first: without a choice, only the submitted works."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        labels = states.WORK.labels
        later = [(state, labels[state]) for state in ("returned", "passed", "rejected", "withdrawn")]
        return [("all", "全部"), *later]

    def choices(self, changelist: Any) -> Any:
        """“全部” stands for no filter elsewhere; here it is “待审”."""
        plain = changelist.get_query_string(remove=[self.parameter_name])
        for choice in super().choices(changelist):
            yield choice | ({"display": "待审"} if choice["query_string"] == plain else {})

    def queryset(self, request: Any, queryset: Works) -> Works:
        value = self.value() or "submitted"
        return queryset if value == "all" else queryset.filter(state=value)


class AnonymousFilter(admin.SimpleListFilter):
    """How it stands with the copy without names."""

    title = "匿名版"
    parameter_name = "anonymous"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("asked", "已要求，未提交"), ("given", "已提交")]

    def queryset(self, request: Any, queryset: Works) -> Works:
        match self.value():
            case "asked":
                return queryset.filter(anonymous_asked_at__isnull=False, anonymous_given_at=None)
            case "given":
                return queryset.filter(anonymous_given_at__isnull=False)
        return queryset


class WorkTrackFilter(TrackFilter):
    """The reader's own tracks."""

    def queryset(self, request: Any, queryset: Any) -> Any:
        value = self.value() or ""
        return queryset.filter(entry__track_id=int(value)) if value.isdigit() else queryset


class WorkCategoryFilter(admin.SimpleListFilter):
    """The category, of which a work has one."""

    title = "类别"
    parameter_name = "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        edition = Edition.objects.current()
        return [(c.code, f"{c.code} {c.name}") for c in edition.categories.all()] if edition else []

    def queryset(self, request: Any, queryset: Works) -> Works:
        return queryset.filter(category=self.value()) if self.value() else queryset
