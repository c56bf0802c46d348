"""上传工作簿: a file goes up, its preview says what each row would do, the clerk confirms; template and export."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import signed_in
from core.accounts.contacts import mask_phone
from core.files.kinds import XLSX
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused, refuse_if
from core.sheets import Table, find_table, mark, read
from tracks.rulebook import Rulebook

from ..forms import WorkbookForm
from ..models import Workbook
from ..services import workbooks
from ..services.previewing import Preview, RowLine, preview
from ..services.workbooks import Choice
from ..sheets import row_columns, row_export, row_template
from .sheet import form_of

SHOWN = 200  # rows of one kind on the page
RECENT = 3
TAGS = {"new": ("ok", "新增"), "changed": ("now", "改动"), "unchanged": ("", "不变"), "wrong": ("bad", "有错")}


@dataclass(frozen=True)
class Shown:
    """One row as the page lists it."""

    line: RowLine
    table: Table

    @property
    def phone(self) -> str:
        """Masked once it is a number, as on the form; what is not one is shown as typed."""
        phone = self.line.row.phone
        return mask_phone(phone) if phone.startswith("+") else phone

    @property
    def said(self) -> list[tuple[str, bool]]:
        """(what is wrong with its cell named, whether it blocks)."""
        return [(told, p.blocks) for told, p in zip(self.line.told(self.table), self.line.problems, strict=True)]


@dataclass(frozen=True)
class Part:
    """The rows of one kind, as the page lists them."""

    lines: list[RowLine]
    table: Table

    @property
    def shown(self) -> list[Shown]:
        """The first of them."""
        return [Shown(line, self.table) for line in self.lines[:SHOWN]]

    @property
    def hidden(self) -> int:
        """How many are not listed."""
        return max(len(self.lines) - SHOWN, 0)


@dataclass
class PreviewPage:
    """The preview as the clerk sees it."""

    workbook: Workbook
    seen: Preview

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(tone, label, rows), in one order always."""
        return [(tone, label, self.seen.counts[verdict]) for verdict, (tone, label) in TAGS.items()]

    @cached_property
    def asked(self) -> Part:
        """Found by 序号 alone: each needs its answer."""
        return self._part(lambda line: line.asks)

    @cached_property
    def wrong(self) -> Part:
        """What must be mended."""
        return self._part(lambda line: line.verdict == "wrong")

    @cached_property
    def changed(self) -> Part:
        """Known by phone and name, with another content."""
        return self._part(lambda line: line.verdict == "changed" and not line.asks)

    @cached_property
    def new(self) -> Part:
        """What is added."""
        return self._part(lambda line: line.verdict == "new")

    @property
    def keepable(self) -> int:
        """Wrong rows that could be kept as drafts."""
        return sum(line.keepable for line in self.seen.lines)

    @property
    def good(self) -> int:
        """Rows that go in without a question."""
        return len(self.new.lines) + len(self.changed.lines)

    @property
    def can_take(self) -> bool:
        """Whether there is anything to confirm."""
        return bool(self.good or self.asked.lines or self.keepable)

    @property
    def say(self) -> str:
        """The bar's sentence."""
        if self.good:
            return f"{self.good} 行可以存入"
        return "请逐行回答上面的问题" if self.asked.lines else "没有可以直接存入的行"

    @property
    def note(self) -> str:
        """What stays out."""
        wrong, asked = len(self.wrong.lines), len(self.asked.lines)
        said = [f"有错的 {wrong} 行不存入" if wrong else "", f"{asked} 行要您确认" if asked else ""]
        return "；".join(part for part in said if part)

    def _part(self, wanted: Callable[[RowLine], bool]) -> Part:
        return Part([line for line in self.seen.lines if wanted(line)], self.seen.table)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def workbook_new(request: HttpRequest, unit: int) -> HttpResponse:
    """Bring a file; what cannot be read comes back with the reason and the way out."""
    form, facts = form_of(request, unit)
    sent = request.method == "POST"
    upload = WorkbookForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and upload.is_valid():
        file = upload.cleaned_data["file"]
        try:
            refuse_if(find_table(read(file, file.name), row_columns(facts.rulebook)).problems)
            kept = workbooks.bring(form, file, file.name, by=signed_in(request))
        except Refused as refused:
            show_problems(upload, refused.problems, otherwise="file")
        else:
            return redirect("workbook", workbook=kept.pk)
    page = {
        "form": form,
        "upload": upload,
        "columns": row_columns(facts.rulebook)[:7],
        "recent": form.workbooks.select_related("file", "brought_by")[:RECENT],
    }
    return render(request, "registrations/workbook_upload.html", page, status=422 if upload.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def workbook(request: HttpRequest, workbook: int) -> HttpResponse:
    """The preview, judged anew at every look; POST takes in what was chosen."""
    found = _workbook_of(request, workbook)
    form, refused = found.recommendation, []
    table = _table(found, form.edition.rulebook)
    if request.method == "POST":
        try:
            seen = request.POST.get("seen", "")
            taken = workbooks.take_in(
                form, table, _choice(request.POST), by=signed_in(request), seen=seen, workbook=found
            )
        except Refused as error:
            refused = error.problems
        else:
            messages.success(request, f"“{found}”：{taken.told}。存入的都是草稿，核对后再提交")
            return redirect("recommendation", unit=form.unit_id)
    page = {"form": form, "page": PreviewPage(found, preview(form, table)), "refused": refused}
    return render(request, "registrations/workbook_preview.html", page, status=422 if refused else 200)


@login_required
@require_safe
def workbook_marked(request: HttpRequest, workbook: int) -> HttpResponse:
    """The same sheet with its wrong cells marked."""
    found = _workbook_of(request, workbook)
    seen = preview(found.recommendation, _table(found, found.recommendation.edition.rulebook))
    return _download(mark(seen.table, seen.faults), f"{found.file.original_name.rsplit('.', 1)[0]}-标注问题.xlsx")


@login_required
@require_safe
def row_template_download(request: HttpRequest, unit: int) -> HttpResponse:
    """An empty 推荐申报表 for this unit."""
    form, facts = form_of(request, unit)
    return _download(row_template(facts), f"推荐申报表-{form.unit.full_name}.xlsx")


@login_required
@require_safe
def row_export_download(request: HttpRequest, unit: int) -> HttpResponse:
    """The form as it stands."""
    form, facts = form_of(request, unit)
    return _download(row_export(form, facts), f"推荐申报表-{form.unit.full_name}-已填.xlsx")


def _workbook_of(request: HttpRequest, pk: int) -> Workbook:
    """A workbook of one of the officer's units; 404 for anybody else's."""
    mine = Workbook.objects.filter(recommendation__unit__officers__user=signed_in(request))
    related = ("file", "recommendation__unit", "recommendation__edition")
    return get_object_or_404(mine.select_related(*related), pk=pk)


def _table(found: Workbook, rulebook: Rulebook) -> Table:
    with found.file.blob.open("rb") as file:
        return find_table(read(file, found.file.original_name), row_columns(rulebook))


def _choice(answers: Any) -> Choice:
    """`row-<number>` says `same` or `other`; nothing said leaves the row out."""
    said = {name.removeprefix("row-"): answers[name] for name in answers if name.startswith("row-")}

    def rows(answer: str) -> frozenset[int]:
        return frozenset(int(number) for number, given in said.items() if given == answer and number.isdecimal())

    return Choice(replacing=rows("same"), adding=rows("other"), drafts="drafts" in answers)


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=XLSX.content_type, headers=headers)
