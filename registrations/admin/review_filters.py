"""How the review queue is narrowed: state, waiting time, track, category."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet, Value

from core import clock
from tracks.models import Edition, Track

from .. import states
from ..attention import OVERDUE
from ..models import RecommendationRow


def short_name(track: Track) -> str:
    """科普工作者赛道: the rulebook's short name, since full ones fill a line."""
    return next((known.short_name for known in track.edition.rulebook.tracks if known.code == track.code), track.name)


def own_tracks(request: Any) -> dict[int, Track]:
    """The reader's tracks by key, with their editions (whose texts are long); read once a request."""
    if not hasattr(request, "own_tracks"):
        tracks = Track.objects.visible_to(request.user).select_related("edition")
        request.own_tracks = {track.pk: track for track in tracks}
    found: dict[int, Track] = request.own_tracks
    return found


def around(line: QuerySet[Any], thing: Any, since: datetime | None, field: str = "submitted_at") -> dict[str, Any]:
    """Of those that wait in line, the one before this thing and the one after it (with their keys alone), and how many
    wait; two queries.

    since: this thing's own value of the field that the line goes by; None when it does not wait: the first comes next.
    """
    others = line.exclude(pk=thing.pk).order_by(field, "pk")
    later = Q(**{f"{field}__gt": since}) | Q(**{field: since, "pk__gt": thing.pk}) if since else Q()
    keys = _side(others.filter(later), "following")
    if since:
        keys = keys.union(_side(others.exclude(later).reverse(), "preceding"))
    found = {side: type(thing)(pk=key) for side, key in keys}
    return {"preceding": None, "following": None, "waiting": line.count()} | found


def _side(line: QuerySet[Any], side: str) -> QuerySet[Any, tuple[str, int]]:
    return line.annotate(side=Value(side)).values_list("side", "pk")[:1]


class WaitingFirst(admin.SimpleListFilter):
    """What waits comes first: without a choice, only what was submitted."""

    title = "状态"
    parameter_name = "state"
    labels: ClassVar[Mapping[str, str]]  # of the states
    others: ClassVar[Sequence[str]]  # states to choose from beside the one that waits

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "全部"), *((state, self.labels[state]) for state in self.others)]

    def choices(self, changelist: Any) -> Any:
        """“全部” stands for no filter elsewhere; here it is “待审”."""
        plain = changelist.get_query_string(remove=[self.parameter_name])
        for choice in super().choices(changelist):
            yield choice | ({"display": "待审"} if choice["query_string"] == plain else {})

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or "submitted"
        return queryset if value == "all" else queryset.filter(state=value)


class StateFilter(WaitingFirst):
    """Of rows."""

    labels = states.ROW.labels
    others = tuple(state for state in states.SEEN_BY_CONTACT if state != "submitted")


class AgeFilter(admin.SimpleListFilter):
    """How long a row has waited."""

    title = "已等"
    parameter_name = "age"
    since: ClassVar[str] = "submitted_at"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("late", f"超过 {OVERDUE.days} 天"), ("fresh", f"不到 {OVERDUE.days} 天")]

    def queryset(self, request: Any, queryset: QuerySet[RecommendationRow]) -> QuerySet[RecommendationRow]:
        match self.value():
            case "late":
                return queryset.filter(**{f"{self.since}__lt": clock.now() - OVERDUE})
            case "fresh":
                return queryset.filter(**{f"{self.since}__gte": clock.now() - OVERDUE})
            case _:
                return queryset


class TrackFilter(admin.SimpleListFilter):
    """The reader's own tracks."""

    title = "赛道"
    parameter_name = "track"
    column: ClassVar[str] = "track_id"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(track.pk), short_name(track)) for track in own_tracks(request).values()]

    def queryset(self, request: Any, queryset: QuerySet[RecommendationRow]) -> QuerySet[RecommendationRow]:
        value = self.value() or ""
        return queryset.filter(**{self.column: int(value)}) if value.isdigit() else queryset


class EntryTrackFilter(TrackFilter):
    """The same for what belongs to an entry."""

    column = "entry__track_id"


class CategoryFilter(admin.SimpleListFilter):
    """报名类别 of the current edition."""

    title = "报名类别"
    parameter_name = "category"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        edition = Edition.objects.current()
        return [(c.code, f"{c.code} {c.name}") for c in edition.categories.all()] if edition else []

    def queryset(self, request: Any, queryset: QuerySet[RecommendationRow]) -> QuerySet[RecommendationRow]:
        return queryset.filter(categories__contains=[self.value()]) if self.value() else queryset
