"""Gathering what the rules ask for from the rows of the database."""

from datetime import datetime
from functools import cached_property

from django.db.models import Q

from core.problems import Problem, Refused
from tracks.models import Edition, Track
from tracks.rulebook import Rulebook

from .. import states
from ..models import Recommendation, RecommendationRow, Unit, UnitQuota
from ..rules import NamingRule, RowFacts, Twin, check_answered, check_correction, check_duplicates, check_row, fold
from ..rules.places import extend_window
from .contents import stands_as

NO_CATEGORY = Problem("unit.no_category", "本单位在本届没有对应的单位类别，请联系赛道联系人")


def naming_rule(quota: UnitQuota, unit: Unit, rulebook: Rulebook) -> NamingRule:
    """How this unit's teams are named in this edition (G7–G14)."""
    category, naming = rulebook.unit_category(quota.category), rulebook.naming
    slots = naming.slots if naming else ()
    return NamingRule(
        templates=category.team_names,
        own={slot.code: unit.team_name for slot in slots if slot.supplied_by == "unit"},
        labels={slot.code: slot.name for slot in slots},
        category=category.name,
        keep_brackets=naming.keep_brackets if naming else False,
    )


def unit_names(unit: Unit) -> frozenset[str]:
    """Every name that the 推荐单位 column may carry (G20), folded."""
    names = [unit.full_name, unit.team_name, *unit.former_names.values_list("name", flat=True)]
    return frozenset(fold(name) for name in names)


def category_names(rulebook: Rulebook) -> dict[str, str]:
    """The categories a row may name: code → name."""
    return {category.code: category.name for category in rulebook.categories}


def category_words(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """Whatever a category is called, for reading it as people write it: code → names."""
    return {c.code: (c.name, c.short_name, c.direction, *c.award_names.values()) for c in rulebook.categories}


def row_facts(row: RecommendationRow) -> RowFacts:
    """A row as the rules see it."""
    return RowFacts(
        name=row.name,
        team=row.team_name,
        organisation=row.organisation,
        phone=row.phone,
        categories=tuple(row.categories),
        email=row.email,
    )


def twin_of(row: RecommendationRow, unit: str = "") -> Twin:
    """A row as another one may be the same; unit: its unit's name where that is another."""
    return Twin(
        key=row.pk,
        position=row.position,
        name=row.name,
        phone=row.phone,
        team=row.team_name,
        holds=row.state in states.HOLDS_A_PLACE,
        unit=unit,
        confirmed=bool(row.confirmed_phone) and row.confirmed_phone == row.phone,
    )


class FormFacts:
    """One form's rule inputs, read once for all its rows. Raises Refused for a unit that the edition does not know."""

    def __init__(self, form: Recommendation, quota: UnitQuota | None = None) -> None:
        self.form = form
        self.edition: Edition = form.edition
        self.rulebook = form.edition.rulebook
        quota = quota or UnitQuota.objects.filter(unit_id=form.unit_id, edition_id=form.edition_id).first()
        if quota is None:
            raise Refused(NO_CATEGORY)
        self.quota = quota
        quota.unit = form.unit  # its own; read once
        self.window = extend_window(form.edition.window("recommend"), quota.extended_until)
        self.naming = naming_rule(self.quota, form.unit, self.rulebook)
        self.names = unit_names(form.unit)
        self.categories = category_names(self.rulebook)

    @cached_property
    def tracks(self) -> list[Track]:
        """The edition's tracks, in order."""
        return list(self.edition.tracks.all())

    @cached_property
    def track_names(self) -> dict[str, str]:
        """The tracks' short names, by code."""
        return {track.code: track.short_name for track in self.rulebook.tracks}

    @property
    def default_track(self) -> Track:
        """The track preset by the unit's category; the first one where the edition says nothing."""
        code = self.rulebook.unit_category(self.quota.category).default_track
        return next((track for track in self.tracks if track.code == code), self.tracks[0])

    def problems(self, row: RecommendationRow) -> list[Problem]:
        """Everything wrong with one row, by column."""
        return check_row(row_facts(row), self.naming, self.categories, self.names)

    @cached_property
    def twins(self) -> list[Twin]:
        """The form's rows, and other units' rows that hold a place under one of their phones; one query (Q7)."""
        own = self.form.rows.exclude(state="withdrawn")
        others = RecommendationRow.objects.holding().filter(
            edition_id=self.form.edition_id, phone__in=own.exclude(phone="").values("phone")
        )
        either = Q(pk__in=own.values("pk")) | Q(pk__in=others.values("pk"))
        rows = RecommendationRow.objects.filter(either).select_related("recommendation__unit").order_by()
        form = self.form.pk
        return [twin_of(r, "" if r.recommendation_id == form else r.recommendation.unit.full_name) for r in rows]

    def duplicates(self, row: RecommendationRow) -> list[Problem]:
        """Who is already there; asks the rows as they are stored when it is first called."""
        return check_duplicates(twin_of(row), self.twins, self.rulebook.recommendation.duplicates)

    def locked(self, row: RecommendationRow, now: datetime) -> list[Problem]:
        """Why a row cannot be changed or submitted any more, were its columns right."""
        if row.state not in states.EDITABLE:
            return [Problem("row.locked", f"{row.get_state_display()}，不能再改；如需修改，请先撤回")]
        return check_correction(row.correct_until, self.window, now) if row.state == "returned" else []

    def unanswered(self, row: RecommendationRow) -> list[Problem]:
        """Whether a row that was sent back may come again: it, or the clerk's word on it, must have changed since."""
        return check_answered(not row.returned_as or not stands_as(row, row.returned_as))
