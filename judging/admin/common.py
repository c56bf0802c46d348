"""What the rooms of a round's admin share."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import RelatedFieldListFilter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import PortalAdmin

from ..access import runs
from ..models import Round
from .forms import NoteForm, WindowForm


class RoundFilter(RelatedFieldListFilter):
    """Rounds to choose from, read together with what their names are made of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(round_.pk), str(round_)) for round_ in Round.objects.select_related("category", "track")]


class RoundRoom(PortalAdmin):
    """Finding a round and who may do what with it: not visible → 404, not able → 403."""

    def seen(self, request: SignedInRequest, round: int) -> Round:
        """A round of this member of staff's."""
        found: Round = self.visible_or_404(request, str(round))
        return found

    def run(self, request: SignedInRequest, round: int) -> Round:
        """A round that the organiser runs."""
        found = self.seen(request, round)
        if not runs(request.user, found):
            raise PermissionDenied
        return found

    def note(self, request: SignedInRequest) -> forms.Form:
        """Asks for a reason that may stay empty."""
        return NoteForm(request.POST if request.method == "POST" else None)

    def window_form(self, request: SignedInRequest, initial: dict[str, Any]) -> forms.Form:
        """Asks when."""
        return WindowForm(request.POST if request.method == "POST" else None, initial=initial)

    def moments_of(self, round_: Round) -> Sequence[Any]:
        """The round's own deeds and those of its plans and unlocks."""
        return timeline(round_, *round_.plans.all()[:20], *round_.unlocks.all()[:20])

    def plain(self, request: SignedInRequest) -> forms.Form:
        """A form that asks nothing but the click."""
        return forms.Form(request.POST if request.method == "POST" else None)
