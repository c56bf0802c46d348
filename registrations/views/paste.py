"""粘贴: a block of cells as text, for browsers without the grid's script; it goes the way of an uploaded workbook."""

import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.accounts.access import signed_in
from core.idempotency import once
from core.problems import Refused

from ..forms import PasteForm
from ..pasting import NAME, as_file
from ..services.workbooks import bring
from .keeping import forget, kept, login_or_keep
from .sheet import form_of


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def paste(request: HttpRequest, unit: int) -> HttpResponse:
    """Take the text; what it would do is shown before anything is saved."""
    form, facts = form_of(request, unit)
    waiting = None if request.method == "POST" else kept(request)
    asked = PasteForm(request.POST or waiting)
    if request.method == "POST" and asked.is_valid():
        try:
            content = as_file(asked.cleaned_data["text"], facts.rulebook)
            workbook = bring(form, io.BytesIO(content), NAME, by=signed_in(request))
        except Refused as refused:
            asked.add_error("text", str(refused))
        else:
            forget(request)
            return redirect("workbook", workbook=workbook.pk)
    page = {"form": form, "asked": asked, "kept": waiting is not None}
    return render(request, "registrations/paste.html", page, status=422 if asked.errors and not waiting else 200)
