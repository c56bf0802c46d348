"""Many works at once: what would pass is shown before it does."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse

from core.accounts.requests import SignedInRequest

from ..services import work_verdicts
from ..services.dossier import title_of
from ..services.work_dossier import WorkDossier
from ..work_models import Work
from ..work_pages import version_page
from .verdict_pages import VerdictPages


class ManyWorks(VerdictPages):
    """The action over chosen works."""

    @admin.action(description="通过所选作品…")
    def pass_works(self, request: SignedInRequest, queryset: QuerySet[Work]) -> HttpResponse:
        """List the works with their files; with `confirmed`, pass all or none."""
        return self.pass_chosen(request, queryset, "registrations/admin/many_works.html", _line)


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
