"""What annex 4 tables for a unit in an edition, and how often its forces were active, month by month."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from core.clock import BEIJING
from core.problems import Problem
from registrations.entry_models import Member
from registrations.models import Unit, UnitQuota
from registrations.rules.naming import NamingRule, compose, judge_name, typed_slots
from registrations.services.facts import naming_rule
from registrations.states import ENTRY_IN
from tracks.models import Edition
from tracks.rulebook.units import Force as ForceRule
from tracks.rulebook.units import UnitCategory

from ..models import Force, ForceActivity, ServiceRecord
from ..rules.forces import Badge, ForceFacts, Month, advice_on, badges_of, missed, months_until

REGISTRY = "i志愿"


@dataclass(frozen=True)
class Tabled:
    """A unit's line of annex 4."""

    unit: Unit
    edition: Edition
    category: UnitCategory
    rule: ForceRule
    naming: NamingRule  # of forces, not of entries' teams

    @property
    def registry(self) -> str:
        """Where forces register."""
        found = self.edition.rulebook.forces
        return found.registry if found else REGISTRY

    @property
    def committees(self) -> bool:
        """Whether units of this kind may have forces of committees."""
        return self._option(committee=True) is not None

    def name_of(self, committee: str) -> tuple[str, list[Problem]]:
        """A force's name by the table, and what is wrong with the committee's part of it."""
        option = self._option(committee=bool(committee))
        if option is None:
            words = "这类单位只有一支队伍，不分专委会" if committee else "请写专委会名称"
            return "", [Problem("force.committee", words, "committee")]
        slots = typed_slots(self.naming, option)
        name = compose(self.naming, option, dict.fromkeys(slots, committee))
        problems = judge_name(self.naming, name).problems
        return name, [problem.at("committee") for problem in problems]

    def _option(self, *, committee: bool) -> int | None:
        """Which of the table's names: one with something to type is a committee's."""
        options = range(len(self.naming.templates))
        return next((n for n in options if bool(typed_slots(self.naming, n)) == committee), None)


def tabled(unit: Unit, edition: Edition) -> Tabled | None:
    """The unit's line; None where the edition tables no forces, or not for this unit. One query."""
    quota = UnitQuota.objects.filter(unit=unit, edition=edition).first()
    return line_of(quota, unit, edition) if quota else None


def line_of(quota: UnitQuota, unit: Unit, edition: Edition) -> Tabled | None:
    """The same from a quota at hand. No query."""
    category = edition.rulebook.unit_category(quota.category)
    if edition.rulebook.forces is None or category.force is None:
        return None
    usual = naming_rule(quota, unit, edition.rulebook)
    naming = NamingRule(category.force.team_names, usual.own, usual.labels, category.name, usual.keep_brackets)
    return Tabled(unit, edition, category, category.force, naming)


def first_day(edition: Edition) -> date:
    """From when months count: the edition's notice."""
    return edition.rulebook.edition.issued_on.replace(day=1)


def people_of(unit: Unit, edition: Edition) -> QuerySet[Member]:
    """Who may be linked to the unit's forces: people of its entries, but for the tracks of pupils."""
    pupils = [track.code for track in edition.rulebook.tracks if track.minors]
    found = Member.objects.filter(entry__row__recommendation__unit=unit, entry__edition=edition, left_at=None)
    found = found.filter(entry__state__in=ENTRY_IN).exclude(entry__track__code__in=pupils)
    return found.select_related("entry").order_by("entry", "pk")


# --- How often ------------------------------------------------------------------------------------------------


class Counts:
    """How often forces of one edition were active, by month. Two queries, however many forces and months.

    An approved service record of one of the unit's entries counts for the force whose name the entry's team bears,
    otherwise for the unit's own; what the clerk wrote down counts for the force it was written for.
    """

    def __init__(self, edition: Edition, forces: Iterable[Force], now: datetime) -> None:
        self.edition, self.forces = edition, list(forces)
        self.months = months_until(first_day(edition), now.astimezone(BEIJING).date())
        rule = edition.rulebook.forces
        self.wanted = rule.activities_per_month if rule else 0

    @cached_property
    def done(self) -> Mapping[tuple[int, str], int]:
        """(force, month) → activities."""
        found = Counter[tuple[int, str]]()
        by_name = {(force.unit_id, force.name): force.pk for force in self.forces}
        own = {force.unit_id: force.pk for force in self.forces if not force.committee}
        records = ServiceRecord.objects.filter(
            edition=self.edition, state="passed", entry__row__recommendation__unit__in={f.unit_id for f in self.forces}
        )
        months = records.annotate(held=TruncMonth("starts_at", tzinfo=BEIJING))
        unit = "entry__row__recommendation__unit"
        for key, team, month, count in months.values_list(unit, "entry__team_name", "held").annotate(Count("pk")):
            if force := by_name.get((key, team)) or own.get(key):
                found[force, f"{month:%Y-%m}"] += count
        written = ForceActivity.objects.filter(force__in=[force.pk for force in self.forces])
        by_month = written.annotate(held=TruncMonth("day")).order_by().values_list("force", "held")
        for force, month, count in by_month.annotate(Count("pk")):
            found[force, f"{month:%Y-%m}"] += count
        return found

    def of(self, force: Force) -> list[Month]:
        """The months of a force, the oldest first, the running one last."""
        return [Month(key, self.done.get((force.pk, key), 0), self.wanted) for key in self.months]


def records_of(force: Force) -> QuerySet[ServiceRecord]:
    """The approved records that count for a force, as `Counts` counts them."""
    found = ServiceRecord.objects.filter(
        edition=force.edition_id, state="passed", entry__row__recommendation__unit=force.unit_id
    )
    if force.committee:
        return found.filter(entry__team_name=force.name)
    others = Force.objects.filter(unit=force.unit_id, edition=force.edition_id).exclude(committee="")
    return found.exclude(Q(entry__team_name__in=others.values("name")) & ~Q(entry__team_name=""))


@dataclass(frozen=True)
class Standing:
    """A force with all that is said about it."""

    force: Force
    tabled: Tabled | None
    months: Sequence[Month]

    @cached_property
    def facts(self) -> ForceFacts:
        """As the rules see it."""
        return facts_of(self.force, self.tabled)

    @property
    def badges(self) -> list[Badge]:
        """Earned or not yet."""
        return badges_of(self.facts, self.months)

    @property
    def advice(self) -> list[Problem]:
        """What annex 4 asks for and is not there."""
        return advice_on(self.facts)

    @property
    def missed(self) -> list[str]:
        """Months that went by without enough."""
        return missed(self.months)

    @property
    def now(self) -> Month | None:
        """The running month."""
        return self.months[-1] if self.months else None


def facts_of(force: Force, line: Tabled | None) -> ForceFacts:
    """A force as the rules see it."""
    known = {kind.code for kind in force.edition.rulebook.activity_types}
    minimum, registry = (line.rule.minimum, line.registry) if line else (0, REGISTRY)
    return ForceFacts(force.leader, force.people, force.number, tuple(force.areas), known, minimum, registry)
