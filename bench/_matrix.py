"""Whom and what to ask every page about: a cast drawn from a rehearsed year, the same roles as in tests/test_access."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from awards.models import AwardList, Certificate, CertificateBatch, Objection
from core.accounts.models import User
from judging.models import Assignment, Judge, Round, Session
from registrations.entry_models import Entry, Member
from registrations.models import Officer, RecommendationRow, StampedScan, Workbook
from registrations.work_models import Work, WorkFile
from seasons.models import (
    Course,
    Dispute,
    Force,
    Ladder,
    Material,
    Need,
    Placement,
    PointEntry,
    PointSnapshot,
    Season,
    ServicePhoto,
    ServiceRecord,
    Venue,
)
from tracks.models import Edition, TrackContact


@cache
def addresses() -> dict[str, tuple[str, ...]]:
    """Name → its arguments, of every address that has a name."""

    def walk(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                if pattern.name:
                    yield f"{namespace}{pattern.name}", tuple(pattern.pattern.regex.groupindex)
            else:
                yield from walk(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""))

    return dict(walk(get_resolver()))


def _richest(rows: QuerySet, *related: str) -> Any:
    """Whoever has most of what hangs on it."""
    counted = {f"n_{one}": Count(one, distinct=True) for one in related}
    return rows.annotate(**counted).order_by(*(f"-{name}" for name in counted), "pk").first()


@dataclass(frozen=True)
class Cast:
    """One person a role, and what belongs to them."""

    edition: Edition

    @cached_property
    def entry(self) -> Entry:
        """With most points, works and people."""
        found: Entry = _richest(Entry.objects.filter(edition=self.edition), "points", "works", "people")
        return found

    @cached_property
    def office(self) -> Officer:
        """Of the unit with most rows."""
        found: Officer = _richest(Officer.objects.all(), "unit__recommendations__rows")
        return found

    @cached_property
    def people(self) -> dict[str, User | None]:
        """Role → account."""
        judge = _richest(Judge.objects.filter(state="active"), "assignments")
        return {
            "anonymous": None,
            "person": self.entry.people.get(role="representative", left_at=None).user,
            "officer": self.office.user,
            "contact": _richest(TrackContact.objects.filter(track__edition=self.edition), "track__entries").user,
            "judge": judge.user if judge else None,
            "organiser": User.objects.filter(is_superuser=True, is_active=True).order_by("pk")[0],
        }

    def argument(self, name: str, role: str) -> Any:
        """What an address is about. Raises KeyError where the year has nothing of the kind."""
        found = ABOUT[name](self, self.people[role])
        if found is None:
            raise KeyError(name)
        return found.pk if isinstance(found, Model) else found

    def paths(self, role: str) -> Iterator[tuple[str, str]]:
        """(name, path) of every address that the year has something for."""
        for name, arguments in addresses().items():
            try:
                if "object_id" in arguments:
                    known = {"object_id": _of_admin(name, self.people[role])}
                else:
                    known = {one: self.argument(one, role) for one in arguments}
                yield name, reverse(name, kwargs=known)
            except (KeyError, NoReverseMatch):
                continue


def _of_admin(name: str, user: User | None) -> Any:
    """The newest row of the model that a page of the admin is about."""
    page = name.removeprefix("admin:")
    for model in admin.site._registry:
        if page.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            rows: QuerySet = model._default_manager.all()
            rows = rows.visible_to(user) if user and hasattr(rows, "visible_to") else rows
            found = rows.order_by("-pk").first()
            if found is not None:
                return found.pk
    raise KeyError(name)


Choose = Callable[[Cast, User | None], Any]


def _first(model: type[Model], **filters: Any) -> Choose:
    return lambda cast, user: model._default_manager.filter(**filters).order_by("-pk").first()


def _of_entry(model: type[Model], field: str = "entry") -> Choose:
    """The entry's own, or anybody's where it has none."""

    def choose(cast: Cast, user: User | None) -> Any:
        rows = model._default_manager.order_by("-pk")
        return rows.filter(**{field: cast.entry}).first() or rows.first()

    return choose


ABOUT: dict[str, Choose] = {
    "edition": lambda cast, user: cast.edition.slug,
    "entry": lambda cast, user: cast.entry,
    "member": lambda cast, user: Member.objects.filter(entry=cast.entry, left_at=None).first(),
    "category": lambda cast, user: cast.entry.categories[0],
    "unit": lambda cast, user: cast.office.unit_id,
    "row": lambda cast, user: RecommendationRow.objects.filter(recommendation__unit=cast.office.unit).first(),
    "scan": _first(StampedScan),
    "workbook": _first(Workbook),
    "claim": lambda cast, user: cast.entry.claims.first(),
    "work": _of_entry(Work),
    "file": lambda cast, user: WorkFile.objects.filter(work__entry=cast.entry).first(),
    "number": lambda cast, user: 1,
    "material": lambda cast, user: "images",
    "record": _of_entry(ServiceRecord),
    "photo": _of_entry(ServicePhoto, "record__entry"),
    "line": _of_entry(PointEntry),
    "dispute": _first(Dispute),
    "ladder": _first(Ladder),
    "snapshot": _first(PointSnapshot),
    "season": lambda cast, user: _richest(Season.objects.all(), "courses"),
    "track": lambda cast, user: cast.entry.track_id,
    "course": lambda cast, user: _richest(Course.objects.all(), "enrolments"),
    "session": lambda cast, user: _richest(Course.objects.all(), "enrolments").sessions.first(),
    "lesson": _first(Material),
    "force": _first(Force),
    "venue": lambda cast, user: _richest(Venue.objects.all(), "needs"),
    "need": _first(Need),
    "placement": _of_entry(Placement),
    "round": lambda cast, user: _richest(Round.objects.filter(kind="online_review"), "candidates"),
    "roadshow": _first(Round, kind="roadshow"),
    "judge": lambda cast, user: Judge.objects.filter(user=user).first() or Judge.objects.first(),
    "assignment": lambda cast, user: Assignment.objects.filter(judge__user=user).first() or Assignment.objects.first(),
    "code": lambda cast, user: Session.objects.values_list("code", flat=True).first(),
    "award_list": lambda cast, user: _richest(AwardList.objects.public(), "versions__lines"),
    "objection": _first(Objection),
    "batch": _first(CertificateBatch),
    "certificate": _of_entry(Certificate),
    "payload": lambda cast, user: Certificate.objects.exclude(payload="").values_list("payload", flat=True).first(),
    "name": lambda cast, user: "trial",
    "result": lambda cast, user: "register",
}
