"""Points on the portal: an entry's passbook, a question about one line, and the leaderboard for everybody."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import signed_in
from core.files.serving import FileAnswer, serve
from core.idempotency import once
from core.problems import Refused
from registrations.access import acts_for
from registrations.entry_models import Member
from registrations.views.team import own_entry
from tracks.current import about, contest_time, edition_page
from tracks.models import Edition

from ..leaderboard_page import Board
from ..models import PointEntry, PointSnapshot
from ..passbook_page import Passbook
from ..point_guards import MONTH
from ..record_forms import DisputeForm
from ..services import disputing

FOLDER = "seasons/points"


@login_required
@require_safe
def passbook(request: HttpRequest, entry: int) -> HttpResponse:
    """积分存折: every line with its rule, what came of disputes, the rank, and how far it is to place 100."""
    found = own_entry(request, entry)
    about(request, found.edition)
    page = Passbook(found, contest_time(request), acts=acts_for(signed_in(request), found))
    lines = Paginator(page.query, 50).get_page(request.GET.get("page"))
    return render(request, f"{FOLDER}/passbook.html", {"page": page, "entry": found, "lines": lines})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def dispute_new(request: HttpRequest, line: int) -> HttpResponse:
    """对这一笔提出异议: the line as it stands, and what is wrong with it."""
    user = signed_in(request)
    mine = Member.objects.filter(user=user, left_at=None).values("entry")
    lines = PointEntry.objects.filter(entry__in=mine).select_related("entry__edition", "fact__record")
    found = get_object_or_404(lines, pk=line)
    about(request, found.entry.edition)
    if not acts_for(user, found.entry):
        raise PermissionDenied("只有队伍代表可以提异议，请告诉代表")
    form = DisputeForm(request.POST or None)
    closed = disputing.check_disputable(found, contest_time(request))
    if request.method == "POST" and form.is_valid():
        try:
            disputing.ask(found, form.cleaned_data["words"], by=user)
        except Refused as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, "异议已提交，赛道联系人答复后会通知您")
            return redirect("passbook", entry=found.entry_id)
    page = {"line": found, "entry": found.entry, "form": form, "closed": closed}
    page["last"] = disputing.last_moment(found)
    return render(request, f"{FOLDER}/dispute.html", page, status=422 if form.errors else 200)


@require_safe
@edition_page
def leaderboard(request: HttpRequest, edition: Edition) -> HttpResponse:
    """积分榜: the first hundred, of all months or one, of all tracks or one; others by name or pinyin."""
    month, wanted = request.GET.get("month", ""), " ".join(request.GET.get("q", "")[:60].split())
    track = next((one for one in edition.tracks.all() if one.code == request.GET.get("track")), None)
    board = Board(edition, month if re.match(MONTH, month) else "", track, wanted, contest_time(request))
    return render(request, f"{FOLDER}/leaderboard.html", {"board": board, "edition": edition})


@require_safe
def points_bundle(request: HttpRequest, snapshot: int) -> FileAnswer:
    """积分重算包: rules, facts, ledger and program; public once the points are frozen."""
    found = get_object_or_404(PointSnapshot.objects.select_related("bundle"), pk=snapshot)
    return serve(request, found.bundle)
