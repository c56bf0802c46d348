"""届次导出 in the admin: the edition's numbers for everybody, and next year's rules drafted from this year's."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminTextInputWidget

from core import clock
from core.accounts.requests import SignedInRequest
from core.forms import show_problems
from core.portal_admin import PortalAdmin
from core.problems import Refused
from tracks.current import current_edition
from tracks.models import Edition

from . import next_edition, open_data


class NextForm(forms.Form):
    """What is not to be the same."""

    slug = forms.SlugField(
        label="代码", max_length=50, widget=UnfoldAdminTextInputWidget(), help_text="如 guangdong-2025"
    )
    code = forms.RegexField(
        r"\A[A-Z][A-Z0-9]{2,11}\Z",
        label="编号字头",
        widget=UnfoldAdminTextInputWidget(),
        help_text="报名、作品和证书编号的开头，大写字母和数字，如 GDAIKP2",
        error_messages={"invalid": "3 到 12 个大写字母或数字，以字母开头"},
    )
    session = forms.CharField(label="届次", max_length=20, widget=UnfoldAdminTextInputWidget(), help_text="如 第二届")


@require_safe
def opened(request: SignedInRequest) -> HttpResponse:
    """The open data as a ZIP; there is nobody in it."""
    edition = _edition(request)
    return _file(open_data.pack(edition, clock.now()), f"{edition.slug}-open-data.zip", "application/zip")


def exports(request: SignedInRequest) -> HttpResponse:
    """What can be taken away; next year's draft is made from the form."""
    edition = _edition(request)
    form = NextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = next_edition.draft(edition.text, next_edition.Naming(**form.cleaned_data))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            return _file(text.encode(), f"{form.cleaned_data['slug']}.toml", "application/toml")
    page = cast(PortalAdmin, admin.site.get_model_admin(Edition))
    context: dict[str, Any] = {"form": form, "edition": edition, "status": 422 if form.errors else 200}
    return page.page(request, "portal/admin/exports.html", "届次导出", **context)


def _edition(request: SignedInRequest) -> Edition:
    """For the organiser alone."""
    if not request.user.is_superuser:
        raise PermissionDenied
    edition = current_edition(request)
    if edition is None:
        raise Http404
    return edition


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
