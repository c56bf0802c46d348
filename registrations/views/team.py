"""An entry's people: whom the representative invites, and the page behind an invitation's link."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.accounts import invitations
from core.accounts.access import signed_in
from core.accounts.models import User
from core.accounts.views import InvitationView
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused
from tracks.current import at_hand

from ..access import acts_for
from ..entry_forms import SubmitForm
from ..entry_models import Entry, Member, MemberInvitation
from ..entry_reads import own
from ..services import teams
from ..services.dossier import Dossier, title_of
from ..services.entering import changeable
from ..team_forms import MemberForm, MemberInviteForm


def own_entry(request: HttpRequest, pk: int) -> Entry:
    """One of the user's own entries; 404 for anybody else's, an officer's and a contact's among them."""
    found = own(signed_in(request), pk)
    at_hand(request, found)
    return found


@dataclass(frozen=True)
class Waiting:
    """An invitation that nobody has taken up yet."""

    invitation: MemberInvitation
    link: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def entry_people(request: HttpRequest, entry: int) -> HttpResponse:
    """Who is in, who is asked; the representative invites one more."""
    found = own_entry(request, entry)
    user = signed_in(request)
    acting = acts_for(user, found)
    asked = MemberInviteForm(found.kind, request.POST or None)
    if request.method == "POST":
        if not acting:
            raise PermissionDenied("只有队伍代表可以邀请")
        if asked.is_valid():
            try:
                sent = teams.invite(found, by=user, **asked.cleaned_data)
            except Refused as refused:
                show_problems(asked, refused.problems)
            else:
                went = "邀请已发出，等对方本人确认" if sent.phone or sent.email else "邀请链接已生成，请复制后发给对方"
                messages.success(request, went)
                return redirect("entry_people", entry=found.pk)
    return _page(request, found, asked, acting=acting)


def _page(request: HttpRequest, entry: Entry, asked: forms.Form, *, acting: bool) -> HttpResponse:
    dossier = Dossier(entry)
    closed = changeable(entry, dossier.now)
    waiting = [Waiting(sent, str(invitations.link(sent))) for sent in dossier.invitations if sent.status == "open"]
    page = {
        "entry": entry,
        "dossier": dossier,
        "people": [(member, _group(dossier, member)) for member in dossier.people],
        "asked": asked,
        "acting": acting,
        "closed": closed,
        "waiting": waiting if acting else [],
        "past": [sent for sent in dossier.invitations if sent.status in ("declined", "expired")] if acting else [],
        "problems": dossier.team_problems(),
    }
    return render(request, "registrations/entries/people.html", page, status=422 if asked.errors else 200)


def _group(dossier: Dossier, member: Member) -> str:
    """Their group in words, where the entry's categories are divided."""
    return dossier.groups.get(member.group, "未填组别") if dossier.groups and member.role != "instructor" else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def member_edit(request: HttpRequest, entry: int, member: int) -> HttpResponse:
    """A name as it will be printed: by the person, or by the representative."""
    found = own_entry(request, entry)
    person = _person(request, found, member)
    form = MemberForm(Dossier(found).groups, person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            teams.save_member(person, by=signed_in(request), **form.cleaned_data)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            messages.success(request, "已保存")
            return redirect("entry_people", entry=found.pk)
    page = {"entry": found, "member": person, "form": form}
    return render(request, "registrations/entries/member.html", page, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def member_do(request: HttpRequest, entry: int, member: int, verb: str) -> HttpResponse:
    """remove, leave, lead: GET says what will happen, POST does it."""
    found = own_entry(request, entry)
    person, user = _person(request, found, member), signed_in(request)
    own = person.user_id == user.pk
    if (verb == "leave") != own or (verb == "lead" and not acts_for(user, found)):
        raise PermissionDenied("请回到成员页重新选择")
    if request.method != "POST":
        return render(request, "registrations/entries/member_do.html", {"entry": found, "member": person, "verb": verb})
    try:
        if verb == "lead":
            teams.hand_over(found, person, by=user)
        else:
            teams.remove(person, by=user, reason=request.POST.get("reason", "").strip())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = {"remove": f"已移出{person.name}", "leave": "您已退出队伍", "lead": f"{person.name}现在是队伍代表"}
        messages.success(request, done[verb])
        if verb == "leave":
            return redirect("desk")
    return redirect("entry_people", entry=found.pk)


@login_required
@require_http_methods(["POST"])
@once
def invitation_do(request: HttpRequest, entry: int, invitation: int, verb: str) -> HttpResponse:
    """resend, revoke."""
    found = own_entry(request, entry)
    if not acts_for(signed_in(request), found):
        raise PermissionDenied("只有队伍代表可以处理邀请")
    sent = get_object_or_404(found.invitations.all(), pk=invitation)
    try:
        if verb == "resend":
            teams.resend(sent, by=signed_in(request))
        else:
            teams.revoke(sent, by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "邀请已再发一次" if verb == "resend" else "邀请已撤销，名额空出来了")
    return redirect("entry_people", entry=found.pk)


def _person(request: HttpRequest, entry: Entry, pk: int) -> Member:
    """Oneself, or anybody in it for the representative; 404 otherwise."""
    here = entry.people.filter(left_at=None).select_related("user", "entry__edition")
    user = signed_in(request)
    return get_object_or_404(here if acts_for(user, entry) else here.filter(user=user), pk=pk)


class MemberInvitationView(InvitationView[MemberInvitation]):
    """The page behind an invitation into a team."""

    model = MemberInvitation
    template_name = "registrations/entries/invitation.html"
    may_decline = True

    def offer(self, invitation: MemberInvitation) -> str:
        """A member or instructor of the team."""
        return f"“{title_of(invitation.entry)}”的{invitation.get_role_display()}"

    def asked(self, invitation: MemberInvitation) -> dict[str, Any]:
        """form: the texts that the person has yet to accept."""
        return {"form": self._form(invitation)}

    def _form(self, invitation: MemberInvitation) -> SubmitForm:
        user = signed_in(self.request) if self.request.user.is_authenticated else None
        texts = teams.texts_for(invitation, user)
        return SubmitForm(texts, self.request.POST if self.request.method == "POST" else None)

    def take_up(self, invitation: MemberInvitation, user: User) -> None:
        """Join the team."""
        teams.join(invitation, by=user, accepted=self._form(invitation).ticked)

    def turn_down(self, invitation: MemberInvitation, user: User | None) -> None:
        """Decline."""
        teams.decline(invitation, by=user)

    def done_url(self, invitation: MemberInvitation) -> str:
        """Where the entry stands."""
        return reverse("entry", kwargs={"entry": invitation.entry_id})
