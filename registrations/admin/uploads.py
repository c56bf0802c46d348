"""Upload → every error → preview of the difference → confirm, for lists that organisers bring (decision 9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from core.accounts.requests import SignedInRequest
from core.forms import show_problems
from core.portal_admin import PortalAdmin
from core.problems import Refused, errors
from core.sheets import Book, Column, Line, Sheet, Table, find_table, mark, pack, read, unpack

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300  # lines of a preview; wrong ones come first


class UploadForm(forms.Form):
    """A file, or text pasted from one."""

    pasted = forms.CharField(label="粘贴名单", required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}))
    file = forms.FileField(
        label="或上传文件", required=False, widget=UnfoldAdminFileFieldWidget(), help_text=".xlsx、.xls 或 .csv"
    )

    def __init__(self, *args: Any, may_paste: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_paste:
            del self.fields["pasted"]
            self.fields["file"].label = "上传文件"

    def clean(self) -> dict[str, Any]:
        """Either of the two."""
        values = super().clean() or {}
        if not self.errors and not values.get("file") and not values.get("pasted", "").strip():
            self.add_error("file", "请选择要上传的文件" if "pasted" not in self.fields else "请粘贴名单，或选择文件")
        return values


@dataclass(frozen=True)
class SheetPage:
    """One kind of list. The sheet travels in the preview's form, signed; nothing is stored before the confirmation."""

    title: str
    columns: Sequence[Column]
    judge: Callable[[Table], Sequence[Line]]
    act: Callable[[Table], str]  # lets the good rows in; what to tell
    verdicts: dict[str, str]  # verdict → its label, in the order of the counts
    button: str
    template_url: str
    hint: str
    may_paste: bool = False
    pasted: str = ""  # the box as it first appears
    args: tuple[int, ...] = ()  # of both addresses: the thing that the list is for

    def respond(self, admin: PortalAdmin, request: SignedInRequest) -> HttpResponse:
        """Whichever step the request has come to."""
        begun = request.method == "POST" and not self.pasted
        form = UploadForm(
            request.POST if begun else None,
            request.FILES if begun else None,
            may_paste=self.may_paste,
            initial={"pasted": self.pasted},
        )
        if begun and "sheet" in request.POST:
            return self._confirm(admin, request)
        if begun and form.is_valid():
            try:
                table = find_table(self._book(form.cleaned_data), self.columns)
                if not (wrong := errors(table.problems)):
                    return self._preview(admin, request, table)
                show_problems(form, wrong)
            except Refused as refused:
                show_problems(form, refused.problems)
        page = {"form": form, "hint": self.hint, "template_url": reverse(f"admin:{self.template_url}", args=self.args)}
        here = reverse(f"admin:{self._address(admin)}", args=self.args)
        action = {"action": here, "back": admin.url_of("changelist")}
        return admin.page(
            request, "core/admin/upload.html", self.title, status=422 if form.errors else 200, **page, **action
        )

    def _confirm(self, admin: PortalAdmin, request: SignedInRequest) -> HttpResponse:
        """Import, or give the sheet back with its wrong cells marked."""
        try:
            table = find_table(unpack(request.POST["sheet"], request.user.pk), self.columns)
            if "marked" in request.POST:
                faults = {line.number: line.problems for line in self.judge(table) if line.problems}
                return workbook(mark(table, faults), f"{self.title}-标注问题.xlsx")
            said = self.act(table)
        except Refused as refused:
            for problem in refused.problems:
                admin.message_user(request, problem.message, messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self._address(admin)}", args=self.args))
        admin.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(admin.url_of("changelist"))

    def _preview(self, admin: PortalAdmin, request: SignedInRequest, table: Table) -> HttpResponse:
        lines = self.judge(table)
        order = ["wrong", "new", "changed", "unchanged"]
        ranked = sorted(lines, key=lambda line: (order.index(line.verdict), line.number))[:SHOWN]
        counts = {verdict: sum(line.verdict == verdict for line in lines) for verdict in self.verdicts}
        page: dict[str, Any] = {
            "lines": [
                {"line": line, "label": self.verdicts[line.verdict], "problems": line.told(table)} for line in ranked
            ],
            "counts": [(verdict, self.verdicts[verdict], count) for verdict, count in counts.items()],
            "good": sum(line.verdict in ("new", "changed") for line in lines),
            "wrong": counts["wrong"],
            "hidden": len(lines) - len(ranked),
            "remarks": [problem.message for problem in table.problems],
            "sheet": pack(table.sheet, request.user.pk),
            "button": self.button,
            "back": reverse(f"admin:{self._address(admin)}", args=self.args),
        }
        return admin.page(request, "core/admin/upload_preview.html", f"{self.title}：预览", **page)

    def _book(self, values: dict[str, Any]) -> Book:
        """The upload, or the pasted lines under a header of ours."""
        if upload := values.get("file"):
            return read(upload, upload.name)
        lines = [line.replace("，", ",") for line in values["pasted"].splitlines() if line.strip()]
        rows = [[cell.strip() for cell in line.split("\t" if "\t" in line else ",")] for line in lines]
        header = [column.label for column in self.columns]
        return Book("粘贴", [Sheet("粘贴", rows if rows[0][0] == header[0] else [header, *rows])])

    def _address(self, admin: PortalAdmin) -> str:
        return self.template_url.removesuffix("_template") + "_page"


def workbook(content: bytes, name: str) -> HttpResponse:
    """A workbook to download."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
