"""An edition's file comes in through the admin: upload → every error → differences and effects → reason → loaded.

It stands here, since every app adopts the edition; `tracks.admin.contest` links to it by the name `edition-upload`.
"""

import base64
import binascii
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminFileFieldWidget

from core.accounts.requests import SignedInRequest
from core.forms import show_problems
from core.portal_admin import PortalAdmin, reason_field
from core.problems import Refused
from tracks.models import Edition

from . import editions

LARGEST = 1_000_000  # bytes; the real edition has 75,000


class UploadForm(forms.Form):
    """A file of UTF-8 text."""

    file = forms.FileField(
        label="规则文件",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".toml"}),
        help_text=".toml 文件。可先在“届次”里下载现行文件，在它上面修改",
    )

    def clean_file(self) -> str:
        """Its exact text."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("文件超过 1 MB，不像是一份届次规则，请检查")
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise forms.ValidationError("文件不是 UTF-8 编码，请另存为 UTF-8 后再上传") from None


class ConfirmForm(forms.Form):
    """The text that was looked at, the stored one it was compared with, and why."""

    text = forms.CharField(widget=forms.HiddenInput)  # base64: browsers change the line ends of plain text
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = reason_field("修订理由")

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


def upload(request: SignedInRequest) -> HttpResponse:
    """Whichever step the request has come to; for the organiser alone."""
    if not request.user.is_superuser:
        raise PermissionDenied
    page = cast(PortalAdmin, admin.site.get_model_admin(Edition))
    form = UploadForm(request.POST or None, request.FILES or None)
    try:
        if "text" in request.POST:
            return _confirm(page, request, _unpacked(request.POST["text"]), request.POST)
        if form.is_valid():
            return _confirm(page, request, form.cleaned_data["file"])
    except Refused as refused:
        show_problems(form, refused.problems)
    back, status = page.url_of("changelist"), 422 if form.errors else 200
    return page.page(request, "portal/admin/edition_upload.html", "上传规则文件", status=status, form=form, back=back)


def _confirm(page: PortalAdmin, request: SignedInRequest, text: str, data: Any = None) -> HttpResponse:
    """What would change and what stands against it; then, with the reason, the loading. Raises Refused."""
    amendment = editions.examine(text)
    given = {"text": base64.b64encode(text.encode()).decode(), "base": amendment.base}
    form = ConfirmForm(data, initial=given, needs_reason=amendment.needs_reason)

    def act(values: dict[str, Any]) -> str:
        editions.load(text, by=request.user, reason=values.get("reason", ""), base=values["base"])
        name = f"“{amendment.rulebook.edition.name}”"
        later = "；公众还看不到，准备好以后打开它，按“设为当前届”" if Edition.objects.count() > 1 else ""
        return f"{name}已修订" if amendment.edition else f"{name}已载入{later}"

    return page.ask(
        request,
        form,
        act,
        title="修订届次规则" if amendment.edition else "载入新的一届",
        button="确认修订" if amendment.edition else "确认载入",
        back=reverse("edition-upload"),
        done=page.url_of("changelist"),
        template="portal/admin/edition_confirm.html",
        amendment=amendment,
        refusals=[problem.message for problem in editions.refusals(text)],
    )


def _unpacked(packed: str) -> str:
    """The text of a confirmation. Raises PermissionDenied where somebody tampered with the form."""
    try:
        return base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise PermissionDenied from None
