"""Where everybody lands after signing in: at what needs them now; whoever has several roles chooses."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from awards.models import Certificate
from core.accounts.access import signed_in
from core.accounts.models import User
from core.counting import count_of
from core.notices.models import Notice
from core.tokens import token_of
from judging.models import Assignment
from registrations.entry_models import Entry, Member, MemberInvitation
from registrations.models import RecommendationRow
from registrations.work_models import Work
from seasons import training_desk
from seasons.models import Venue
from tracks.current import contest_time, current_edition
from tracks.models import Edition, Track

from .roles import forget


@dataclass(frozen=True)
class Desk:
    """One role of a person, with its first page; note: what waits there."""

    label: str
    url: str
    note: str = ""


def desks_of(user: User, edition: Edition | None, now: datetime) -> list[Desk]:
    """What rows give a person: invitations to answer, entries, courses, units, venues, judging, the admin."""
    found = [*_invitations(user), *_entries(user, edition, now), *_offices(user), *_venues(user), *_judging(user)]
    if not found and Certificate.objects.held_by(user).printed().exists():
        found.append(Desk("我的证书", reverse("certificates"), "下载和保存"))
    return [*found, *_staff(user)]


def _invitations(user: User) -> list[Desk]:
    """Into teams, sent to a contact that the person has proved to be theirs."""
    reached = Q(pk__in=())
    if user.email:
        reached |= Q(email=user.email)
    if user.phone:
        reached |= Q(phone=user.phone)
    asked = MemberInvitation.objects.open().filter(reached).select_related("entry__edition") if user.verified else []
    return [
        Desk(
            f"{one.entry} 邀请您任{one.get_role_display()}",
            reverse(one.url_name, args=[token_of(one)]),
            "等您答复",
        )
        for one in asked
    ]


def _entries(user: User, edition: Edition | None, now: datetime) -> list[Desk]:
    """Each with what waits in it; below them the courses in which something is to be done."""
    returned = Work.objects.filter(entry=OuterRef("pk"), state="returned")
    mine = Member.objects.here().filter(entry=OuterRef("pk"), user=user)
    entries = list(
        Entry.objects.of(user)
        .filter(edition__is_current=True)
        .select_related("edition")
        .annotate(
            role=Subquery(mine.values("role")[:1]),
            back=count_of(returned),
        )
    )
    taught = [entry for entry in entries if entry.role == "instructor"]
    pupils = training_desk.pupils_of(taught) if taught else {}
    found = [
        Desk(
            f"{entry} · 我到哪一步了",
            reverse("entry", kwargs={"entry": entry.pk}),
            " · ".join(filter(None, _notes(entry, pupils.get(entry.pk)))),
        )
        for entry in entries
    ]
    waiting = training_desk.waiting_of(user, edition, now) if entries and edition else []
    return found + [
        Desk(f"培训课程：{one.course.name}", reverse("course", kwargs={"course": one.course.pk}), one.words)
        for one in waiting
    ]


def _notes(entry: Entry, pupils: training_desk.Pupils | None) -> list[str]:
    """State, what came back, and to an instructor how far the pupils are."""
    back: int = entry.back  # type: ignore[attr-defined]
    return [
        "您是指导教师" if pupils else "",
        entry.get_state_display(),
        f"作品退回 {back} 件，请修改后再交" if back else "",
        pupils.words if pupils else "",
    ]


def _offices(user: User) -> list[Desk]:
    """With how many rows came back, and the places left."""
    offices = user.offices.select_related("unit").annotate(
        returned=Count(
            "unit__recommendations__rows",
            Q(unit__recommendations__edition__is_current=True, unit__recommendations__rows__state="returned"),
        )
    )
    return [
        Desk(
            f"{office.unit.full_name} · 推荐表",
            reverse("recommendation", kwargs={"unit": office.unit_id}),
            f"退回 {office.returned} 行，请补正" if office.returned else "填报人",
        )
        for office in offices
    ]


def _venues(user: User) -> list[Desk]:
    return [
        Desk(f"{venue} · 需求与安排", reverse("venue", kwargs={"venue": venue.pk}), "服务场所")
        for venue in Venue.objects.filter(officers__user=user)
    ]


def _judging(user: User) -> list[Desk]:
    """With the works that are still to be scored."""
    judged = user.judgeships.filter(state="active").exclude(round__state="published")
    if not judged.exists():
        return []
    left = Assignment.objects.of(user).filter(round__state="open")
    count = left.exclude(sheet__state__in=("submitted", "signed", "abstained")).count()
    return [Desk("我的评审", reverse("judge"), f"还有 {count} 件没有交" if count else "评委")]


def _staff(user: User) -> list[Desk]:
    if not user.is_staff:
        return []
    rows = RecommendationRow.objects.filter(track__in=Track.objects.visible_to(user), state="submitted")
    waiting, role = rows.count(), "组委会" if user.is_superuser else "赛道联系人"
    note = f"{role} · 待审 {waiting} 行" if waiting else role
    return [Desk("管理后台", reverse("admin:index"), note)]


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Go straight to the only desk, offer the choice of several; whoever has none is shown how to enter."""
    user = signed_in(request)
    desks = desks_of(user, current_edition(request), contest_time(request))
    if len(desks) < 2:  # nothing to switch between
        return redirect(desks[0].url if desks else "enter")
    forget(user)
    unread = Notice.objects.of(user).unread().count()
    return render(request, "portal/desk.html", {"desks": desks, "unread": unread})
