"""One entry before its track's contact: who, by whose recommendation, on what evidence; and each claim's verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.files.papers import load_pages
from core.portal_admin import PortalAdmin
from core.problems import Problem, Refused
from tracks.rulebook.contest import Condition
from tracks.wording import end

from .. import access
from ..claim_forms import told
from ..eligibility_models import EligibilityClaim
from ..entry_models import Entry
from ..services import claiming, entering, verdicts
from ..services.dossier import Dossier
from ..services.stamping import Stamp
from .entry_filters import queue
from .entry_people import REVEALS, people_of
from .review_filters import around, own_tracks, short_name
from .review_forms import ClaimReasonForm, MergeForm, UnlockForm
from .unit_people import ReasonForm
from .verdict_pages import previewed, seen_of

LABELS = {"accept": "认可", "return": "退回补正", "reject": "不认可"}
DONE = {"accept": "已认可", "return": "已退回补正", "reject": "已定为不认可"}


@dataclass(frozen=True)
class Shown:
    """A claim as the contact judges it."""

    claim: EligibilityClaim
    condition: Condition | None
    honour: str
    problems: list[Problem]
    seen: str
    key: bool  # the keyboard acts upon it: the first that waits


class EntryReview(PortalAdmin):
    """The page of one entry, and the pages that decide."""

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "registrations_entry"
        pages = {"accept": self.accept_page, "return": self.return_page, "reject": self.reject_page}
        pages |= {"reconsider": self.reconsider_page}
        own = [
            path(f"<int:entry>/claims/<int:claim>/{word}/", wrap(page), name=f"{name}_{word}")
            for word, page in pages.items()
        ]
        own += [
            path(
                f"<int:entry>/people/<int:member>/{what}/", wrap(partial(self.reveal_page, what)), name=f"{name}_{what}"
            )
            for what in REVEALS
        ]
        own.append(path("<int:entry>/unlock/", wrap(self.unlock_page), name=f"{name}_unlock"))
        own.append(path("<int:entry>/merge/", wrap(self.merge_page), name=f"{name}_merge"))
        return [*own, *super().get_urls()]

    # --- Looking ------------------------------------------------------------------------------------

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """All that helps to decide; the entry changes only through the buttons."""
        return self._look(request, self._entry(request, object_id))

    def reveal_page(self, what: str, request: SignedInRequest, entry: int, member: int) -> HttpResponse:
        """The same page with one private fact in full, once; that somebody looked stands in 办理记录."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = self._decidable(request, entry)
        person = get_object_or_404(found.people.filter(left_at=None).select_related("user", "birth"), pk=member)
        try:
            return self._look(request, found, (person.pk, what, REVEALS[what](person, request.user)))
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(self.url_of("change", found))

    def _look(
        self, request: SignedInRequest, entry: Entry, revealed: tuple[int, str, str] = (0, "", "")
    ) -> HttpResponse:
        dossier = Dossier(entry)
        shown = _shown(dossier)
        lacking = verdicts.waiting_for(dossier) if entry.state == "entered" else []
        stamp = Stamp(entry.row.recommendation) if entry.row else None
        load_pages(scan.file for scan in (stamp.valid if stamp else []))
        return self.page(
            request,
            "registrations/admin/entry.html",
            f"审核报名：{dossier.title}",
            entry=entry,
            dossier=dossier,
            track=short_name(entry.track),
            categories="、".join(f"{code} {dossier.categories.get(code, '')}".strip() for code in entry.categories),
            people=people_of(dossier, revealed),
            shown=shown,
            stamp=stamp,
            waiting_for=lacking,
            may_decide=access.reviews(request.user, entry),
            deadline=verdicts.correction_deadline(entry),
            moments=timeline(entry, *(one.claim for one in shown), *dossier.people),
            back=self.url_of("changelist"),
            **self._neighbours(request, entry),
        )

    # --- Deciding about a claim -----------------------------------------------------------------------

    def accept_page(self, request: SignedInRequest, entry: int, claim: int) -> HttpResponse:
        """Say what accepting does and show the notice, then do it."""
        found = self._claim(request, entry, claim)
        form = forms.Form(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> Entry:
            return verdicts.accept_claim(found, seen=seen_of(request), by=request.user)

        return self._decide(request, found, "accept", form, act, letter=verdicts.letter(found, "accept"))

    def return_page(self, request: SignedInRequest, entry: int, claim: int) -> HttpResponse:
        """Ask why; show the notice with the deadline; then return the claim."""
        return self._ask_why(request, entry, claim, "return", verdicts.return_claim)

    def reject_page(self, request: SignedInRequest, entry: int, claim: int) -> HttpResponse:
        """Ask why; show the notice; then say that the condition is not met."""
        return self._ask_why(request, entry, claim, "reject", verdicts.reject_claim)

    def reconsider_page(self, request: SignedInRequest, entry: int, claim: int) -> HttpResponse:
        """Ask why, then take the verdict back."""
        found = self._claim(request, entry, claim)
        back = self.url_of("change", found.entry)

        def act(values: dict[str, Any]) -> str:
            verdicts.reconsider(found, reason=values["reason"], by=request.user)
            return "已重新列入待审"

        effects = ["这一条回到“待审核”，报名回到“已提交，待审核”", "不通知参赛者；再次审核后会通知"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"重新审核：{_text(found)}",
            button="重新审核", back=back, effects=effects,
        )  # fmt: skip

    def _ask_why(self, request: SignedInRequest, entry: int, claim: int, verb: str, service: Any) -> HttpResponse:
        found = self._claim(request, entry, claim)
        form = ClaimReasonForm([found.entry.track_id], request.POST or None, verb=verb)

        def act(values: dict[str, Any]) -> Entry:
            return service(found, reason=values["whole"], seen=seen_of(request), by=request.user)

        context = previewed(request, form, partial(verdicts.letter, found, verb))
        return self._decide(request, found, verb, form, act, **context)

    def _decide(
        self,
        request: SignedInRequest,
        claim: EligibilityClaim,
        verb: str,
        form: forms.Form,
        act: Callable[[dict[str, Any]], Entry],
        **context: Any,
    ) -> HttpResponse:
        """context: `letter` to show; with `reason` it is a preview, which the next POST confirms."""
        entry, label, template = claim.entry, LABELS[verb], "registrations/admin/decide.html"
        dossier, title, back = Dossier(entry), f"{label}：{_text(claim)}", self.url_of("change", entry)
        context |= {"effects": _effects(dossier, claim, verb), "seen": seen_of(request) or verdicts.mark(claim)}
        if "reason" in context or "edit" in request.POST:
            return self.page(request, template, title, form=form, button=label, back=back, **context)
        after = self._neighbours(request, entry)["following"]
        more = any(other.state == "submitted" and other != claim for other in dossier.claims)
        stays = more and verdicts.outcome(dossier, [claim.condition], verb) is None
        following = self.url_of("change", after) if after else self.url_of("changelist")
        return self.ask(
            request, form, lambda values: f"{entry.number} {dossier.title}：{_done(act(values), verb)}",
            title=title, button=label, back=back, done=back if stays else following, template=template, **context,
        )  # fmt: skip

    # --- More time --------------------------------------------------------------------------------------

    def unlock_page(self, request: SignedInRequest, entry: int) -> HttpResponse:
        """Open a closed entry for changes until a day, with a reason; a contact opens a draft without reading it."""
        unread = Entry.objects.unread(request.user).filter(pk=entry).first()
        found = unread or self._decidable(request, entry)
        dossier = Dossier(found)
        window = dossier.window
        back = self.url_of("changelist") if unread else self.url_of("change", found)

        def act(values: dict[str, Any]) -> str:
            until = datetime.combine(values["until"] + timedelta(days=1), time(), BEIJING)
            entering.unlock_entry(found, until, reason=values["reason"], by=request.user)
            return f"{found.number} 已开放修改到 {end(until)}，已通知参赛者"

        now = f"现在的截止：{end(window.closes)}" if window.closes else "现在没有截止时间"
        effects = [
            now,
            "只对这一份报名：到期前可以修改报名信息、队员和参赛条件",
            "参赛者会收到通知，写明时间和理由",
        ]
        return self.ask(
            request, UnlockForm(request.POST or None), act, button="开放修改", back=back, effects=effects,
            title=f"开放修改：{found.number}" if unread else f"开放修改：{found.number} {dossier.title}",
        )  # fmt: skip

    # --- Twice the same person ----------------------------------------------------------------------------

    def merge_page(self, request: SignedInRequest, entry: int) -> HttpResponse:
        """The organiser makes one entry of two (Q8)."""
        keep = self._entry(request, str(entry))
        if not request.user.is_superuser:
            raise PermissionDenied

        def act(values: dict[str, Any]) -> str:
            drop: Entry = values["drop"]
            claiming.merge(keep, drop, reason=values["reason"], by=request.user)
            return f"{drop.number} 已并入 {keep.number}"

        effects = [
            f"保留这一份：{keep.number} {Dossier(keep).title}",
            "另一份退出比赛，它的推荐名额和这一份没有的资格材料转过来，资格材料重新审核",
            "并入的那一份会收到退出的通知，这一步不能撤销",
        ]
        return self.ask(
            request, MergeForm(request.POST or None), act, title=f"合并重复报名：{keep.number}",
            button="合并", back=self.url_of("change", keep), effects=effects,
        )  # fmt: skip

    # --- Finding ----------------------------------------------------------------------------------------

    def _entry(self, request: SignedInRequest, object_id: str) -> Entry:
        found: Entry = self.visible_or_404(request, object_id)
        found.track = own_tracks(request)[found.track_id]
        found.edition = found.track.edition
        return found

    def _decidable(self, request: SignedInRequest, entry: int) -> Entry:
        """An entry to decide about: not visible → 404, not one's own track → 403."""
        found = self._entry(request, str(entry))
        if not access.reviews(request.user, found):
            raise PermissionDenied
        return found

    def _claim(self, request: SignedInRequest, entry: int, claim: int) -> EligibilityClaim:
        """One of its claims that was sent in."""
        found = self._decidable(request, entry)
        sent = EligibilityClaim.objects.visible_to(request.user).filter(entry=found, submitted_at__isnull=False)
        one = sent.filter(pk=claim).select_related("file", "honour").first()
        if one is None:
            raise Http404
        one.entry = found
        return one

    def _neighbours(self, request: SignedInRequest, entry: Entry) -> dict[str, Any]:
        """The waiting entries before and after this one, in the queue's order, and how many wait."""
        line: Any = queue(Entry.objects.filter(track__in=list(own_tracks(request))))
        return around(line, entry, line.filter(pk=entry.pk).values_list("since", flat=True).first(), "since")


def _shown(dossier: Dossier) -> list[Shown]:
    """What was sent in, with what the rules say of it."""
    conditions = {condition.code: condition for condition in dossier.conditions}
    titles = {title.code: title.name for title in dossier.rulebook.honours}
    sent = [claim for claim in dossier.claims if claim.submitted_at]
    load_pages(claim.file for claim in sent)
    first = next((claim for claim in sent if claim.state == "submitted"), None)
    for claim in sent:
        claim.entry = dossier.entry
    return [
        Shown(
            claim=claim,
            condition=conditions.get(claim.condition),
            honour=told(claim.honour, titles) if claim.honour else "",
            problems=dossier.claim_problems(claim),
            seen=verdicts.mark(claim),
            key=claim == first,
        )
        for claim in sent
    ]


def _text(claim: EligibilityClaim) -> str:
    """The condition's own words."""
    conditions = Dossier(claim.entry).conditions
    return next((condition.text for condition in conditions if condition.code == claim.condition), claim.condition)


def _effects(dossier: Dossier, claim: EligibilityClaim, verb: str) -> list[str]:
    """What a decision brings about, before it is made."""
    came = verdicts.outcome(dossier, [claim.condition], verb)
    effects = [f"“{_text(claim)}”变为“{EligibilityClaim.STATES.labels[EligibilityClaim.STATES[verb].target]}”"]
    if verb == "return":
        effects.append(f"补正截止：{end(verdicts.correction_deadline(claim.entry))}，参赛者可以修改这一条")
    team = dossier.entry.kind == "team"
    if came:
        told = "通知全队" if team else "通知参赛者"
        return [*effects, f"报名变为“{'资格已通过' if came == 'accept' else '资格未通过'}”，{told}"]
    missing = verdicts.waiting_for(dossier) if verb == "accept" else []
    effects += [f"报名还不能通过：{problem.message}" for problem in missing]
    if missing:
        effects.append("这些办好后，报名自动变为“资格已通过”")
    return [*effects, "通知队伍代表" if team else "通知参赛者"]


def _done(entry: Entry, verb: str) -> str:
    return DONE[verb] if entry.state == "entered" else f"{DONE[verb]}，报名现在是“{entry.get_state_display()}”"
