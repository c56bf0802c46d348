"""A mailed workbook and scan, taken in for a unit by whoever looks after it (代单位办理来件)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from core.accounts.requests import SignedInRequest
from core.files.papers import load_pages
from core.forms import show_problems
from core.portal_admin import REASON_MAX, PortalAdmin
from core.problems import Refused, refuse_if
from core.sheets import find_table, mark, read
from tracks.models import Edition

from .. import access
from ..forms import ScanForm
from ..models import Recommendation, Unit, UnitQuota, Workbook
from ..services import receiving, workbooks
from ..services.previewing import Preview, preview
from ..services.recommending import form_of
from ..services.stamping import Stamp, Upload
from ..services.workbooks import Choice
from ..sheets import row_columns
from .uploads import workbook as download

VERDICTS = {"new": "新增", "changed": "有变化", "unchanged": "与表内相同", "wrong": "有错"}
ORDER = list(VERDICTS)


def letter_field() -> forms.CharField:
    """What came with the mail."""
    return forms.CharField(
        label="来信日期/文号",
        max_length=REASON_MAX,
        widget=UnfoldAdminTextInputWidget(),
        help_text="如“12 月 10 日来信”或来文文号，会记入办理记录",
    )


class MailedForm(forms.Form):
    """The workbook that came."""

    letter = letter_field()
    file = forms.FileField(
        label="来件的推荐申报表", widget=UnfoldAdminFileFieldWidget(), help_text=".xlsx、.xls 或 .csv"
    )


class MailedScanForm(ScanForm):
    """The stamped form that came."""

    letter = letter_field()
    code = forms.CharField(
        label="版本码", max_length=20, required=False, widget=UnfoldAdminTextInputWidget(),
        help_text="系统会自己认页脚的二维码；认不出时照着页脚抄写，例如 2-7A3F",
    )  # fmt: skip
    compared = forms.BooleanField(
        label="来件不是本系统打印的，我已逐行核对，与系统里占名额的各行一致",
        required=False,
        widget=UnfoldBooleanWidget,
    )
    field_order = ["letter", "files", "code", "compared"]


@dataclass(frozen=True)
class Desk:
    """The unit at hand, its form and places in the current edition."""

    unit: Unit
    edition: Edition
    quota: UnitQuota
    form: Recommendation


class MailedIn(PortalAdmin):
    """The pages below a unit."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.workbook_page)
        name = "registrations_unit_mailed_workbook"
        return [path("<int:unit>/mailed/<int:mailed>/", page, name=name), *super().get_urls()]

    def has_mailed_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        quotas = UnitQuota.objects.visible_to(request.user)
        return quotas.filter(unit=object_id, edition__is_current=True).exists()

    @action(description="代办来件", url_path="mailed", icon="mark_email_read", permissions=["mailed"])
    def mailed_page(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """What came so far, and room for a workbook and a stamped scan."""
        desk = self._desk(request, object_id)
        step = request.POST.get("step") if request.method == "POST" else ""
        sheet = MailedForm(*((request.POST, request.FILES) if step == "workbook" else ()))
        sent = (request.POST, request.FILES) if step == "scan" else (None, None)
        scan = MailedScanForm(data=sent[0], files=sent[1], prefix="scan")
        try:
            if step == "workbook" and sheet.is_valid():
                return self._receive(request, desk, sheet)
            if step == "scan" and scan.is_valid():
                return self._receive_scan(request, desk, scan)
        except Refused as refused:
            show_problems(sheet if step == "workbook" else scan, refused.problems)
        stamp = Stamp(desk.form)
        load_pages(kept.file for kept in stamp.valid)
        return self.page(
            request,
            "registrations/admin/mailed.html",
            f"代办来件：{desk.unit}",
            status=422 if sheet.errors or scan.errors else 200,
            desk=desk,
            sheet=sheet,
            scan=scan,
            stamp=stamp,
            received=desk.form.workbooks.exclude(letter="").select_related("file", "brought_by"),
            back=self.url_of("change", desk.unit),
        )

    def _receive(self, request: SignedInRequest, desk: Desk, sheet: MailedForm) -> HttpResponse:
        upload = sheet.cleaned_data["file"]
        refuse_if(find_table(read(upload, upload.name), row_columns(desk.edition.rulebook)).problems)
        upload.seek(0)
        letter = sheet.cleaned_data["letter"]
        kept = workbooks.bring(desk.form, upload, upload.name, by=request.user, letter=letter)
        return HttpResponseRedirect(_address(kept))

    def _receive_scan(self, request: SignedInRequest, desk: Desk, scan: MailedScanForm) -> HttpResponse:
        values = scan.cleaned_data
        uploads = [Upload(file.name, file) for file in values["files"]]
        receiving.receive_scan(
            desk.form, uploads, letter=values["letter"], by=request.user, typed=values["code"],
            compared=values["compared"],
        )  # fmt: skip
        self.message_user(request, "已代单位收下盖章扫描件")
        return HttpResponseRedirect(request.path)

    def workbook_page(self, request: SignedInRequest, unit: int, mailed: int) -> HttpResponse:
        """One mailed workbook: what it would do, take it in, then submit its rows for the unit."""
        desk = self._desk(request, str(unit))
        kept = get_object_or_404(desk.form.workbooks.exclude(letter="").select_related("file"), pk=mailed)
        kept.recommendation = desk.form
        problems = []
        try:
            with kept.file.blob.open("rb") as file:
                table = find_table(read(file, kept.file.original_name), row_columns(desk.edition.rulebook))
        except Refused as refused:  # it was read when it came; the machine may be too busy to read it again
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(reverse("admin:registrations_unit_mailed_page", args=[desk.unit.pk]))
        judged = preview(desk.form, table)
        try:
            if "marked" in request.POST:
                return download(mark(table, judged.faults), "来件-标注问题.xlsx")
            if request.method == "POST":
                self._act(request, desk, kept, judged)
                return HttpResponseRedirect(request.path)
        except Refused as refused:
            problems = refused.problems
            judged = preview(desk.form, table)
        left = max((desk.quota.limit or 0) - desk.quota.taken, 0)
        return self.page(
            request,
            "registrations/admin/mailed_workbook.html",
            f"代办来件：{desk.unit}，{kept.letter}",
            status=422 if problems else 200,
            problems=problems,
            desk=desk,
            workbook=kept,
            preview=judged,
            lines=[
                {"line": line, "label": VERDICTS[line.verdict], "problems": line.told(judged.table)}
                for line in sorted(judged.lines, key=lambda line: (-ORDER.index(line.verdict), line.number))
            ],
            counts=[(VERDICTS[verdict], judged.counts[verdict]) for verdict in VERDICTS],
            writable=sum(line.verdict in ("new", "changed") and not line.asks for line in judged.lines),
            asks=sum(line.asks for line in judged.lines),
            keepable=sum(line.keepable for line in judged.lines),
            ready=receiving.ready_rows(judged, left),
            back=reverse("admin:registrations_unit_mailed_page", args=[desk.unit.pk]),
        )

    def _act(self, request: SignedInRequest, desk: Desk, kept: Workbook, judged: Preview) -> None:
        """Take in, or submit; raises Refused."""
        if "submit" in request.POST:
            chosen = set(request.POST.getlist("row"))
            rows = [line.row for line in judged.lines if line.verdict == "unchanged" and str(line.row.pk) in chosen]
            sent = receiving.submit_for_unit(desk.form, rows, letter=kept.letter, by=request.user)
            self.message_user(request, f"已代单位提交 {len(sent)} 行，通知了填报人和各赛道联系人")
            return
        asks = frozenset(line.number for line in judged.lines if line.asks)
        asked = request.POST.get("asked")
        choice = Choice(
            replacing=asks if asked == "same" else frozenset(),
            adding=asks if asked == "other" else frozenset(),
            drafts="drafts" in request.POST,
        )
        seen = request.POST.get("seen", "")
        taken = receiving.take_in_for_unit(kept, judged.table, choice, by=request.user, seen=seen)
        self.message_user(request, f"已代单位存入：{taken.told}")

    def _desk(self, request: SignedInRequest, object_id: str) -> Desk:
        """404 for a unit that one does not see or the edition does not know; 403 for one that others look after."""
        unit = self.visible_or_404(request, object_id)
        edition = Edition.objects.current()
        quota = UnitQuota.objects.filter(unit=unit, edition=edition).select_related("edition").first()
        if edition is None or quota is None:
            raise Http404
        if not access.looks_after(request.user, quota):
            raise PermissionDenied
        form = form_of(unit, edition, by=request.user)
        form.unit, form.edition = unit, edition
        return Desk(unit, edition, quota, form)


def _address(workbook: Workbook) -> str:
    args = [workbook.recommendation.unit_id, workbook.pk]
    return reverse("admin:registrations_unit_mailed_workbook", args=args)
