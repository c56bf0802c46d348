"""An edition's points season: its lock, the rules in force, its dates."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core import clock
from core.problems import Problem, refuse_if
from tracks.models import Edition

from ..models import Ladder, PointEntry, PointFact, RuleSet
from ..rules.points import Fact, Posted, Rule
from ..rules.publishing import check_rules

SHOWN = 100
FROZEN = Problem("points.frozen", "积分已经冻结，不能再入账或更正。确有必要，请组委会先解除冻结")


def ladder_of(edition: Edition) -> Ladder:
    """The edition's, made when first asked for."""
    return Ladder.objects.get_or_create(edition=edition)[0]


def hold(edition: Edition) -> Ladder:
    """The ladder, locked until the transaction ends: one posting at a time. Raises Refused once it is frozen."""
    ladder_of(edition)
    ladder = Ladder.objects.select_for_update(no_key=True, of=("self",)).get(edition=edition)
    refuse_if([FROZEN] if ladder.frozen_at else [])
    return ladder


def note(ladder: Ladder, now: datetime) -> None:
    """Lines were written: the ladder's history tells when, and at whose word."""
    ladder.posted_at = now
    ladder.save(update_fields=["posted_at"])


def cut_of(edition: Edition) -> int:
    """The last place of the season's award (100 佳, G40); lines to show where the edition gives none or no number."""
    award = edition.rulebook.points_award
    return award.count if award and award.count else SHOWN


def rules_of(edition: Edition) -> tuple[Rule, ...]:
    """The published point rules; none while they are undecided (Q14)."""
    return tuple(
        Rule(r.code, r.name, r.per, r.points, r.audience_min, r.audience_max, r.level, r.month_cap)
        for r in edition.rulebook.point_rules
    )


def rules_in_force(edition: Edition) -> tuple[tuple[Rule, ...], RuleSet]:
    """The rules and the row that keeps them, in the caller's transaction. Raises Refused while none can be used."""
    rules = rules_of(edition)
    refuse_if(check_rules(rules))
    found, _ = RuleSet.objects.get_or_create(
        edition=edition,
        sha256=edition.sha256,
        defaults={"rules": [as_data(rule) for rule in rules], "made_at": clock.now()},
    )
    return rules, found


def as_data(rule: Rule) -> dict[str, Any]:
    """A rule for JSON, its points as text."""
    return asdict(rule) | {"points": str(rule.points)}


def from_data(data: dict[str, Any]) -> Rule:
    """The rule that `as_data` wrote."""
    return Rule(**data | {"points": Decimal(data["points"])})


def facts_of(rows: Iterable[PointFact]) -> list[Fact]:
    """The rules' view of facts."""
    return [
        Fact(
            row.pk, row.kind, row.month, row.earned_at,
            minutes=row.minutes, audience=row.audience, level=row.level, rule=row.rule,
        )
        for row in rows
    ]  # fmt: skip


def posted_of(rows: Iterable[PointEntry]) -> list[Posted]:
    """The rules' view of lines."""
    return [Posted(row.pk, row.fact_id, row.rule, row.points) for row in rows]


def season_of(edition: Edition) -> tuple[datetime | None, datetime | None]:
    """When the points season begins and ends (exclusive), by the organiser's dates."""
    points = edition.rulebook.points
    milestone = edition.milestones.filter(code=points.milestone).first() if points else None
    return (milestone.starts_at, milestone.ends_at) if milestone else (None, None)


def freeze_date(edition: Edition) -> datetime | None:
    """From when the standings are to be frozen, and no record is handed in any more; None while the end is open."""
    points, (_, ends) = edition.rulebook.points, season_of(edition)
    return ends + timedelta(days=points.freeze_days) if points and ends else None
