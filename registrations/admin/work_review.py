"""One work before its track's contact: the files beside what was typed, and the pages that decide."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminDateWidget

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.portal_admin import REASON_MAX, reason_field
from tracks.wording import end

from .. import access
from ..services import anonymising, work_verdicts
from ..services.work_dossier import WorkDossier
from ..services.work_looks import note_look
from ..work_flags import flags_of, leak_words
from ..work_models import Work, WorkVersion
from ..work_pages import shown_files, version_page
from .review_filters import own_tracks, short_name
from .review_forms import ReturnForm, UnlockForm
from .verdict_pages import VerdictPages, Verdicts, at_home

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


def _effects(work: Work, verb: str) -> list[str]:
    """What a decision brings about, before it is made."""
    effects = [f"作品变为“{Work.STATES.labels[Work.STATES[verb].target]}”，通知全队"]
    if verb == "return":
        until = end(work_verdicts.correction_deadline(work))
        effects.append(f"补正截止：{until}，参赛者可以修改并重新提交")
    if verb == "pass":
        effects.append("作品可以进入评审；截止前参赛者再提交新版本的，需要重新审核")
    return effects


class WorkReview(VerdictPages):
    """The page of one work, and the pages that decide."""

    thing = "work"
    verdicts = Verdicts(
        services={
            "pass": work_verdicts.pass_work,
            "return": work_verdicts.return_work,
            "reject": work_verdicts.reject_work,
        },
        reconsider=work_verdicts.reconsider_work,
        pass_many=work_verdicts.pass_works,
        mark=work_verdicts.mark,
        letter=work_verdicts.letter,
        effects=_effects,
        anew=("作品回到“已提交，待审核”", "不通知参赛者；再次审核后会通知"),
        form=WorkReasonForm,
        counted="件作品",
    )

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "registrations_work"
        pages = {"unlock": self.unlock_page, "anonymous": self.anonymous_page}
        own = [path(f"<int:work>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *self.verdict_urls(), *super().get_urls()]

    # --- Looking ------------------------------------------------------------------------------------

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The version that counts, or the one asked for; that somebody looked is kept."""
        work = self.one(request, object_id)
        dossier = WorkDossier(work)
        versions = list(work.versions.select_related("submitted_by", "examination").order_by("-number"))
        version = _wanted(request, work, versions)
        note_look(work, reader=request.user, how="page", version=version, stranger=True)
        shown = version_page(dossier, version)
        copies = anonymising.copies_of(work, dossier)
        looks = work.looks.select_related("by", "file__file").order_by("-pk")[:LOOKS_SHOWN]
        return self.page(
            request,
            "registrations/admin/work.html",
            f"审核作品：{shown.version.title or work.number}",
            work=work,
            entry=work.entry,
            entrant=work.entry.team_name or work.representative or work.entry.number,
            track=short_name(work.entry.track),
            category=f"{dossier.category.code} {dossier.category.short_name}",
            shown=shown,
            versions=versions,
            problems=[problem for _, one in shown.files for problem in one.problems],
            flags=flags_of(version, request.user, shown.names),
            copies=shown_files(dossier, list(copies.values())),
            may_decide=access.reviews(request.user, work.entry),
            deadline=work_verdicts.correction_deadline(work, dossier.now),
            window=dossier.window,
            late=dossier.window.closes and dossier.now >= dossier.window.closes,
            badge=dossier.rulebook.ai.badge if dossier.rulebook.ai and version.ai_used else "",
            looks=looks,
            seen=work_verdicts.mark(work),
            moments=timeline(work),
            back=self.url_of("changelist"),
            **self.neighbours(request, work),
        )

    # --- More time; the copy without names --------------------------------------------------------------

    def unlock_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Open a work for changes until a day, with a reason; a draft, too, without reading it."""
        own = Work.objects.filter(entry__track__in=list(own_tracks(request)))
        unread = own.unread(request.user).select_related("entry").filter(pk=work).first()
        found = at_home(request, unread) if unread else self.decidable(request, work=work)
        back = self.url_of("changelist") if unread else self.url_of("change", found)
        window = WorkDossier(found).window

        def act(values: dict[str, Any]) -> str:
            until = _end_of(values["until"])
            work_verdicts.unlock_work(found, until, reason=values["reason"], by=request.user)
            return f"{found.number} 已开放修改到 {end(until)}，已通知参赛者"

        now = f"现在的截止：{end(window.closes)}" if window.closes else "现在没有截止时间"
        effects = [now, "只对这一件作品：到期前可以修改、重新提交；不提交的仍以原来的版本为准", "全队会收到通知"]
        return self.ask(
            request, UnlockForm(request.POST or None), act, button="开放修改", back=back, effects=effects,
            title=f"开放修改：{found.number}" if unread else f"开放修改：{found.number} {found}",
        )  # fmt: skip

    def anonymous_page(self, request: SignedInRequest, work: int) -> HttpResponse:
        """Ask for a copy without names."""
        found = self.decidable(request, work=work)

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


def _wanted(request: SignedInRequest, work: Work, versions: Sequence[WorkVersion]) -> WorkVersion:
    """The version asked for, else the one that counts."""
    wanted = request.GET.get("version", "")
    chosen = [one for one in versions if str(one.number) == wanted]
    (found,) = chosen or [one for one in versions if one.pk == work.current_id]
    found.work = work
    return found


def _end_of(day: Any) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), BEIJING)
