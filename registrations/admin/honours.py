"""荣誉名录: titles and prizes that eligibility looks up; kept by hand or from a list."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, QuerySet, Value, When
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin, reason_of
from core.problems import Refused
from core.sheets import Table
from tracks.models import Edition

from ..eligibility_models import Honour
from ..honour_sheets import honour_columns, honour_template
from ..services.honours import import_honours, judge_honours, remove_honour, save_honour, titles_of
from .uploads import SheetPage, workbook

VERDICTS = {"new": "新增", "changed": "依据有变", "unchanged": "已有", "wrong": "有错"}


class TitleFilter(admin.SimpleListFilter):
    """By the edition's titles."""

    title = "称号"
    parameter_name = "title"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return list(_titles().items())

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(title=self.value()) if self.value() else queryset


@admin.register(Honour)
class HonourAdmin(PortalAdmin):
    """The organiser keeps it; contacts look things up."""

    organiser_may = frozenset({"view", "add", "change", "delete"})
    contacts_may = frozenset({"view"})
    verbs = {"add": "honour.saved", "change": "honour.saved", "delete": "honour.removed"}
    list_display = ["holder", "show_title", "organisation", "year", "detail", "source"]
    list_filter = [TitleFilter, "year"]
    search_fields = ["holder", "pinyin", "organisation", "detail"]
    search_help_text = "获得者姓名或拼音，单位，说明"
    fields = ["title", "holder", "organisation", "year", "detail", "source"]
    actions_list = ["import_page"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Honour]:
        names = [When(title=code, then=Value(name)) for code, name in _titles().items()]
        return super().get_queryset(request).annotate(title_name=Case(*names, default=F("title")))

    @display(description="称号", ordering="title")
    def show_title(self, honour: Any) -> str:
        return honour.title_name

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Titles are chosen from those the edition names."""
        if db_field.name != "title":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(label="称号", choices=list(_titles().items()), widget=UnfoldAdminSelectWidget())

    def save_model(self, request: SignedInRequest, obj: Honour, form: Any, change: bool) -> None:
        save_honour(obj, by=request.user)

    def delete_model(self, request: SignedInRequest, obj: Honour) -> None:
        remove_honour(obj, by=request.user, reason=reason_of(request))

    def delete_view(self, request: SignedInRequest, object_id: str, extra_context: Any = None) -> Any:
        """What somebody's eligibility rests on stays, and the page says so."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(self.url_of("change", self.visible_or_404(request, object_id)))

    def get_urls(self) -> list[URLPattern]:
        template = self.admin_site.admin_view(self.import_template)
        return [path("import/template/", template, name="registrations_honour_import_template"), *super().get_urls()]

    def has_bulk_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        return self.has_add_permission(request)

    @action(description="导入荣誉名单", url_path="import", icon="upload_file", permissions=["bulk"])
    def import_page(self, request: SignedInRequest) -> HttpResponse:
        """Upload → every error by row and column → preview → the good rows go in."""

        def act(table: Table) -> str:
            lines = import_honours(table, by=request.user)
            counts = {verdict: sum(line.verdict == verdict for line in lines) for verdict in VERDICTS}
            return f"已导入：新增 {counts['new']} 条，更新 {counts['changed']} 条；有错未导入 {counts['wrong']} 行"

        page = SheetPage(
            title="导入荣誉名单",
            columns=honour_columns(_titles()),
            judge=judge_honours,
            act=act,
            verdicts=VERDICTS,
            button="导入",
            template_url="registrations_honour_import_template",
            hint="请用模板填写，或直接上传现有名单：表头写清列名即可，列的顺序不限。",
        )
        return page.respond(self, request)

    def import_template(self, request: SignedInRequest) -> HttpResponse:
        """An empty list of honours."""
        if not self.has_bulk_permission(request):
            raise PermissionDenied
        return workbook(honour_template(_titles()), "荣誉名单-模板.xlsx")


def _titles() -> dict[str, str]:
    return titles_of(Edition.objects.current())
