"""Volunteer forces before the organiser: who has one, how strong, how active; a workbook of all."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpResponse
from unfold.decorators import action, display

from core import clock
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.forms import show_problems
from core.portal_admin import ReadOnlyPortalAdmin
from core.problems import Refused
from judging.views.downloads import attachment
from registrations.admin.unit_people import ReasonForm
from registrations.models import Region, UnitQuota
from tracks.models import Edition

from ..models import Force
from ..rules.forces import Month, run_of
from ..services.force_facts import Counts, Standing, tabled
from ..services.forces_export import export_forces


def below_minimum(edition: Edition) -> Q:
    """Forces with fewer people than annex 4 tables for their unit's category."""
    found = Q(pk__in=())
    for category in edition.rulebook.unit_categories:
        if category.force:
            units = UnitQuota.objects.filter(edition=edition, category=category.code).values("unit")
            found |= Q(unit__in=units, people__lt=category.force.minimum)
    return found


class ForceFilter(admin.SimpleListFilter):
    """A filter whose answers are about the current edition's forces."""

    answers: tuple[tuple[str, str], ...]

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.answers)


class SizeFilter(ForceFilter):
    """Whether a force has the tabled number of people."""

    title, parameter_name = "人数", "size"
    answers = (("enough", "达标"), ("small", "不足"))

    def queryset(self, request: Any, queryset: QuerySet[Force]) -> QuerySet[Force]:
        edition = Edition.objects.current()
        if edition is None or self.value() not in ("enough", "small"):
            return queryset
        small = below_minimum(edition)
        return queryset.filter(small) if self.value() == "small" else queryset.exclude(small)


class RegistryFilter(ForceFilter):
    """Whether its number in i志愿 is known."""

    title, parameter_name = "i志愿", "registered"
    answers = (("yes", "已登记"), ("no", "未登记"))

    def queryset(self, request: Any, queryset: QuerySet[Force]) -> QuerySet[Force]:
        match self.value():
            case "yes":
                return queryset.exclude(number="")
            case "no":
                return queryset.filter(number="")
            case _:
                return queryset


class MonthFilter(ForceFilter):
    """Whether it was active enough this month."""

    title, parameter_name = "本月活动", "month"
    answers = (("met", "达标"), ("none", "还没有"))

    def queryset(self, request: Any, queryset: QuerySet[Force]) -> QuerySet[Force]:
        edition = Edition.objects.current()
        if edition is None or self.value() not in ("met", "none"):
            return queryset
        counts = Counts(edition, Force.objects.filter(edition=edition), clock.now())
        met = [force.pk for force in counts.forces if counts.of(force)[-1].met]
        return queryset.filter(pk__in=met) if self.value() == "met" else queryset.exclude(pk__in=met)


class CityFilter(ForceFilter):
    """A city with all its counties."""

    title, parameter_name = "地市", "city"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return list(Region.objects.exclude(level="county").values_list("code", "name"))

    def queryset(self, request: Any, queryset: QuerySet[Force]) -> QuerySet[Force]:
        code = self.value()
        return queryset.filter(Q(unit__region=code) | Q(unit__region__parent=code)) if code else queryset


class CategoryFilter(ForceFilter):
    """The unit's category in the current edition."""

    title, parameter_name = "单位类别", "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        edition = Edition.objects.current()
        return [(one.code, one.name) for one in edition.rulebook.unit_categories if one.force] if edition else []

    def queryset(self, request: Any, queryset: QuerySet[Force]) -> QuerySet[Force]:
        if not (code := self.value()):
            return queryset
        return queryset.filter(
            unit__in=UnitQuota.objects.filter(edition__is_current=True, category=code).values("unit")
        )


@admin.register(Force)
class ForceAdmin(ReadOnlyPortalAdmin):
    """The list with counters; a force with its months and deeds. Clerks write, the organiser looks."""

    list_display = ["name", "unit", "people", "size", "registered", "this_month", "run"]
    list_filter = [CategoryFilter, SizeFilter, RegistryFilter, MonthFilter, CityFilter]
    list_select_related = ["unit"]
    search_fields = ["name", "unit__full_name", "unit__pinyin"]
    search_help_text = "队伍、单位名称或拼音"
    list_before_template = "seasons/admin/forces_counted.html"
    actions_list = ["export_page"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Force]:
        """Of the current edition; one of an earlier edition is still there to look at."""
        return super().get_queryset(request).select_related("unit", "edition")

    def get_changelist_instance(self, request: SignedInRequest) -> Any:
        """The page's forces with their months: two queries, however many."""
        found = super().get_changelist_instance(request)
        edition = Edition.objects.current()
        if edition is not None:
            shown = list(found.result_list)
            counts = Counts(edition, shown, clock.now())
            small = set(
                Force.objects.filter(below_minimum(edition), pk__in=[f.pk for f in shown]).values_list("pk", flat=True)
            )
            for force in shown:
                force.months, force.small = counts.of(force), force.pk in small
            found.result_list = shown
        return found

    def changelist_view(self, request: SignedInRequest, extra_context: Any = None) -> HttpResponse:
        """The list below its counters."""
        edition = Edition.objects.current()
        return super().changelist_view(request, (extra_context or {}) | {"counted": _counted(edition)})

    @display(description="人数要求", label={"达标": "success", "不足": "warning"})
    def size(self, force: Force) -> str:
        return "不足" if getattr(force, "small", False) else "达标"

    @display(description="在 i志愿", label={"已登记": "success", "未登记": ""})
    def registered(self, force: Force) -> str:
        return "已登记" if force.number else "未登记"

    @display(description="本月活动")
    def this_month(self, force: Force) -> str:
        months: list[Month] = getattr(force, "months", [])
        return f"{months[-1].done} 次" if months else "—"

    @display(description="连续达标")
    def run(self, force: Force) -> str:
        return f"{run_of(getattr(force, 'months', []))} 个月"

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What the unit says, and what was done."""
        force: Force = self.visible_or_404(request, object_id)
        siblings = Force.objects.filter(unit=force.unit_id, edition=force.edition_id)
        standing = Standing(
            force, tabled(force.unit, force.edition), Counts(force.edition, siblings, clock.now()).of(force)
        )
        kinds = {kind.code: kind.name for kind in force.edition.rulebook.activity_types}
        return self.page(
            request, "seasons/admin/force.html", force.name, force=force, standing=standing,
            areas=[kinds[code] for code in force.areas if code in kinds], members=force.linked.count(),
            activities=[(one, kinds.get(one.kind, "")) for one in force.activities.all()[:50]],
            moments=timeline(force, *force.activities.all()[:50], words={"areas": kinds, "kind": kinds}),
            back=self.url_of("changelist"),
        )  # fmt: skip

    def has_export_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """The organiser's: leaders are named in it."""
        return request.user.is_superuser

    @action(description="导出 xlsx", url_path="export", icon="download", permissions=["export"])
    def export_page(self, request: SignedInRequest) -> HttpResponse:
        """All of the current edition, with a reason."""
        edition = Edition.objects.current()
        if edition is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                book = export_forces(edition, reason=form.cleaned_data["reason"], by=request.user)
            except Refused as refused:
                show_problems(form, refused.problems)
            else:
                return attachment(book, "志愿服务队伍.xlsx")
        return self.page(
            request, "core/admin/ask.html", "导出志愿服务队伍", status=422 if form.errors else 200, form=form,
            button="导出", back=self.url_of("changelist"),
            effects=["每队一行：名称、负责人、人数、i志愿编号、服务范围、每月活动次数", "谁导出的会记入导出记录"],
        )  # fmt: skip


def _counted(edition: Edition | None) -> dict[str, int]:
    """Units that should have a force, and what there is."""
    if edition is None:
        return {}
    forces = Force.objects.filter(edition=edition)
    codes = [one.code for one in edition.rulebook.unit_categories if one.force]
    counts = Counts(edition, forces, clock.now())
    return {
        "units": UnitQuota.objects.filter(edition=edition, category__in=codes).count(),
        "with_force": forces.values("unit").distinct().count(),
        "people": forces.aggregate(Sum("people"))["people__sum"] or 0,
        "small": forces.filter(below_minimum(edition)).count(),
        "registered": forces.exclude(number="").count(),
        "active": sum(counts.of(force)[-1].met for force in counts.forces),
        "forces": len(counts.forces),
    }
