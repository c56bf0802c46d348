"""推选参赛 before contacts: the list of a theme and track, adjusted with a reason, published."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import PortalAdmin
from core.sheets import write_xlsx
from registrations.admin.uploads import workbook
from registrations.entry_models import Entry
from tracks.models import Track

from ..models import Season
from ..services import advancing
from ..services.training_facts import trained
from ..training_access import answers_for, runs_theme
from ..training_sheets import ADVANCE, advance_rows
from .training_forms import AdjustForm


class SeenForm(forms.Form):
    """What the reader has before them."""

    seen = forms.CharField(widget=forms.HiddenInput)


class ThemeAdvancing(PortalAdmin):
    """A room of the theme's admin."""

    def theme_run(self, request: SignedInRequest, season: int) -> Season:
        """A theme for which this member of staff opens courses."""
        found: Season = self.visible_or_404(request, str(season))
        if not runs_theme(request.user, found):
            raise PermissionDenied
        return found

    def told(self, theme: Season) -> Sequence[Any]:
        """The theme's own deeds."""
        return timeline(theme)

    def advance_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """The tracks of this member of staff, with how many would go on."""
        found = self.theme_run(request, season)
        lines = trained(found, mine := self._tracks(request, found))
        tracks = []
        for track in mine:
            own = [line for line in lines if line.entry.track_id == track.pk]
            tracks.append((track, len(own), sum(one.goes for one in own), sum(one.published for one in own)))
        return self.page(
            request, "seasons/admin/advance.html", f"推选参赛：{found}", theme=found, tracks=tracks,
            rule=found.edition.rulebook.training, back=self.url_of("change", found),
        )  # fmt: skip

    def track_page(self, request: SignedInRequest, season: int, track: int) -> HttpResponse:
        """The list with its reasons; a POST publishes what was seen."""
        found, mine = self._track(request, season, track)
        lines = trained(found, [mine])
        mark = advancing.seen_mark(lines)
        form = SeenForm(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            made = advancing.publish(found, mine, seen=values["seen"], by=request.user)
            going = sum(one.goes for one in made)
            return f"已公布 {len(made)} 份，其中推选参赛 {going} 份；已通知本人，审核通过的作品已列入评审"

        waiting = [line for line in lines if not line.published]
        return self.ask(
            request, form, act, title=f"推选参赛：{mine.name}", button=f"公布（{len(waiting)} 份）",
            back=self.url_of("advance", found), done=self._address(found, mine),
            template="seasons/admin/advance_track.html", theme=found, track=mine, lines=lines, mark=mark,
            waiting=waiting, going=sum(line.goes for line in waiting),
            problems=advancing.readiness(found, mine),
        )  # fmt: skip

    def adjust_page(self, request: SignedInRequest, season: int, entry: int) -> HttpResponse:
        """Decide of one entry otherwise than the rule."""
        found = self.theme_run(request, season)
        visible = Entry.objects.visible_to(request.user).filter(edition=found.edition_id)
        one = get_object_or_404(visible.select_related("track"), pk=entry)
        if not answers_for(request.user, one):
            raise PermissionDenied
        line = next(iter(trained(found, only=one)), None)
        form = AdjustForm(
            request.POST if request.method == "POST" else None,
            initial={"goes": "0" if line and line.goes else "1"},
        )

        def act(values: dict[str, Any]) -> str:
            goes = values["goes"] == "1"
            advancing.adjust(found, one, goes, reason=values["reason"], by=request.user)
            return f"{line.title if line else one}：{'推选参赛' if goes else '不推选'}"

        effects = [f"按规则：{line.verdict.why}，{'推选' if line.verdict.goes else '不推选'}"] if line else []
        if line and line.published:
            effects.append("已经公布：改动立即生效并通知本人；推选的，审核通过的作品列入评审")
        return self.ask(
            request, form, act, title=f"调整推选：{line.title if line else one}", button="保存",
            back=self._address(found, one.track), effects=effects,
        )  # fmt: skip

    def export_page(self, request: SignedInRequest, season: int, track: int) -> HttpResponse:
        """The list as a workbook; without phones."""
        found, mine = self._track(request, season, track)
        content = write_xlsx(ADVANCE, advance_rows(trained(found, [mine])), title=f"{found} {mine.name}", sheet="推选")
        return workbook(content, f"推选参赛-{mine.name}.xlsx")

    def _tracks(self, request: SignedInRequest, theme: Season) -> list[Track]:
        tracks = theme.edition.tracks.all()
        if not request.user.is_superuser:
            tracks = tracks.filter(pk__in=request.user.track_contacts.values("track"))
        return list(tracks)

    def _track(self, request: SignedInRequest, season: int, track: int) -> tuple[Season, Track]:
        found = self.theme_run(request, season)
        mine = get_object_or_404(found.edition.tracks, pk=track)
        if mine not in self._tracks(request, found):
            raise PermissionDenied
        return found, mine

    def _address(self, theme: Season, track: Track) -> str:
        return f"{self.url_of('advance', theme)}{track.pk}/"
