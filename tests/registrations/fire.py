"""Places under fire (R1): many hands submit through every way there is; then it is weighed what the database holds."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import Count

from core import clock
from core.database import violated
from core.problems import Problem, Refused
from core.sheets import Book, Sheet, Table, find_table
from registrations.models import PLACES_CHECK, RecommendationRow, UnitQuota
from registrations.services import previewing, receiving, recommending, workbooks
from registrations.services.recommending import PLACES_GONE
from registrations.sheets import row_columns
from tests.registrations import build
from tests.registrations.racing import Seen
from tests.registrations.sheets import HEADER, line
from tracks.models import Edition

ROWS = 40  # of each unit, ten for each way
SHOTS = 50  # at each unit: ten rows are tried twice
STALE = ["preview.stale"]
CLEAN: dict[str, list[str]] = {name: [] for name in ("over", "under", "lost", "doubled", "miscounted", "unread")}
# What a clerk may be told: no place left, or that a colleague was faster with this row.
READABLE = {"ok", "places.exceeded", "row.locked", "state.stale"}


@dataclass(frozen=True)
class Person:
    """Whom a unit wants to recommend."""

    desk: build.Desk
    name: str
    phone: str

    @property
    def key(self) -> tuple[int, str, str]:
        """What tells one row from all others."""
        return self.desk.form.pk, self.name, f"+86{self.phone}"

    @property
    def row(self) -> RecommendationRow:
        """As it now stands."""
        form, name, phone = self.key
        return RecommendationRow.objects.get(recommendation=form, name=name, phone=phone)

    def draft(self) -> RecommendationRow:
        """Typed in before the race."""
        return RecommendationRow(
            recommendation=self.desk.form,
            edition=self.desk.edition,
            position=int(self.phone[-3:]) + 1,
            name=self.name,
            organisation="城南中学",
            phone=f"+86{self.phone}",
            categories=["A"],
            track=self.desk.edition.tracks.get(code="worker"),
        )

    def table(self) -> Table:
        """The person as the only row of an uploaded 推荐申报表."""
        cells = [str(cell) for cell in line(姓名=self.name, 联系电话=self.phone)]
        page = Sheet("名单", [[str(label) for label in HEADER], cells])
        return find_table(Book("名单.xlsx", [page]), row_columns(self.desk.edition.rulebook))


# --- The four ways ------------------------------------------------------------------------------------


def by_page(person: Person) -> None:
    """The clerk's button."""
    recommending.submit_rows(person.desk.form, [person.row], by=person.desk.officer)


def by_admin(person: Person) -> None:
    """A contact's, for a unit that had mailed it."""
    receiving.submit_for_unit(person.desk.form, [person.row], letter="12 月 9 日来信", by=person.desk.officer)


def by_import(person: Person) -> None:
    """An uploaded workbook, looked at anew as long as colleagues are faster, then sent in."""
    form, table = person.desk.form, person.table()
    while True:
        seen = previewing.preview(form, table)
        try:
            workbooks.take_in(form, seen.table, workbooks.Choice(), by=person.desk.officer, seen=seen.digest)
        except Refused as refused:
            if refused.codes != STALE:
                raise
        else:
            return by_page(person)


def by_bulk(person: Person) -> None:
    """A script that asks nobody."""
    drafts = RecommendationRow.objects.filter(pk=person.row.pk, state="draft")
    try:
        done = drafts.update(state="submitted", submitted_at=clock.now())
    except IntegrityError as error:
        if violated(error) != PLACES_CHECK:
            raise
        raise Refused(PLACES_GONE) from error
    if not done:
        raise Refused(Problem("row.locked", "已提交"))


Way = Callable[[Person], None]
WAYS: tuple[Way, ...] = (by_page, by_admin, by_import, by_bulk)
AGAIN: dict[Way, Way] = {by_page: by_admin, by_admin: by_page, by_import: by_import, by_bulk: by_bulk}


# --- A round ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shot:
    """One attempt to get one person a place."""

    way: Way
    person: Person

    def __call__(self) -> None:
        self.way(self.person)


def targets(edition: Edition, count: int) -> list[build.Desk]:
    """So many units, and a contact who is told of every row."""
    build.contact(edition)
    return [build.desk(edition, "society", f"广东省第{n}学会") for n in range(count)]


def load(desks: Sequence[build.Desk], chance: random.Random) -> list[Shot]:
    """Give each unit a new limit and new rows; the attempts in any order, some rows tried by two hands."""
    RecommendationRow.objects.all().delete()
    shots = []
    for number, desk in enumerate(desks):
        UnitQuota.objects.filter(pk=desk.quota.pk).update(limit=chance.randint(1, ROWS + 5))
        first = [Shot(WAYS[n % len(WAYS)], _person(desk, number, n)) for n in range(ROWS)]
        again = [Shot(AGAIN[shot.way], shot.person) for shot in chance.sample(first, SHOTS - ROWS)]
        RecommendationRow.objects.bulk_create([shot.person.draft() for shot in first if shot.way is not by_import])
        shots += first + again
    chance.shuffle(shots)
    return shots


def _person(desk: build.Desk, unit: int, number: int) -> Person:
    """Nobody's namesake with the same phone, up to 200 units."""
    name = f"{build.SURNAMES[number % 10]}小{build.GIVEN[unit // 20 % 10]}"
    return Person(desk, name, f"13800138{(unit * SHOTS + number) % 1000:03}")


def weigh(shots: Sequence[Shot], seen: Sequence[Seen]) -> dict[str, list[str]]:
    """What went wrong, by kind; equals CLEAN when nothing did."""
    won = Counter(shot.person.key for shot, one in zip(shots, seen, strict=True) if one.told == "ok")
    asked = Counter(form for form, _, _ in {shot.person.key for shot in shots})
    rows = Counter(RecommendationRow.objects.holding().values_list("recommendation", "name", "phone"))
    held = Counter(form for form, _, _ in rows.elements())
    quotas = {
        desk.form.pk: desk.quota for desk in {shot.person.desk.form.pk: shot.person.desk for shot in shots}.values()
    }
    fits = {form: min(quota.limit, asked[form]) for form, quota in quotas.items()}
    submitted = RecommendationRow.pgh_event_model.objects.filter(pgh_label="update", state="submitted")
    twice = submitted.values("pgh_obj").annotate(times=Count("pk")).filter(times__gt=1)
    return {
        "over": [f"{quota}: {held[form]}" for form, quota in quotas.items() if held[form] > quota.limit],
        "under": [f"{quota}: {held[form]}" for form, quota in quotas.items() if held[form] < fits[form]],
        "lost": [str(key) for key in won if not rows[key]],
        "doubled": [str(key) for key in rows | won if max(rows[key], won[key]) > 1] + [str(row) for row in twice],
        "miscounted": [f"{quota}: {held[form]}" for form, quota in quotas.items() if held[form] != quota.taken],
        "unread": sorted({one.told for one in seen} - READABLE),
    }
