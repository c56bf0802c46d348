"""Where everybody lands after signing in: at what needs them now."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from awards.models import Certificate
from core.accounts.access import signed_in
from core.accounts.models import User
from registrations.entry_models import Entry
from seasons.models import Venue


@dataclass(frozen=True)
class Desk:
    """One role of a person, with its first page."""

    label: str
    url: str
    note: str = ""


def desks_of(user: User) -> list[Desk]:
    """The roles that rows give a person: in entries, officer of units, judge, contact of tracks, organiser."""
    entries = Entry.objects.of(user).filter(edition__is_current=True).select_related("edition")
    found = [
        Desk(f"{entry} · 我到哪一步了", reverse("entry", kwargs={"entry": entry.pk}), entry.get_state_display())
        for entry in entries
    ]
    offices = user.offices.select_related("unit")
    found += [
        Desk(f"{office.unit.full_name} · 推荐表", reverse("recommendation", kwargs={"unit": office.unit_id}), "填报人")
        for office in offices
    ]
    found += [
        Desk(f"{venue} · 需求与安排", reverse("venue", kwargs={"venue": venue.pk}), "服务场所")
        for venue in Venue.objects.filter(officers__user=user)
    ]
    judged = user.judgeships.filter(state="active").exclude(round__state="published")
    if judged.exists():
        found.append(Desk("我的评审", reverse("judge"), "评委"))
    if not found and Certificate.objects.held_by(user).printed().exists():
        found.append(Desk("我的证书", reverse("certificates"), "下载和保存"))
    if user.is_staff:
        role = "组委会" if user.is_superuser else "赛道联系人"
        found.append(Desk("管理后台", reverse("admin:index"), role))
    return found


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Go straight to the only desk, offer the choice of several; whoever has none is shown how to enter."""
    desks = desks_of(signed_in(request))
    if len(desks) < 2:
        return redirect(desks[0].url if desks else "enter")
    return render(request, "portal/desk.html", {"desks": desks})
