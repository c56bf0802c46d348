"""届次导出 in the admin: the edition's numbers for everybody, and next year's rules drafted from this year's."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminTextInputWidget

from core import clock
from core.accounts.requests import SignedInRequest
from core.forms import show_problems
from core.portal_admin import PortalAdmin, reason_field
from core.problems import Refused
from tracks.current import current_edition
from tracks.models import Edition

from . import archive, next_edition, open_data

EFFECTS = [
    "下载一个 ZIP：本届每张表一个文件（每行一条 JSON）、规则文件全文，和写明每个文件行数与 SHA-256 的清单",
    "含姓名，请妥善保管；不含电话、邮箱、邀请链接、监护人联系方式、出生年月和现场选票",
    "不含作品和证书的文件本身，它们随存储备份；谁导出、为什么会记入导出记录",
]


class NextForm(forms.Form):
    """What is not to be the same."""

    slug = forms.SlugField(
        label="代码",
        max_length=50,
        widget=UnfoldAdminTextInputWidget(),
        help_text="小写字母、数字和连字符，如 guangdong-2025",
        error_messages={"invalid": "只能用小写字母、数字和连字符，如 guangdong-2025"},
    )
    code = forms.RegexField(
        r"\A[A-Z][A-Z0-9]{2,11}\Z",
        label="编号字头",
        widget=UnfoldAdminTextInputWidget(),
        help_text="报名、作品和证书编号的开头，大写字母和数字，如 GDAIKP2",
        error_messages={"invalid": "3 到 12 个大写字母或数字，以字母开头"},
    )
    session = forms.CharField(label="届次", max_length=20, widget=UnfoldAdminTextInputWidget(), help_text="如 第二届")


class ArchiveForm(forms.Form):
    """Why it is taken."""

    reason = reason_field("归档的理由", "会记入导出记录")


def archived(request: SignedInRequest) -> HttpResponse | FileResponse:
    """Everything of the edition, after a reason was given."""
    edition = _edition(request)
    form = ArchiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = archive.archive(edition, reason=form.cleaned_data["reason"], now=clock.now(), by=request.user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            return FileResponse(content, as_attachment=True, filename=f"{edition.slug}-archive.zip")
    page = cast(PortalAdmin, admin.site.get_model_admin(Edition))
    return page.page(
        request, "core/admin/ask.html", f"归档：{edition.name}", form=form, button="下载归档",
        back=reverse("edition-exports"), effects=EFFECTS, status=422 if form.errors else 200,
    )  # fmt: skip


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
