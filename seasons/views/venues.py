"""Venues from the side of who posts for them: the venue's page, its needs, and the invitation to post."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import signed_in
from core.accounts.models import User
from core.accounts.views import InvitationView
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused
from registrations.models import Unit
from registrations.services.dossier import title_of
from registrations.views.keeping import forget, kept, login_or_keep
from tracks.current import about, current_edition
from tracks.models import Edition

from ..models import Need, Placement, Venue, VenueInvitation
from ..placing_forms import NeedForm, VenueForm, WhyForm
from ..rules.placing import AGES
from ..services import placing_needs, placing_venues

FOLDER = "seasons/placing"
SHOWN = 60  # of a venue's placements


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def unit_venues(request: HttpRequest, unit: int) -> HttpResponse:
    """The unit's own venues, and a new one."""
    user = signed_in(request)
    found = get_object_or_404(Unit.objects.filter(officers__user=user), pk=unit)
    waiting = kept(request)
    form = VenueForm(None, request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            made = placing_venues.save_venue(form.cleaned_data, unit=found, by=user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "场所已登记，现在可以发布服务需求")
            return redirect("venue", venue=made.pk)
    page = {"unit": found, "venues": found.venues.select_related("region__parent"), "form": form}
    return render(request, f"{FOLDER}/unit.html", page, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def venue(request: HttpRequest, venue: int) -> HttpResponse:
    """What the venue has asked for, who comes, and what waits for an answer."""
    found = _venue(request, venue)
    edition = current_edition(request)
    needs = list(Need.objects.filter(venue=found, edition=edition).order_by("-starts_at", "-pk"))
    coming = Placement.objects.filter(need__in=needs).select_related("need", "entry__row", "entry__edition")
    rows = [(one, title_of(one.entry)) for one in coming.order_by("-day", "-pk")[:SHOWN]]
    page: dict[str, Any] = {"venue": found, "needs": needs, "rows": rows}
    page["waiting"] = sum(one.state == "waiting" and one.venue_at is None for one, _ in rows)
    page["may_post"] = edition is not None and edition.rulebook.points is not None
    page["ages"] = AGES
    return render(request, f"{FOLDER}/venue.html", page)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def venue_edit(request: HttpRequest, venue: int) -> HttpResponse:
    """Its facts, its contact among them."""
    found = _venue(request, venue)
    waiting = kept(request)
    form = VenueForm(found, request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            placing_venues.save_venue(form.cleaned_data, venue=found, by=signed_in(request))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "场所信息已保存")
            return redirect("venue", venue=venue)
    page = {"venue": found, "form": form}
    return render(request, f"{FOLDER}/venue_edit.html", page, status=422 if request.method == "POST" else 200)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def need_new(request: HttpRequest, venue: int) -> HttpResponse:
    """A new need."""
    found = _venue(request, venue)
    edition = current_edition(request)
    if edition is None:
        raise Http404
    return _need_page(request, found, edition, None)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def need(request: HttpRequest, need: int) -> HttpResponse:
    """Fill in and publish, as long as nobody was asked to come; else who comes."""
    found = _need(request, need)
    return _need_page(request, found.venue, found.edition, found)


@login_required
@require_POST
@once
def need_do(request: HttpRequest, need: int, deed: str) -> HttpResponse:
    """Stop taking entries, or take them again."""
    found = _need(request, need)
    act, done = {
        "close": (placing_needs.close, "已停止征集，安排好的不受影响"),
        "open": (placing_needs.open_need, "已重新征集"),
    }[deed]
    try:
        act(found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("need", need=need)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def need_cancel(request: HttpRequest, need: int) -> HttpResponse:
    """It does not take place; asks why."""
    found = _need(request, need)
    waiting = kept(request)
    form = WhyForm(request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            placing_needs.cancel(found, reason=form.cleaned_data["reason"], by=signed_in(request))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "需求已取消，安排好的队伍会收到通知")
            return redirect("venue", venue=found.venue_id)
    page = {"need": found, "venue": found.venue, "form": form}
    return render(request, f"{FOLDER}/need_cancel.html", page, status=422 if request.method == "POST" else 200)


class VenueInvitationView(InvitationView[VenueInvitation]):
    """The page behind the invitation to post for a venue."""

    model = VenueInvitation

    def offer(self, invitation: VenueInvitation) -> str:
        """Who they will be."""
        return f"{invitation.venue.name}的场所联系人"

    def take_up(self, invitation: VenueInvitation, user: User) -> None:
        """Join the venue."""
        placing_venues.join(invitation, by=user)

    def done_url(self, invitation: VenueInvitation) -> str:
        """The venue's page."""
        return reverse("venue", kwargs={"venue": invitation.venue_id})


def _need_page(request: HttpRequest, venue: Venue, edition: Edition, found: Need | None) -> HttpResponse:
    waiting = kept(request)
    form = NeedForm(found, edition, venue, request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            saved = placing_needs.save_need(venue, form.values(), need=found, edition=edition, by=signed_in(request))
            forget(request)
            if "open" in request.POST and saved.state != "open":
                found = saved  # kept, whatever is missing
                placing_needs.open_need(saved, by=signed_in(request))
                messages.success(request, "已发布。组委会安排队伍后，会请您确认")
            else:
                messages.success(request, "已保存")
        except Refused as refused:
            form.refuse(refused.problems)
        else:
            return redirect("need", need=saved.pk)
    form.ask()
    page: dict[str, Any] = {"venue": venue, "need": found, "form": form, "kept": waiting is not None}
    if found:
        placed = found.placements.select_related("entry__row", "entry__edition").order_by("-pk")
        page["rows"] = [(one, title_of(one.entry)) for one in placed]
        page["age"] = AGES[found.age]
    return render(request, f"{FOLDER}/need.html", page, status=422 if request.method == "POST" else 200)


def _venue(request: HttpRequest, pk: int) -> Venue:
    found: Venue = get_object_or_404(Venue.objects.of(signed_in(request)).select_related("region__parent"), pk=pk)
    return found


def _need(request: HttpRequest, pk: int) -> Need:
    mine = Need.objects.filter(venue__in=Venue.objects.of(signed_in(request)))
    found: Need = get_object_or_404(mine.select_related("venue__region__parent", "edition"), pk=pk)
    about(request, found.edition)
    return found
