"""打印盖章, 上传扫描件: the form on paper, and the stamped paper that comes back."""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_cookie

from core.accounts.access import signed_in
from core.files.kinds import DOCX, PDF, Kind
from core.files.papers import load_pages
from core.files.serving import FileAnswer, serve, show
from core.files.states import PASSED
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused

from ..forms import ScanForm
from ..models import Recommendation, StampedScan
from ..pages import SheetPage
from ..printing.paper import Paper, paper_of
from ..printing.pdf import pdf
from ..printing.word import word
from ..services.facts import FormFacts
from ..services.stamping import StaleScan, Upload, print_form, upload_scan
from .sheet import form_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def stamp(request: HttpRequest, unit: int) -> HttpResponse:
    """Step 2 and 3: print, and upload what was stamped; a scan that does not fit comes back with every reason."""
    form, facts = form_of(request, unit)
    sent = request.method == "POST"
    scan_form = ScanForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and scan_form.is_valid():
        uploads = [Upload(file.name, file) for file in scan_form.cleaned_data["files"]]
        try:
            kept = upload_scan(form, uploads, by=signed_in(request), typed=scan_form.cleaned_data["code"])
        except Refused as refused:
            return _page(request, form, facts, _refuse(scan_form, refused), refused)
        messages.success(request, f"{kept[0].printed}盖章扫描件已收到，与现在的推荐表一致")
        return redirect("stamp", unit=unit)
    return _page(request, form, facts, scan_form)


def _refuse(form: ScanForm, refused: Refused) -> ScanForm:
    """The reasons at their fields; the single differences have a table of their own."""
    show_problems(form, (p for p in refused.problems if p.code != "stamp.row"), otherwise="files")
    return form


def _page(
    request: HttpRequest, form: Recommendation, facts: FormFacts, scan_form: ScanForm, refused: Refused | None = None
) -> HttpResponse:
    page = SheetPage(form, facts)
    load_pages(scan.file for scan in page.stamp.valid)
    stale = isinstance(refused, StaleScan)
    changes = refused.changes if isinstance(refused, StaleScan) else page.stamp.changes
    told = {"form": form, "page": page, "stamp": page.stamp, "changes": page.stamp.table(changes), "stale": stale}
    status = 422 if scan_form.errors else 200
    return render(request, "registrations/stamp.html", told | {"scan_form": scan_form}, status=status)


@login_required
@require_safe
def stamp_pdf(request: HttpRequest, unit: int) -> HttpResponse:
    """附件2 as a PDF."""
    return _printed(request, unit, pdf, ".pdf", PDF)


@login_required
@require_safe
def stamp_word(request: HttpRequest, unit: int) -> HttpResponse:
    """附件2 as a Word file."""
    return _printed(request, unit, word, ".docx", DOCX)


def _printed(
    request: HttpRequest, unit: int, draw: Callable[[Paper], bytes], extension: str, kind: Kind
) -> HttpResponse:
    """The form as it stands, drawn anew: no paper with phones on it is kept. HEAD and GET note the version."""
    form, _ = form_of(request, unit)
    try:
        paper = paper_of(*print_form(form, by=signed_in(request)))
        content = draw(paper)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("stamp", unit=unit)
    named = f"attachment; filename*=UTF-8''{quote(paper.name + extension)}"
    return HttpResponse(content, content_type=kind.content_type, headers={"Content-Disposition": named})


def _scan(request: HttpRequest, pk: int) -> StampedScan:
    """A scan that has passed its check, for the unit and the contacts of its rows' tracks; 404 for others."""
    passed = StampedScan.objects.filter(file__check_result__state=PASSED)
    return get_object_or_404(passed.visible_to(signed_in(request)).select_related("file"), pk=pk)


@login_required
@require_safe
def scan(request: HttpRequest, scan: int) -> FileAnswer:
    """A stamped scan byte for byte, as a download."""
    return serve(request, _scan(request, scan).file)


@login_required
@require_safe
@vary_on_cookie
def scan_page(request: HttpRequest, scan: int, derived: int) -> FileAnswer:
    """A page of it, drawn anew."""
    return show(request, get_object_or_404(_scan(request, scan).file.derived.select_related("stored"), pk=derived))
