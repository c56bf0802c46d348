"""How units and their quotas are narrowed: by city, by category."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from tracks.models import Edition

from ..models import Region, Unit


class CityFilter(admin.SimpleListFilter):
    """A city with all its counties."""

    title = "地市"
    parameter_name = "city"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return list(Region.objects.exclude(level="county").values_list("code", "name"))

    def queryset(self, request: Any, queryset: QuerySet[Unit]) -> QuerySet[Unit]:
        if not (code := self.value()):
            return queryset
        return queryset.filter(
            region__in=Region.objects.filter(code=code) | Region.objects.filter(parent=code, level="county")
        )


class CategoryFilter(admin.SimpleListFilter):
    """The unit category that the current edition gives a unit."""

    title = "单位类别"
    parameter_name = "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        edition = Edition.objects.current()
        return [(category.code, category.name) for category in edition.rulebook.unit_categories] if edition else []

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (code := self.value()):
            return queryset
        return queryset.filter(quotas__category=code, quotas__edition__is_current=True)


class QuotaCategoryFilter(CategoryFilter):
    """The same for a quota."""

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(category=self.value()) if self.value() else queryset
