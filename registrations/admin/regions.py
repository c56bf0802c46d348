"""Regions and the titles of counties, dated and editable."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin, PortalInline

from ..models import Region, RegionFlag, Unit
from ..services.adoption import adopt_now


class FlagInline(PortalInline):
    model = RegionFlag
    organiser_may = frozenset({"view", "add", "change", "delete"})
    fields = ["kind", "since", "until", "source"]
    verbose_name = verbose_name_plural = "称号（决定名额是 50 还是 25；日期留空表示不限）"


@admin.register(Region)
class RegionAdmin(PortalAdmin):
    """A change of a county's titles changes its unit's places at once."""

    asks_reason = True
    verbs = {"add": "region.added", "change": "region.changed"}
    list_display = ["name", "code", "level", "parent", "titles"]
    list_filter = ["level", "flags__kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "code", "pinyin"]
    search_help_text = "名称、代码或拼音"
    fields = ["code", "name", "level", "parent", "pinyin", "version"]
    inlines = [FlagInline]

    @admin.display(description="称号")
    def titles(self, region: Region) -> str:
        return "、".join(flag.get_kind_display() for flag in region.flags.all()) or "—"

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Region]:
        return super().get_queryset(request).prefetch_related("flags")

    def get_readonly_fields(self, request: SignedInRequest, obj: Region | None = None) -> list[str]:
        return ["code"] if obj else []

    def history_of(self, obj: Any) -> list[Any]:
        return [obj, *obj.flags.all()]

    def save_related(self, request: SignedInRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        adopt_now(Unit.objects.filter(region=form.instance))
