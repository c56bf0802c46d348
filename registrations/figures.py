"""What the organiser's cockpit counts in registrations, each in one statement whatever the size; a contact's share
follows from `visible_to` and from their tracks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Concat, Substr, TruncDate

from core.accounts.models import User
from core.audit.past import changed_since
from core.clock import BEIJING
from core.counting import count_of
from tracks.models import Edition, Track

from . import states
from .attention import OVERDUE
from .entry_models import Entry
from .models import Officer, RecommendationRow, Region, UnitQuota
from .work_models import Work

PROVINCE = "省直"
HOLDING = Q(state__in=states.HOLDS_A_PLACE)


@dataclass(frozen=True)
class CityUnits:
    """The units of one city that may recommend, and how far they are."""

    city: str
    invited: int
    opened: int  # somebody has accepted the invitation
    begun: int  # a row was typed, or submitted
    submitted: int
    places: int
    taken: int
    idle_places: int  # of units that have submitted nothing
    drafts: int  # rows typed by units that have submitted nothing

    @property
    def silent(self) -> int:
        """Units that have submitted nothing."""
        return self.invited - self.submitted


def units_by_city(user: User, edition: Edition) -> list[CityUnits]:
    """By city, those with the most units first; units of the province itself stand under 省直."""
    rows = RecommendationRow.objects.filter(
        recommendation__unit=OuterRef("unit"), recommendation__edition=OuterRef("edition")
    )
    quotas = (
        UnitQuota.objects.visible_to(user)
        .filter(edition=edition, limit__gt=0)
        .annotate(
            city=Substr("unit__region_id", 1, 4),
            opened=Exists(Officer.objects.filter(unit=OuterRef("unit"))),
            begun=Exists(rows.exclude(state="withdrawn")),
            drafts=count_of(rows.filter(state="draft")),
        )
    )
    silent = Q(taken=0)
    name = Region.objects.filter(code=Concat(OuterRef("city"), Value("00"), output_field=CharField()))
    found = (
        quotas.order_by()
        .values("city")
        .annotate(
            name=Subquery(name.filter(level="prefecture").values("name")),
            invited=Count("pk"),
            open_units=Count("pk", Q(opened=True)),
            begun_units=Count("pk", Q(begun=True)),
            submitted=Count("pk", ~silent),
            places=Sum("limit"),
            held=Sum("taken"),
            idle=Sum("limit", filter=silent, default=0),
            typed=Sum("drafts", filter=silent, default=0),
        )
        .order_by("-invited", "city")
    )
    return [
        CityUnits(
            (row["name"] or PROVINCE).removesuffix("市"), row["invited"], row["open_units"], row["begun_units"],
            row["submitted"], row["places"], row["held"], row["idle"], row["typed"],
        )
        for row in found
    ]  # fmt: skip


def silent_units(user: User, edition: Edition) -> QuerySet[UnitQuota]:
    """Those that may recommend and have submitted nothing, most places first; with `opened` and `drafts`."""
    rows = RecommendationRow.objects.filter(
        recommendation__unit=OuterRef("unit"), recommendation__edition=OuterRef("edition"), state="draft"
    )
    officers = Officer.objects.filter(unit=OuterRef("unit"))
    quotas = UnitQuota.objects.visible_to(user).filter(edition=edition).not_submitted()
    quotas = quotas.annotate(opened=Exists(officers), drafts=count_of(rows))
    return quotas.select_related("unit__region").order_by("-limit", "unit__full_name")


def unclaimed_units(user: User, edition: Edition) -> QuerySet[UnitQuota]:
    """Units with passed rows that nobody has claimed, most such rows first; with `unclaimed`."""
    entries = Entry.objects.filter(row=OuterRef("pk")).exclude(state="withdrawn")
    rows = RecommendationRow.objects.filter(
        ~Exists(entries),
        recommendation__unit=OuterRef("unit"),
        recommendation__edition=OuterRef("edition"),
        state="approved",
    )
    quotas = UnitQuota.objects.visible_to(user).filter(edition=edition, taken__gt=0).annotate(unclaimed=count_of(rows))
    return quotas.filter(unclaimed__gt=0).select_related("unit").order_by("-unclaimed", "unit__full_name")


@dataclass(frozen=True)
class RowCount:
    """Rows of one track, state and choice of categories."""

    track: int
    state: str
    categories: tuple[str, ...]
    count: int
    late: int  # waiting for review too long
    claimed: int


def rows(tracks: Iterable[Track], now: datetime) -> list[RowCount]:
    """The rows that hold a place."""
    claimed = Exists(Entry.objects.filter(row=OuterRef("pk")).exclude(state="withdrawn"))
    late = Q(state="submitted", submitted_at__lt=now - OVERDUE)
    found = RecommendationRow.objects.filter(HOLDING, track__in=tracks).annotate(claimed=claimed).order_by()
    counted = found.values_list("track", "state", "categories").annotate(
        count=Count("pk"), late=Count("pk", late), own=Count("pk", Q(claimed=True))
    )
    return [RowCount(track, state, tuple(said), *numbers) for track, state, said, *numbers in counted]


@dataclass(frozen=True)
class EntryCount:
    """Entries of one track, state and choice of categories."""

    track: int
    state: str
    categories: tuple[str, ...]
    recommended: bool
    count: int
    with_work: int  # has handed in a work


def entries(tracks: Iterable[Track]) -> list[EntryCount]:
    """Those that were not withdrawn."""
    handed_in = Exists(Work.objects.handed_in().filter(entry=OuterRef("pk")))
    found = Entry.objects.filter(track__in=tracks).exclude(state="withdrawn").order_by()
    counted = found.annotate(with_work=handed_in, recommended=Q(row__isnull=False)).values_list(
        "track", "state", "categories", "recommended"
    )
    counted = counted.annotate(count=Count("pk"), worked=Count("pk", Q(with_work=True)))
    return [EntryCount(track, state, tuple(said), *rest) for track, state, said, *rest in counted]


def works(tracks: Iterable[Track]) -> Counter[tuple[int, str, str]]:
    """(track, category, state) → how many works were handed in."""
    found = Work.objects.handed_in().filter(entry__track__in=tracks).order_by()
    counted = found.values_list("entry__track", "category", "state").annotate(count=Count("pk"))
    return Counter({(track, category, state): count for track, category, state, count in counted})


def by_day(tracks: Iterable[Track], since: datetime) -> dict[date, tuple[int, int, int]]:
    """Day in Beijing → rows submitted, rows decided, entries entered; days without any are left out."""
    tracks = list(tracks)
    mine = RecommendationRow.objects.filter(track__in=tracks)
    entered = Entry.objects.filter(track__in=tracks)
    parts = [
        _days(mine.filter(HOLDING), "submitted_at", 0, since),
        _days(mine.filter(state="approved"), "decided_at", 1, since),
        _days(entered.exclude(state="withdrawn"), "entered_at", 2, since),
    ]
    found: dict[date, list[int]] = {}
    for day, place, count in parts[0].union(*parts[1:], all=True):
        found.setdefault(day, [0, 0, 0])[place] += count
    return {day: (one, two, three) for day, (one, two, three) in sorted(found.items())}


def _days(queryset: QuerySet, field: str, place: int, since: datetime) -> QuerySet:
    days = queryset.filter(**{f"{field}__gte": since}).order_by().values(day=TruncDate(field, tzinfo=BEIJING))
    return days.annotate(place=Value(place), count=Count("pk")).values_list("day", "place", "count")


@dataclass(frozen=True)
class Growth:
    """How many more there are than at an earlier moment; below zero: fewer."""

    rows: int  # that hold a place
    passed: int
    own: int  # entries that no unit recommended, taking part
    works: int  # handed in


def growth(tracks: Iterable[Track], since: datetime) -> Growth:
    """Against what stood there at `since`, told by history: what was handed in anew is no more, what was withdrawn is
    less. A row that changed its track counts on the one where it is now. One statement."""
    tracks = list(tracks)
    rows = changed_since(RecommendationRow.objects.filter(track__in=tracks), since, "state")
    entries = changed_since(Entry.objects.filter(track__in=tracks), since, "state", "row")
    works = changed_since(Work.objects.filter(entry__track__in=tracks), since, "state")
    never = Value(False, BooleanField())
    parts = [
        rows.annotate(what=Value("row"), open=never, was_open=never),
        entries.annotate(what=Value("entry"), open=Q(row=None), was_open=Q(was_row=None)),
        works.annotate(what=Value("work"), open=never, was_open=never),
    ]
    counted = [
        part.order_by().values_list("what", "state", "open", "was_state", "was_open").annotate(count=Count("pk"))
        for part in parts
    ]
    more = Counter[str]()
    for what, state, own, was_state, was_own, count in counted[0].union(*counted[1:], all=True):
        more.update(dict.fromkeys(_counted_as(what, state, own), count))
        more.subtract(dict.fromkeys(_counted_as(what, was_state, was_own), count))
    return Growth(more["rows"], more["passed"], more["own"], more["works"])


def _counted_as(what: str, state: str | None, own: bool) -> list[str]:
    """The numbers in which a thing of this state counts. state: None where there was none yet."""
    fits = {
        "row": {"rows": state in states.HOLDS_A_PLACE, "passed": state == "approved"},
        "entry": {"own": own and state in states.ENTRY_IN},
        "work": {"works": state in states.WORK_HANDED_IN},
    }
    return [number for number, yes in fits[what].items() if yes]
