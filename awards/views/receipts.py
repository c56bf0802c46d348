"""成绩单: an entrant's own work, once the winners are announced."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registrations.services.dossier import title_of
from registrations.views.team import own_entry
from tracks.current import about

from ..services.receipts import lines_of, receipts_of


@login_required
@require_safe
def receipt(request: HttpRequest, entry: int) -> HttpResponse:
    """For the entry's people; not there before the publication."""
    found = own_entry(request, entry)
    about(request, found.edition)
    receipts = receipts_of(found)
    lines = lines_of(found)
    if not (receipts or lines):
        raise Http404("名单公示以后才有成绩单")
    context = {"entry": found, "title": title_of(found), "receipts": receipts, "lines": lines}
    return render(request, "awards/receipt.html", context)
