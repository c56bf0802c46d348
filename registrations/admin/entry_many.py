"""Many entries at once: first the list with what would be accepted, then the deed. What changed meanwhile is left."""

from collections import defaultdict
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin
from core.problems import Refused

from ..eligibility_models import waiting
from ..entry_models import Entry
from ..services import verdicts
from ..services.dossier import Dossier
from .review_filters import own_tracks


class ManyEntries(PortalAdmin):
    """The action below the list."""

    @admin.action(description="认可所选报名的待审条件", permissions=["view"])
    def accept_entries(self, request: SignedInRequest, queryset: QuerySet[Entry]) -> HttpResponse:
        """Show every claim that waits in the chosen entries; accept them all."""
        chosen = queryset.values("pk")
        entries = list(waiting(Entry.objects.filter(pk__in=chosen)).order_by("entered_at", "pk"))
        for entry in entries:
            entry.track = own_tracks(request)[entry.track_id]
            entry.edition = entry.track.edition
        if "confirmed" in request.POST:
            return self._accept(request, entries)
        return self.page(
            request,
            "registrations/admin/many_entries.html",
            f"认可所选 {len(entries)} 份报名的待审条件",
            lines=[_line(entry) for entry in entries],
            skipped=len(request.POST.getlist("_selected_action")) - len(entries),
            back=self.url_of("changelist"),
        )

    def _accept(self, request: SignedInRequest, entries: list[Entry]) -> HttpResponse:
        seen = _seen(request)
        done: list[Entry] = []
        for entry in entries:
            try:
                done.append(verdicts.accept_claims(entry, seen[entry.pk], by=request.user))
            except Refused as refused:
                self.message_user(request, f"{entry.number}：{refused}", messages.WARNING)
        if done:
            accepted = sum(entry.state == "accepted" for entry in done)
            words = f"已认可 {len(done)} 份报名的条件，其中 {accepted} 份资格通过；已通知参赛者"
            self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(self.url_of("changelist"))


def _line(entry: Entry) -> dict[str, Any]:
    """An entry with the claims that wait in it, and what it would come to."""
    dossier = Dossier(entry)
    texts = {condition.code: condition.text for condition in dossier.conditions}
    claims = [claim for claim in dossier.claims if claim.state == "submitted"]
    for claim in claims:
        claim.entry = entry
    came = verdicts.outcome(dossier, [claim.condition for claim in claims], "accept")
    return {
        "entry": entry,
        "title": dossier.title,
        "claims": [(texts.get(claim.condition, claim.condition), claim) for claim in claims],
        "marks": [f"{entry.pk}:{claim.pk}:{verdicts.mark(claim)}" for claim in claims],
        "accepted": came == "accept",
        "waits": [] if came else verdicts.waiting_for(dossier),
    }


def _seen(request: SignedInRequest) -> defaultdict[int, dict[int, str]]:
    """What each claim said when it was listed: entry → claim → its mark."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for value in request.POST.getlist("seen"):
        entry, _, rest = value.partition(":")
        claim, _, mark = rest.partition(":")
        if entry.isdecimal() and claim.isdecimal():
            found[int(entry)][int(claim)] = mark
    return found
