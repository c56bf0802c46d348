"""One work before its track's contact: the files beside what was typed, and the pages that decide."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminDateWidget

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.portal_admin import REASON_MAX, PortalAdmin, reason_field
from tracks.wording import end

from .. import access
from ..services import anonymising, work_verdicts
from ..services.dossier import title_of
from ..services.work_dossier import WorkDossier
from ..services.work_looks import note_look
from ..work_flags import flags_of, leak_words
from ..work_models import Work
from ..work_pages import shown_files, version_page
from .review_filters import own_tracks, short_name
from .review_forms import ReturnForm, UnlockForm
from .unit_people import ReasonForm
from .work_filters import queue

LABELS = {"pass": "通过", "return": "退回补正", "reject": "不通过"}
DONE = {"pass": "已通过", "return": "已退回补正", "reject": "已定为不通过"}
LOOKS_SHOWN = 20


class WorkReasonForm(ReturnForm):
    """Why a work goes back or does not take part."""

    reader = "参赛者"
    where = "哪个文件或哪一栏"


class AnonymousAskForm(forms.Form):
    """Where the names stand, and until when the copy is wanted."""

    until = forms.DateField(
        label="截止（含当天）",
        widget=UnfoldAdminDateWidget(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当天 24:00 截止",
    )
    reason = reason_field("哪里出现了姓名、学校或单位", "会原样发给参赛者")


class WorkReview(PortalAdmin):
    """The page of one work, and the pages that decide."""

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "registrations_work"
        pages = {"pass": self.pass_page, "return": self.return_page, "reject": self.reject_page}
        pages |= {"reconsider": self.reconsider_page, "unlock": self.unlock_page, "anonymous": self.anonymous_page}
        own = [path(f"<int:work>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *super().get_urls()]

    # --- Looking ------------------------------------------------------------------------------------

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The version that counts, or the one asked for; that somebody looked is kept."""
        work = self._work(request, object_id)
        dossier = WorkDossier(work)
        version = self._version(request, work)
        note_look(work, reader=request.user, how="page", version=version)
        shown = version_page(dossier, version)
        copies = anonymising.copies_of(work)
        looks = work.looks.select_related("by", "file__file").order_by("-pk")[:LOOKS_SHOWN]
        return self.page(
            request,
            "registrations/admin/work.html",
            f"审核作品：{shown.version.title or work.number}",
            work=work,
            entry=work.entry,
            entrant=title_of(work.entry),
            track=short_name(work.entry.track),
            category=f"{dossier.category.code} {dossier.category.short_name}",
            shown=shown,
            versions=list(work.versions.order_by("-number")),
            problems=[problem for _, one in shown.files for problem in one.problems],
            flags=flags_of(version, request.user),
            copies=shown_files(dossier, list(copies.values())),
            may_decide=access.reviews(request.user, work.entry),
            deadline=work_verdicts.correction_deadline(work),
            window=dossier.window,
            late=dossier.window.closes and dossier.now >= dossier.window.closes,
            badge=dossier.rulebook.ai.badge if dossier.rulebook.ai and version.ai_used else "",
            looks=looks,
            seen=work_verdicts.mark(work),
            moments=timeline(work),
            back=self.url_of("changelist"),
            **self._neighbours(request, work),
        )

    # --- Deciding -----------------------------------------------------------------------------------

    def pass_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Say what passing does and show the notice, then do it."""
        found = self._decidable(request, work)
        form = forms.Form(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> Work:
            return work_verdicts.pass_work(found, seen=_seen(request), by=request.user)

        return self._decide(request, found, "pass", form, act, letter=work_verdicts.letter(found, "pass"))

    def return_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Ask why; show the notice with the deadline; then return the work."""
        return self._ask_why(request, work, "return", work_verdicts.return_work)

    def reject_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Ask why; show the notice; then say that the work does not take part."""
        return self._ask_why(request, work, "reject", work_verdicts.reject_work)

    def reconsider_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Ask why, then take the verdict back."""
        found = self._decidable(request, work)

        def act(values: dict[str, Any]) -> str:
            work_verdicts.reconsider_work(found, reason=values["reason"], by=request.user)
            return f"{found.number} 已重新列入待审"

        effects = ["作品回到“已提交，待审核”", "不通知参赛者；再次审核后会通知"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"重新审核：{found}",
            button="重新审核", back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def _ask_why(self, request: SignedInRequest, work: int, verb: str, service: Any) -> HttpResponse:
        found = self._decidable(request, work)
        form = WorkReasonForm([found.entry.track_id], request.POST or None)

        def act(values: dict[str, Any]) -> Work:
            return service(found, reason=values["whole"], seen=_seen(request), by=request.user)

        context: dict[str, Any] = {}
        if request.method == "POST" and not {"confirmed", "edit"} & request.POST.keys() and form.is_valid():
            reason = form.cleaned_data["whole"]
            context = {"letter": work_verdicts.letter(found, verb, reason), "reason": reason}
        return self._decide(request, found, verb, form, act, **context)

    def _decide(
        self,
        request: SignedInRequest,
        work: Work,
        verb: str,
        form: forms.Form,
        act: Callable[[dict[str, Any]], Work],
        **context: Any,
    ) -> HttpResponse:
        """context: `letter` to show; with `reason` it is a preview, which the next POST confirms."""
        label, template = LABELS[verb], "registrations/admin/decide.html"
        title, back = f"{label}：{work}", self.url_of("change", work)
        context |= {"effects": _effects(work, verb), "seen": _seen(request) or work_verdicts.mark(work)}
        if "reason" in context or "edit" in request.POST:
            return self.page(request, template, title, form=form, button=label, back=back, **context)
        after = self._neighbours(request, work)["following"]

        def told(values: dict[str, Any]) -> str:
            act(values)
            return f"{work.number} {work}：{DONE[verb]}，已通知参赛者"

        return self.ask(
            request, form, told, title=title, button=label, back=back,
            done=self.url_of("change", after) if after else self.url_of("changelist"), template=template, **context,
        )  # fmt: skip

    # --- More time; the copy without names --------------------------------------------------------------

    def unlock_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Open a work for changes until a day, with a reason."""
        found = self._decidable(request, work)
        window = WorkDossier(found).window

        def act(values: dict[str, Any]) -> str:
            until = _end_of(values["until"])
            work_verdicts.unlock_work(found, until, reason=values["reason"], by=request.user)
            return f"{found.number} 已开放修改到 {end(until)}，已通知参赛者"

        now = f"现在的截止：{end(window.closes)}" if window.closes else "现在没有截止时间"
        effects = [now, "只对这一件作品：到期前可以修改、重新提交；不提交的仍以原来的版本为准", "全队会收到通知"]
        return self.ask(
            request, UnlockForm(request.POST or None), act, title=f"开放修改：{found.number} {found}",
            button="开放修改", back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def anonymous_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Ask for a copy without names."""
        found = self._decidable(request, work)

        def act(values: dict[str, Any]) -> str:
            until = _end_of(values["until"])
            work_verdicts.ask_anonymous(found, until, note=values["reason"], by=request.user)
            return f"已请参赛者在 {end(until)} 前提供匿名版"

        effects = ["参赛者另交一份不含姓名、学校和单位的文字或文件，只给评委看", "原来提交的版本不变，审核状态不变"]
        initial = {"reason": leak_words(found.current)[:REASON_MAX]}
        return self.ask(
            request, AnonymousAskForm(request.POST or None, initial=initial), act,
            title=f"请提供匿名版：{found.number} {found}", button="发出请求",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    # --- Finding ----------------------------------------------------------------------------------------

    def _work(self, request: SignedInRequest, object_id: str) -> Work:
        found: Work = self.visible_or_404(request, object_id)
        found.entry.track = own_tracks(request)[found.entry.track_id]
        found.entry.edition = found.edition = found.entry.track.edition
        return found

    def _decidable(self, request: SignedInRequest, work: int) -> Work:
        """A work to decide about: not visible → 404, not one's own track → 403."""
        found = self._work(request, str(work))
        if not access.reviews(request.user, found.entry):
            raise PermissionDenied
        return found

    def _version(self, request: SignedInRequest, work: Work) -> Any:
        """The version asked for, else the one that counts."""
        wanted = request.GET.get("version", "")
        versions = work.versions.select_related("submitted_by")
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 0
        found = versions.filter(number=number).first() or versions.get(current_of=work)
        found.work = work
        return found

    def _neighbours(self, request: SignedInRequest, work: Work) -> dict[str, Any]:
        """The waiting works before and after this one, in the queue's order, and how many wait."""
        line = queue(Work.objects.reviewed_by(request.user).filter(entry__track__in=list(own_tracks(request))))
        others = line.exclude(pk=work.pk)
        if work.state != "submitted":
            return {"preceding": None, "following": others.first(), "waiting": others.count()}
        later = Q(submitted_at__gt=work.submitted_at) | Q(submitted_at=work.submitted_at, pk__gt=work.pk)
        preceding, following = others.exclude(later).last(), others.filter(later).first()
        return {"preceding": preceding, "following": following, "waiting": others.count() + 1}


def _seen(request: SignedInRequest) -> str:
    """What the work was on the page that the reader comes from; see `work_verdicts.mark`."""
    return request.POST.get("seen", "") or request.GET.get("seen", "")


def _end_of(day: Any) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), BEIJING)


def _effects(work: Work, verb: str) -> list[str]:
    """What a decision brings about, before it is made."""
    effects = [f"作品变为“{Work.STATES.labels[Work.STATES[verb].target]}”，通知全队"]
    if verb == "return":
        until = end(work_verdicts.correction_deadline(work))
        effects.append(f"补正截止：{until}，参赛者可以修改并重新提交")
    if verb == "pass":
        effects.append("作品可以进入评审；截止前参赛者再提交新版本的，需要重新审核")
    return effects
