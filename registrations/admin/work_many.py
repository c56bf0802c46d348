"""Many works at once: what would pass is shown before it does."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin
from core.problems import Refused

from ..services import work_verdicts
from ..services.dossier import title_of
from ..services.work_dossier import WorkDossier
from ..work_models import Work
from ..work_pages import version_page
from .review_filters import own_tracks

MOST = 50


class ManyWorks(PortalAdmin):
    """The action over chosen works."""

    @admin.action(description="通过所选作品…")
    def pass_works(self, request: SignedInRequest, queryset: QuerySet[Work]) -> HttpResponse:
        """List the works with their files; with `confirmed`, pass all or none."""
        chosen = list(queryset.order_by("submitted_at", "pk")[: MOST + 1])
        for work in chosen:
            work.entry.track = own_tracks(request)[work.entry.track_id]
            work.entry.edition = work.edition = work.entry.track.edition
        waiting = [work for work in chosen if work.state == "submitted"][:MOST]
        if "confirmed" in request.POST and waiting:
            return self._pass(request, waiting)
        return self.page(
            request,
            "registrations/admin/many_works.html",
            f"通过 {len(waiting)} 件作品",
            lines=[_line(work) for work in waiting],
            skipped=len(chosen) - len(waiting),
            back=self.url_of("changelist"),
        )

    def _pass(self, request: SignedInRequest, works: list[Work]) -> HttpResponse:
        seen = dict(value.partition(":")[::2] for value in request.POST.getlist("seen"))
        try:
            done = work_verdicts.pass_works({work: seen.get(str(work.pk), "") for work in works}, by=request.user)
        except Refused as refused:
            self.message_user(request, f"没有办理：{refused}", messages.ERROR)
        else:
            self.message_user(request, f"已通过 {len(done)} 件作品，已通知参赛者", messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))


def _line(work: Work) -> dict[str, Any]:
    """A work with what is in it."""
    current = work.versions.get(current_of=work)
    current.work = work
    page = version_page(WorkDossier(work), current)
    problems = [problem for _, one in page.files for problem in one.problems]
    return {
        "work": work,
        "entrant": title_of(work.entry),
        "files": page.files,
        "problems": problems,
        "seen": work_verdicts.mark(work),
    }
