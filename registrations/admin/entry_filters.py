"""How the entries are narrowed: state, waiting time, channel, kind of the recommending unit."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Min, Q, QuerySet

from .. import states
from ..eligibility_models import having, waiting
from ..entry_models import Entry
from ..models import Unit
from .review_filters import AgeFilter, WaitingFirst

Entries = QuerySet[Entry]
WAITING = "waiting"


def queue(entries: Entries) -> Entries:
    """Those with something for the contact to judge, in the order in which they wait; `since`: from when."""
    since = Min("claims__submitted_at", filter=Q(claims__state="submitted"))
    return waiting(entries).annotate(since=since).order_by("since", "pk")


class EntryStateFilter(WaitingFirst):
    """Of entries: without a choice, those with claims to judge."""

    labels: ClassVar[Mapping[str, str]] = {
        "returned": "补正中", "incomplete": "已认可，等监护人或队员", **states.ENTRY.labels,
    }  # fmt: skip
    others = ("returned", "incomplete", "accepted", "rejected", "draft", "withdrawn")

    def queryset(self, request: Any, queryset: Entries) -> Entries:
        match self.value() or WAITING:
            case "waiting":
                return waiting(queryset)
            case "returned":
                return queryset.filter(having("returned"), ~having("submitted"), state="entered")
            case "incomplete":
                return queryset.filter(having("accepted"), ~having("submitted"), ~having("returned"), state="entered")
            case "all":
                return queryset
            case state:
                return queryset.filter(state=state)


class EntryAgeFilter(AgeFilter):
    """How long the claim has waited that has waited longest."""

    since = "waiting_since"


class ChannelFilter(admin.SimpleListFilter):
    """By which gate an entry came (G29)."""

    title = "通道"
    parameter_name = "channel"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("claim", "单位推荐"), ("register", "自主报名")]

    def queryset(self, request: Any, queryset: Entries) -> Entries:
        return queryset.filter(row__isnull=self.value() == "register") if self.value() else queryset


class UnitKindFilter(admin.SimpleListFilter):
    """By the kind of the recommending unit; one unit is found by searching its name."""

    title = "推荐单位类型"
    parameter_name = "unit_kind"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return Unit.KINDS

    def queryset(self, request: Any, queryset: Entries) -> Entries:
        return queryset.filter(row__recommendation__unit__kind=self.value()) if self.value() else queryset
