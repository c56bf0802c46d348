"""The account page, and the page behind an invitation's link."""

from typing import Any, Generic, TypeVar

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, UpdateView

from core.audit.history import recorded
from core.idempotency import once
from core.problems import Refused

from .access import signed_in
from .adapter import INVITATION_PATH
from .forms import NameForm
from .invitations import find, look_up
from .models import Invitation, User

I = TypeVar("I", bound=Invitation)  # noqa: E741


class AccountView(LoginRequiredMixin, TemplateView):
    """我的账号: name, contacts, password, second factor."""

    template_name = "account/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """second_factor: whether one is set up."""
        return super().get_context_data(**kwargs, second_factor=is_mfa_enabled(self.request.user))


class NameView(LoginRequiredMixin, UpdateView):
    """Correct one's own name."""

    form_class = NameForm
    template_name = "account/name.html"
    success_url = reverse_lazy("account")

    def get_object(self, queryset: Any = None) -> User:
        """A second copy of the user, so that a refused name does not show in the page's head."""
        return User.objects.get(pk=signed_in(self.request).pk)

    def form_valid(self, form: ModelForm) -> HttpResponse:
        """Save with a trace."""
        with recorded("account.changed", by=signed_in(self.request)):
            response = super().form_valid(form)
        messages.success(self.request, "姓名已保存")
        return response


@method_decorator(never_cache, name="dispatch")
class InvitationView(View, Generic[I]):
    """What an invitation's link opens: who invites you to what → sign in or sign up → confirm → done.

    An upper app subclasses it for its own model: `offer` says in words what is offered, `take_up` calls the service
    that accepts the invitation and gives it, `done_url` is where to go on. The link comes along as `next` through
    sign-in and sign-up, and is kept in the session in case it gets lost on the way.
    """

    model: type[I]
    template_name = "account/invitation.html"
    may_decline = False  # a button to say no; `turn_down` does it

    def offer(self, invitation: I) -> str:
        """What the invited person will be, e.g. “始兴县科学技术协会的经办人”."""
        raise NotImplementedError

    def take_up(self, invitation: I, user: User) -> None:
        """Accept and give, in one transaction. Raises Refused."""
        raise NotImplementedError

    def turn_down(self, invitation: I, user: User | None) -> None:
        """Decline; whoever holds the link may, signed in or not. Raises Refused."""
        raise NotImplementedError

    def done_url(self, invitation: I) -> str:
        """Where the new possibilities are."""
        raise NotImplementedError

    def asked(self, invitation: I) -> dict[str, Any]:
        """What else the page is given, such as a form with what must be agreed to; asked again for a refused answer."""
        return {}

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the offer."""
        try:
            invitation = find(self.model, token)
        except Refused as refusal:
            return self._refused(request, token, refusal)
        if not request.user.is_authenticated:
            request.session[INVITATION_PATH] = request.path
        return self._shown(request, invitation)

    @method_decorator(once)
    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take it up, or turn it down."""
        if self.may_decline and "decline" in request.POST:
            return self._decline(request, token)
        if not request.user.is_authenticated:
            return redirect(request.path)
        try:
            invitation = find(self.model, token)
        except Refused as refusal:
            return self._refused(request, token, refusal)
        try:
            self.take_up(invitation, signed_in(request))
        except Refused as refusal:
            if all(problem.field for problem in refusal.problems):  # something on this page to put right
                return self._shown(request, invitation, refusal)
            return self._refused(request, token, refusal)
        request.session.pop(INVITATION_PATH, None)
        messages.success(request, f"您现在是{self.offer(invitation)}")
        return redirect(self.done_url(invitation))

    def _shown(self, request: HttpRequest, invitation: I, refusal: Refused | None = None) -> HttpResponse:
        """The offer; with what has to be put right before it can be taken up."""
        page = {"invitation": invitation, "offer": self.offer(invitation), "may_decline": self.may_decline}
        page |= {"problems": refusal.problems if refusal else []}
        return render(request, self.template_name, page | self.asked(invitation), status=422 if refusal else 200)

    def _decline(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = find(self.model, token)
            self.turn_down(invitation, signed_in(request) if request.user.is_authenticated else None)
        except Refused as refusal:
            return self._refused(request, token, refusal)
        request.session.pop(INVITATION_PATH, None)
        return render(request, "account/invitation_declined.html", {"offer": self.offer(invitation)})

    def _refused(self, request: HttpRequest, token: str, refusal: Refused) -> HttpResponse:
        """Say why; whoever has accepted it himself is simply sent on."""
        unknown = refusal.codes == ["invitation.unknown"]
        if not unknown and request.user.is_authenticated:
            invitation = look_up(self.model, token)
            if invitation.accepted_by_id == request.user.pk:
                return redirect(self.done_url(invitation))
        status = 404 if unknown else 410
        over = all(code.startswith("invitation.") for code in refusal.codes)  # else something may be put right
        page = {"problems": refusal.problems, "over": over}
        return render(request, "account/invitation_refused.html", page, status=status)
