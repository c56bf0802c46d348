"""Placements from the side of an entry, and the page that both sides share."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import signed_in
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused
from registrations.access import acts_for
from registrations.region_models import Region
from registrations.services.dossier import title_of
from registrations.views.keeping import forget, kept, login_or_keep
from registrations.views.team import own_entry
from tracks.current import about, contest_time

from ..models import Offer, Placement, ServiceRecord
from ..placing_access import posts_for, sides_of
from ..placing_forms import OfferForm, VisitForm, WhyForm
from ..rules.placements import check_answer, check_recordable, check_visit
from ..rules.placing import AGES
from ..services import placing_answers, placing_offers, placing_records

FOLDER = "seasons/placing"
ACTS = "只有队伍代表可以办理，请把想法告诉代表"


@login_required
@require_safe
def placing(request: HttpRequest, entry: int) -> HttpResponse:
    """去哪里服务: the entry's offer and its placements, the next first."""
    found = own_entry(request, entry)
    about(request, found.edition)
    offer = Offer.objects.filter(entry=found).first()
    placements = list(
        Placement.objects.filter(entry=found).select_related("need__venue__region__parent").order_by("-day", "-pk")
    )
    regions = Region.objects.filter(pk__in=offer.regions) if offer else ()
    page: dict[str, Any] = {"entry": found, "title": title_of(found), "acts": acts_for(signed_in(request), found)}
    page |= {"offer": offer, "regions": "、".join(region.name for region in regions), "rows": placements}
    page |= {"closed": placing_offers.closed(found, contest_time(request))}
    return render(request, f"{FOLDER}/entry.html", page)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def offer_edit(request: HttpRequest, entry: int) -> HttpResponse:
    """Make the offer, or change it."""
    found = own_entry(request, entry)
    about(request, found.edition)
    if not acts_for(signed_in(request), found):
        raise PermissionDenied(ACTS)
    waiting = kept(request)
    offer = Offer.objects.filter(entry=found).first()
    form = OfferForm(offer, found.edition, request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        try:
            placing_offers.save_offer(found, form.values(), by=signed_in(request))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "已登记。有合适的场所，组委会安排后会通知您确认")
            return redirect("placing", entry=entry)
    form.ask()
    page = {"entry": found, "title": title_of(found), "form": form, "kept": waiting is not None, "offer": offer}
    page["closed"] = placing_offers.closed(found, contest_time(request))
    return render(request, f"{FOLDER}/offer.html", page, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
@once
def offer_withdraw(request: HttpRequest, entry: int) -> HttpResponse:
    """Take it back."""
    found = own_entry(request, entry)
    if not acts_for(signed_in(request), found):
        raise PermissionDenied(ACTS)
    if offer := Offer.objects.filter(entry=found).first():
        try:
            offer.entry = found
            placing_offers.withdraw_offer(offer, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "服务意向已撤回，不再安排新的；已经安排的不受影响")
    return redirect("placing", entry=entry)


# --- One placement, for both sides ------------------------------------------------------------------------


@login_required
@require_safe
def placement(request: HttpRequest, placement: int) -> HttpResponse:
    """When, where, with whom; what each side has said; what can be done now."""
    user = signed_in(request)
    found = one(request, placement)
    now, need = contest_time(request), found.need
    sides = sides_of(user, found)
    belongs = found.entry.people.filter(user=user, left_at=None).exists()
    answers = found.state == "waiting" and not check_answer(found.state, found.answer_until, now)
    open_sides = [side for side in sides if answers and getattr(found, f"{side}_at") is None]
    record = ServiceRecord.objects.filter(placement=found).first()
    page: dict[str, Any] = {"placement": found, "need": need, "venue": need.venue, "entry": found.entry, "now": now}
    page |= {"title": title_of(found.entry), "sides": sides, "open_sides": open_sides, "answers": answers}
    page |= {"belongs": belongs, "posts": posts_for(user, need.venue), "record": record, "age": AGES[need.age]}
    page |= {"shows_phone": found.state == "confirmed" and (belongs or "venue" in sides or user.is_superuser)}
    page |= {"may_end": found.state == "confirmed" and not found.visited_at and record is None}
    begun = not check_visit(found.state, need.starts_at or now, 0, "", now)
    page |= {"may_visit": begun and "venue" in sides}
    over = not check_recordable(found.state, need.ends_at or now, now)
    page |= {"may_record": over and "entry" in sides and record is None}
    kinds = {kind.code: kind.name for kind in need.edition.rulebook.activity_types}
    page["kind"] = kinds.get(need.activity, "")
    return render(request, f"{FOLDER}/placement.html", page)


@login_required
@require_POST
@once
def placement_accept(request: HttpRequest, placement: int, side: str) -> HttpResponse:
    """Confirm for a side."""
    found = acting(request, placement, side)
    try:
        done = placing_answers.accept(found, side, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        settled = "双方都已确认，到时候见" if done.state == "confirmed" else "已确认，等对方答复"
        messages.success(request, settled)
    return redirect("placement", placement=placement)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def placement_refuse(request: HttpRequest, placement: int, side: str) -> HttpResponse:
    """Decline what waits, call off what was settled; asks why."""
    found = acting(request, placement, side)
    settled = found.state == "confirmed"
    waiting = kept(request)
    form = WhyForm(request.POST if request.method == "POST" else waiting)
    if request.method == "POST" and form.is_valid():
        act = placing_answers.call_off if settled else placing_answers.decline
        try:
            act(found, side, reason=form.cleaned_data["reason"], by=signed_in(request))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "已取消，对方会收到通知" if settled else "已谢绝，对方会收到通知")
            return redirect("placement", placement=placement)
    page = {"placement": found, "need": found.need, "venue": found.need.venue, "entry": found.entry, "form": form}
    page |= {"settled": settled, "side": side, "title": title_of(found.entry)}
    return render(request, f"{FOLDER}/refuse.html", page, status=422 if request.method == "POST" else 200)


@login_or_keep
@require_http_methods(["GET", "HEAD", "POST"])
@once
def placement_visit(request: HttpRequest, placement: int) -> HttpResponse:
    """The venue says that they came, for how many, and how it was."""
    found = acting(request, placement, "venue")
    waiting = kept(request)
    said = {"heads": found.heads, "word": found.word}
    form = VisitForm(request.POST if request.method == "POST" else waiting, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            placing_answers.confirm_visit(found, **form.cleaned_data, by=signed_in(request))
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            forget(request)
            messages.success(request, "已确认到访，谢谢")
            return redirect("placement", placement=placement)
    closed = check_visit(found.state, found.need.starts_at or contest_time(request), 0, "", contest_time(request))
    page = {"placement": found, "need": found.need, "venue": found.need.venue, "form": form, "closed": closed}
    page["title"] = title_of(found.entry)
    return render(request, f"{FOLDER}/visit.html", page, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
@once
def placement_record(request: HttpRequest, placement: int) -> HttpResponse:
    """The service record, filled in as far as is known."""
    found = acting(request, placement, "entry")
    try:
        record = placing_records.begin_from(found, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("placement", placement=placement)
    messages.success(request, "时间、地点、类型和人数已经按安排填好，请补上照片或链接，核对后提交")
    return redirect("record", record=record.pk)


def one(request: HttpRequest, pk: int) -> Placement:
    """A placement of one of the user's sides; 404 for strangers."""
    visible = Placement.objects.visible_to(signed_in(request))
    related = ("need__venue__region__parent", "need__edition", "entry__track", "entry__row")
    found: Placement = get_object_or_404(visible.select_related(*related), pk=pk)
    found.entry.edition = found.need.edition
    about(request, found.need.edition)
    return found


def acting(request: HttpRequest, pk: int, side: str) -> Placement:
    """The same, for who may speak for a side; 403 for the others."""
    found = one(request, pk)
    if side not in sides_of(signed_in(request), found):
        raise PermissionDenied(ACTS if side == "entry" else "只有场所联系人可以办理")
    return found
