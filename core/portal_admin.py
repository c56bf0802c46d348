"""The admin's base: rows by `visible_to`, rights by rows, writes with verb and reason, 办理记录 on every page.

Lists and details draw from the same queryset as the portal's own pages (architecture, decision 7), so what is not
visible is a 404 here too. What changes a state goes through a service on a page of its own: see `PortalAdmin.ask`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminTextareaWidget

from core.accounts.requests import SignedInRequest
from core.audit.history import recorded
from core.audit.timeline import timeline
from core.forms import show_problems
from core.idempotency import once
from core.problems import Problem, Refused

REASON_MAX = 200


class PortalSite(UnfoldAdminSite):
    """Every form of the admin that carries a key counts once, however often it is sent (R6)."""

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        return super().admin_view(once(view), cacheable)


@dataclass(frozen=True)
class Tile:
    """A number on the admin's first page that asks for somebody's attention."""

    label: str
    number: int
    url: str
    note: str = ""
    tone: str = "info"  # info, warning, danger; a zero is shown quietly whatever its tone


def reason_field(label: str = "理由", help_text: str = "会记入办理记录") -> forms.CharField:
    """A required reason, asked wherever a date, a limit or somebody's standing changes."""
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=REASON_MAX, widget=widget, help_text=help_text)


class PortalForm(forms.ModelForm):
    """Comes back filled when a service refused what was typed, with its reasons."""

    refusal: ClassVar[Sequence[Problem]] = ()  # set by PortalAdmin.get_form, for one request

    def clean(self) -> dict[str, Any] | None:
        """Validate as usual, then show the refusal."""
        values = super().clean()
        show_problems(self, self.refusal)
        return values


class ReasonedForm(PortalForm):
    """The same, asking why."""

    reason = reason_field("修改理由")


class RightsFromRows:
    """What one may do follows from who one is, never from stored permissions (decision 7)."""

    organiser_may: ClassVar[frozenset[str]] = frozenset({"view", "add", "change"})
    contacts_may: ClassVar[frozenset[str]] = frozenset()  # other staff: contacts of a track

    def may(self, request: SignedInRequest, ability: str) -> bool:
        """ability: view, add, change or delete."""
        return ability in (self.organiser_may if request.user.is_superuser else self.contacts_may)

    def has_view_permission(self, request: SignedInRequest, obj: Model | None = None) -> bool:
        return self.may(request, "view")

    def has_add_permission(self, request: SignedInRequest, obj: Model | None = None) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: SignedInRequest, obj: Model | None = None) -> bool:
        return self.may(request, "change")

    def has_delete_permission(self, request: SignedInRequest, obj: Model | None = None) -> bool:
        return self.may(request, "delete")

    def has_module_permission(self, request: SignedInRequest) -> bool:
        return self.may(request, "view")

    def get_queryset(self, request: SignedInRequest) -> QuerySet:
        """What `visible_to` gives; the organiser alone where a model has no such rule."""
        rows: QuerySet = super().get_queryset(request)  # type: ignore[misc]
        if hasattr(rows, "visible_to"):
            return rows.visible_to(request.user)
        return rows if request.user.is_superuser else rows.none()


class PortalInline(RightsFromRows, TabularInline):
    """Rows that belong to the page's object."""

    extra = 0
    show_change_link = False


class PortalAdmin(RightsFromRows, ModelAdmin):
    """A model's pages in the admin.

    Subclasses list `fields` (not fieldsets), so that the reason can follow them.
    """

    form = PortalForm
    asks_reason: ClassVar[bool] = False  # a change needs a reason
    verbs: ClassVar[dict[str, str]] = {}  # add, change, delete → a key of the app's VERBS

    list_per_page = 50
    list_max_show_all = 50
    change_form_before_template = "cotton/form_key.html"
    change_form_outer_after_template = "core/admin/timeline.html"

    # --- Reading ----------------------------------------------------------------------------------

    def visible_or_404(self, request: SignedInRequest, object_id: str) -> Any:
        """The object of a page, drawn from what this member of staff sees."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _get_obj_does_not_exist_redirect(self, request: SignedInRequest, opts: Any, object_id: str) -> NoReturn:
        """Django would go back to the first page; what is not visible is not there."""
        raise Http404

    def history_of(self, obj: Any) -> Iterable[Model]:
        """The things whose deeds the page of `obj` tells."""
        return [obj]

    def history_view(self, request: SignedInRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's own log knows only the admin's edits; the timeline knows all."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(self.url_of("change", self.visible_or_404(request, object_id)) + "#timeline")

    def render_change_form(
        self,
        request: SignedInRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["moments"] = timeline(*self.history_of(obj)) if obj else None
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- Writing on the change page -----------------------------------------------------------------

    def get_fields(self, request: SignedInRequest, obj: Any = None) -> Sequence[Any]:
        fields = super().get_fields(request, obj)
        return [*fields, "reason"] if self._asks(request, obj) else fields

    def get_form(self, request: SignedInRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(
            request, obj, change, **({"form": ReasonedForm} if self._asks(request, obj) else {}) | kwargs
        )
        form.refusal = getattr(request, "refusal", ())
        return form

    def changeform_view(
        self, request: SignedInRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Writes carry verb, actor and reason; what a service refuses comes back as the form's errors."""
        page = super().changeform_view
        if request.method != "POST":
            return page(request, object_id, form_url, extra_context)
        verb = self._verb("change" if object_id else "add")
        try:
            with recorded(verb, by=request.user, reason=reason_of(request)):
                return page(request, object_id, form_url, extra_context)
        except Refused as refused:
            request.refusal = refused.problems  # type: ignore[attr-defined]
            return page(request, object_id, form_url, extra_context)

    def delete_view(self, request: SignedInRequest, object_id: str, extra_context: Any = None) -> Any:
        with recorded(self._verb("delete"), by=request.user, reason=reason_of(request)):
            return super().delete_view(request, object_id, extra_context)

    def get_actions(self, request: SignedInRequest) -> dict[str, Any]:
        """Nothing is deleted in bulk."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def _asks(self, request: SignedInRequest, obj: Any) -> bool:
        return self.asks_reason and obj is not None and self.has_change_permission(request, obj)

    def _verb(self, deed: str) -> str:
        return self.verbs.get(deed, f"{self.opts.model_name}.{deed}")

    # --- Pages around a service ---------------------------------------------------------------------

    def url_of(self, page: str, obj: Model | None = None) -> str:
        """The address of a page of this model: changelist, change, or one named in `get_urls`."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[obj.pk] if obj else [])

    def page(
        self, request: SignedInRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """A page of the admin with its frame."""
        frame = self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, template, frame | context, status=status)

    def ask(
        self,
        request: SignedInRequest,
        form: forms.BaseForm,
        act: Callable[[dict[str, Any]], str],
        *,
        title: str,
        button: str,
        back: str,
        done: str = "",
        template: str = "core/admin/ask.html",
        **context: Any,
    ) -> HttpResponse:
        """Say what will happen, take what is needed, then call a service.

        act: takes the cleaned values, calls the service, returns what to tell; what it refuses is shown in the
        form. back: where “返回” leads; done: where to go afterwards (default: back). context: for the template,
        whose block `effect` says what will happen.
        """
        if request.method == "POST" and form.is_valid():
            try:
                said = act(form.cleaned_data)
            except Refused as refused:
                show_problems(form, refused.problems)
            else:
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(done or back)
        status = 422 if form.errors else 200
        return self.page(request, template, title, status=status, form=form, button=button, back=back, **context)


class ReadOnlyPortalAdmin(PortalAdmin):
    """Rows that only services write."""

    organiser_may = frozenset({"view"})


def reason_of(request: SignedInRequest) -> str:
    """The reason that came with a POST; "" when none was given."""
    return request.POST.get("reason", "").strip()[:REASON_MAX]
