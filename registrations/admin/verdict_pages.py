"""The pages on which a contact decides about one thing that an entry handed in: works here, later apps' records too.

A thing belongs to an entry, has the states submitted → passed | returned | rejected, and `objects.reviewed_by(user)`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path

from core.accounts.requests import SignedInRequest
from core.notices.rendering import Letter
from core.portal_admin import PortalAdmin
from core.problems import Refused

from .. import access
from .review_filters import around, own_tracks
from .review_forms import ReturnForm
from .unit_people import ReasonForm

LABELS = {"pass": "通过", "return": "退回补正", "reject": "不通过"}
DONE = {"pass": "已通过", "return": "已退回补正", "reject": "已定为不通过"}
TONES = {"已提交，待审核": "info", "审核通过": "success", "审核不通过": "danger", "退回补正": "warning"}
MOST = 50  # at once


@dataclass(frozen=True)
class Verdicts:
    """How one kind of thing is decided about, and in which words."""

    services: Mapping[str, Callable[..., Any]]  # pass, return, reject → service(thing, *, seen, by[, reason])
    reconsider: Callable[..., Any]  # (thing, *, reason, by)
    pass_many: Callable[..., Collection[Any]]  # (thing → its mark, *, by)
    mark: Callable[[Any], str]  # what the reader saw
    letter: Callable[..., Letter]  # (thing, verb[, reason])
    effects: Callable[[Any, str], list[str]]  # (thing, verb) → what the decision brings about
    anew: tuple[str, ...]  # what reconsidering brings about
    form: type[ReturnForm]  # why it goes back, or does not pass
    counted: str  # 件作品


class VerdictPages(PortalAdmin):
    """Pass, return and reject one thing, with its notice shown first; take a verdict back; pass many."""

    verdicts: ClassVar[Verdicts]
    thing: ClassVar[str]  # its key's name in addresses

    def verdict_urls(self) -> list[URLPattern]:
        """The pages' addresses: `<work>/pass/`."""
        pages: dict[str, Callable[..., HttpResponse]] = {verb: partial(self.verdict_page, verb) for verb in LABELS}
        pages["reconsider"] = self.reconsider_page
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [path(f"<int:{self.thing}>/{verb}/", wrap(page), name=f"{name}_{verb}") for verb, page in pages.items()]

    # --- One ------------------------------------------------------------------------------------------------

    def verdict_page(self, verb: str, request: SignedInRequest, **which: int) -> HttpResponse:
        """Say what will happen, ask why where it does not pass, show the notice; then decide, and go to the next."""
        found, verdicts = self.decidable(request, **which), self.verdicts
        context: dict[str, Any] = {}
        if verb == "pass":
            form: forms.Form = forms.Form(request.POST if request.method == "POST" else None)
            context["letter"] = verdicts.letter(found, verb)
        else:
            form = verdicts.form([found.entry.track_id], request.POST or None, verb=verb)
            context = previewed(request, form, partial(verdicts.letter, found, verb))
        label, template = LABELS[verb], "registrations/admin/decide.html"
        title, back = f"{label}：{found}", self.url_of("change", found)
        context |= {"effects": verdicts.effects(found, verb), "seen": seen_of(request) or verdicts.mark(found)}
        if "reason" in context or "edit" in request.POST:
            return self.page(request, template, title, form=form, button=label, back=back, **context)
        after = self.neighbours(request, found)["following"]

        def act(values: dict[str, Any]) -> str:
            why = {"reason": values["whole"]} if "whole" in values else {}
            verdicts.services[verb](found, seen=seen_of(request), by=request.user, **why)
            return f"{found.number} {found}：{DONE[verb]}，已通知参赛者"

        return self.ask(
            request, form, act, title=title, button=label, back=back,
            done=self.url_of("change", after) if after else self.url_of("changelist"), template=template, **context,
        )  # fmt: skip

    def reconsider_page(self, request: SignedInRequest, **which: int) -> HttpResponse:
        """Ask why, then take the verdict back."""
        found = self.decidable(request, **which)

        def act(values: dict[str, Any]) -> str:
            self.verdicts.reconsider(found, reason=values["reason"], by=request.user)
            return f"{found.number} 已重新列入待审"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"重新审核：{found}",
            button="重新审核", back=self.url_of("change", found), effects=self.verdicts.anew,
        )  # fmt: skip

    # --- Many -----------------------------------------------------------------------------------------------

    def pass_chosen(
        self, request: SignedInRequest, queryset: QuerySet[Any], template: str, line: Callable[[Any], Any]
    ) -> HttpResponse:
        """List what would pass; with `confirmed`, pass all or none. line: a thing as the page shows it."""
        chosen = [at_home(request, thing) for thing in queryset.order_by("submitted_at", "pk")[: MOST + 1]]
        waiting = [thing for thing in chosen if thing.state == "submitted"][:MOST]
        if "confirmed" in request.POST and waiting:
            return self._pass(request, waiting)
        return self.page(
            request,
            template,
            f"通过 {len(waiting)} {self.verdicts.counted}",
            lines=[line(thing) for thing in waiting],
            skipped=len(chosen) - len(waiting),
            back=self.url_of("changelist"),
        )

    def _pass(self, request: SignedInRequest, things: list[Any]) -> HttpResponse:
        seen = dict(value.partition(":")[::2] for value in request.POST.getlist("seen"))
        try:
            done = self.verdicts.pass_many({one: seen.get(str(one.pk), "") for one in things}, by=request.user)
        except Refused as refused:
            self.message_user(request, f"没有办理：{refused}", messages.ERROR)
        else:
            self.message_user(request, f"已通过 {len(done)} {self.verdicts.counted}，已通知参赛者", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))

    # --- Finding --------------------------------------------------------------------------------------------

    def reviewed(self, request: SignedInRequest) -> QuerySet[Any]:
        """What was handed in on the reader's tracks; nobody reviews what is their own."""
        things: Any = self.model._default_manager
        return things.reviewed_by(request.user).filter(entry__track__in=list(own_tracks(request)))

    def one(self, request: SignedInRequest, object_id: str) -> Any:
        """A thing that the reader sees. Raises Http404."""
        return at_home(request, self.visible_or_404(request, object_id))

    def decidable(self, request: SignedInRequest, **which: int) -> Any:
        """A thing to decide about: not visible → 404, not one's own track → 403."""
        found = self.one(request, str(which[self.thing]))
        if not access.reviews(request.user, found.entry):
            raise PermissionDenied
        return found

    def neighbours(self, request: SignedInRequest, thing: Any) -> dict[str, Any]:
        """The waiting ones before and after this one, in the queue's order, and how many wait."""
        line = self.reviewed(request).filter(state="submitted")
        return around(line, thing, thing.submitted_at if thing.state == "submitted" else None)


def at_home(request: SignedInRequest, thing: Any) -> Any:
    """With the track and edition that were read once for this request."""
    thing.entry.track = own_tracks(request)[thing.entry.track_id]
    thing.entry.edition = thing.edition = thing.entry.track.edition
    return thing


def seen_of(request: SignedInRequest) -> str:
    """The mark of what was on the page that the reader comes from."""
    return request.POST.get("seen", "") or request.GET.get("seen", "")


def previewed(request: SignedInRequest, form: forms.Form, letter: Callable[[str], Letter]) -> dict[str, Any]:
    """The notice with the reason just given, which the next POST confirms; nothing before one is given."""
    if request.method != "POST" or {"confirmed", "edit"} & request.POST.keys() or not form.is_valid():
        return {}
    reason = form.cleaned_data["whole"]
    return {"letter": letter(reason), "reason": reason}
