"""How the works are narrowed: state, what else is open about them, category."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from tracks.models import Edition

from .. import states
from ..work_models import Work
from .review_filters import WaitingFirst

Works = QuerySet[Work]


class WorkStateFilter(WaitingFirst):
    """Of works."""

    labels = states.WORK.labels
    others = ("returned", "passed", "rejected", "withdrawn")


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


class WorkCategoryFilter(admin.SimpleListFilter):
    """The category, of which a work has one."""

    title = "类别"
    parameter_name = "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        edition = Edition.objects.current()
        return [(c.code, f"{c.code} {c.name}") for c in edition.categories.all()] if edition else []

    def queryset(self, request: Any, queryset: Works) -> Works:
        return queryset.filter(category=self.value()) if self.value() else queryset
