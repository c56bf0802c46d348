"""Rounds as the edition's file says, and the organiser's amendments to them until scoring opens."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, ProtectedError, Q, QuerySet, RestrictedError

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from tracks.models import Category, Edition
from tracks.rulebook import judging as said

from ..models import AdvanceRule, Criterion, JudgeInvitation, Panel, Round
from ..rules.amending import Amendment, check_amendment

P = TypeVar("P", bound=Model)
Parts = dict[type[Model], list[dict[str, Any]]]  # the rows of a round's rules, in order

NO_REASON = Problem("reason.missing", "请写明理由，会记入办理记录", "reason")
CHANGED = Problem("round.changed_meanwhile", "您核对之后，有人改过这一轮的规则。请返回重新核对再确认")
AMENDABLE = (
    "points_max", "blind", "judges_per_work", "aggregation", "severity_k", "normalise_panels", "spread_threshold",
    "tie_chain", "same_city", "opens_at", "closes_at",
)  # fmt: skip


def adopt(edition: Edition) -> None:
    """Bring the rounds in line with the edition's text, inside the caller's transaction: one for each category.

    A round that the organiser has amended keeps its rules. Raises Refused with everything found: rules that would
    change though scoring has opened, rounds that would vanish though works or judges hang on them.
    """
    problems: list[Problem] = []
    stored = {(row.code, row.letter): row for row in _rounds(edition)}
    wanted = list(_wanted(edition))
    for round_, category, position in wanted:
        row = stored.get((round_.code, category.code))
        problems += _keep(row or _new(edition, round_, category), round_, position, stored)
    kept = {(round_.code, category.code) for round_, category, _ in wanted}
    problems += _drop([row for scope, row in stored.items() if scope not in kept])
    refuse_if(problems)
    _link(edition)


def amend(
    round_: Round, values: Mapping[str, Any], parts: Parts | None = None, *, reason: str, by: User, seen: str = ""
) -> Round:
    """The organiser changes a round's rules before scoring opens; an amended file no longer touches them.

    values: fields of the round. parts: all rows of a kind, where they change. seen: `mark` of the rules that were
    looked at. Raises Refused without a reason, once scoring has opened, for rules that make no sense, and when
    somebody else has changed them meanwhile.
    """
    with transaction.atomic(), recorded("round.amended", by=by, reason=reason.strip()):
        round_ = lock(round_)
        problems = [] if reason.strip() else [NO_REASON]
        if seen and seen != mark(round_):
            problems.append(CHANGED)
        refuse_if([*problems, *check(round_, values, parts)])
        for name, value in values.items():
            setattr(round_, name, value)
        round_.amended = True
        round_.save()
        for kind, rows in (parts or {}).items():
            _set_parts(round_, kind, rows)
    return round_


def check(round_: Round, values: Mapping[str, Any], parts: Parts | None = None) -> list[Problem]:
    """What stands against an amendment now."""
    parts = parts or {}
    problems = []
    if round_.state != "draft":
        problems.append(Problem("round.rules", "评分已经开始，评审规则不能再改"))
    names = dict(round_.criteria.values_list("code", "name"))
    amendment = Amendment(values, parts.get(Criterion), parts.get(Panel), parts.get(AdvanceRule), names)
    problems += check_amendment(amendment)
    if (panels := parts.get(Panel)) is not None:
        gone = round_.panels.exclude(code__in=[row["code"] for row in panels])
        for panel in gone.filter(Q(judges__isnull=False) | Q(pk__in=_invited(round_))).distinct():
            said = f"“{panel.name}”已有评委或待接受的邀请，不能删去；请先请他们退出或撤销邀请"
            problems.append(Problem("panel.in_use", said, "panels"))
    if (rules := parts.get(AdvanceRule)) is not None and round_.advance_rules.filter(
        position__gte=len(rules), picks__isnull=False
    ).exists():
        problems.append(Problem("advance.in_use", "这条晋级规则已有增补，不能删去", "advance"))
    return problems


def rules_now(round_: Round) -> tuple[dict[str, Any], Parts]:
    """(fields, rows) as they stand: what `amend` takes."""
    values = {name: getattr(round_, name) for name in AMENDABLE}
    return values, {kind: _of(round_, kind) for kind in (Criterion, Panel, AdvanceRule)}


def mark(round_: Round) -> str:
    """Tells the rules that were looked at from those somebody else has changed meanwhile."""
    values, parts = rules_now(round_)
    said = repr((sorted(values.items()), [(kind.__name__, rows) for kind, rows in parts.items()]))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def theme_rules(edition: Edition) -> said.Round | None:
    """How prizes of a monthly theme are judged (G31, G34): as the first online round, by the points season's rubric.

    None where the edition has no such round or no points season.
    """
    first = next((round_ for round_ in edition.rulebook.rounds if round_.kind == "online_review"), None)
    points = edition.rulebook.points
    if first is None or points is None:
        return None
    return replace(
        first, name="主题评审", rubric=points.rubric, follows=None, milestone=None, categories=(), advance=(),
        quote=points.quote, source=points.source,
    )  # fmt: skip


def add_theme_round(edition: Edition, code: str, theme: str, *, by: User) -> Round:
    """A round of its own for a theme's prizes; the organiser may amend it as any other. Raises Refused (no rules)."""
    rules = theme_rules(edition)
    if rules is None:
        raise Refused(Problem("round.no_theme_rules", "届次规则里没有线上评审轮次或积分赛季，不能建立主题评审"))
    with transaction.atomic(), recorded("round.added", by=by):
        row = Round(edition=edition, code=code, theme=theme, kind=rules.kind)
        _keep(row, rules, len(edition.rulebook.rounds), {})
    return row


def _invited(round_: Round) -> QuerySet[JudgeInvitation, dict[str, Any]]:
    return JudgeInvitation.objects.open().filter(round=round_).values("panel")


def lock(round_: Round) -> Round:
    """The round as it now stands, locked until the transaction ends."""
    rounds = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("edition", "category", "track")
    return rounds.get(pk=round_.pk)


def _rounds(edition: Edition) -> list[Round]:
    """Those that stand for the whole category; what the organiser split off is theirs."""
    rounds = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("category")
    return list(rounds.filter(edition=edition, category__isnull=False, track=None, group="").order_by("pk"))


def _wanted(edition: Edition) -> Iterator[tuple[said.Round, Category, int]]:
    categories = {category.code: category for category in edition.categories.all()}
    for position, round_ in enumerate(edition.rulebook.rounds):
        for code in round_.categories or tuple(categories):
            yield round_, categories[code], position


def _new(edition: Edition, round_: said.Round, category: Category) -> Round:
    return Round(edition=edition, code=round_.code, category=category, kind=round_.kind)


def _keep(row: Round, round_: said.Round, position: int, stored: Mapping[tuple[str, str], Round]) -> list[Problem]:
    """Make the row what the file says."""
    if row.amended:
        return []
    values, parts = _values(row.edition, round_), _parts(row, round_)
    new = row._state.adding
    if not new and row.kind != round_.kind:
        return [Problem("round.kind", f"{row}已经建立，方式不能改。请在文件里保留原来的方式，或换一个轮次代码")]
    changed = {name: value for name, value in (values | {"position": position}).items() if getattr(row, name) != value}
    differs = new or any(_of(row, kind) != rows for kind, rows in parts.items())
    if not new and row.state != "draft":
        moved = (changed.keys() - {"position", "name", "source"}) or differs
        words = f"{row}已开始评分，评审规则不能再改。请在文件里保留原来的规则"
        return [Problem("round.rules", words)] if moved else []
    for name, value in changed.items():
        setattr(row, name, value)
    if new:
        row.opens_at, row.closes_at = _window(row.edition, round_)
    if new or changed:
        row.save()
    for kind, rows in parts.items():
        if new:
            made = [kind(round=row, position=position, **values) for position, values in enumerate(rows)]
            kind._default_manager.bulk_create(made)
        elif differs and _of(row, kind) != rows:
            _set_parts(row, kind, rows)
    return []


def _values(edition: Edition, round_: said.Round) -> dict[str, Any]:
    rubric = edition.rulebook.rubric(round_.rubric) if round_.rubric else None
    return {
        "name": round_.name,
        "blind": round_.blind,
        "points_max": rubric.points_max if rubric else 100,
        "judges_per_work": round_.judges_per_work,
        "aggregation": round_.aggregation or "",
        "normalise_panels": round_.normalise_panels,
        "spread_threshold": round_.spread_threshold,
        "tie_chain": list(round_.tie_chain),
        "source": round_.source,
    }


def _parts(row: Round, round_: said.Round) -> Parts:
    rubric = row.edition.rulebook.rubric(round_.rubric) if round_.rubric else None
    criteria = [
        {
            "code": criterion.code,
            "name": criterion.name,
            "dimension": dimension.name,
            "weight": str(dimension.weight * criterion.weight / 100),
            "counts": criterion.counts,
        }
        for dimension in (rubric.dimensions if rubric else ())
        for criterion in dimension.criteria
    ]
    panels = [
        {
            "code": panel.code,
            "name": panel.name,
            "kind": panel.kind,
            "weight": str(panel.weight),
            "ballots_min": panel.ballots_min,
            "identity": panel.identity or "",
        }
        for panel in round_.panels
    ]
    rules = [
        {
            "kind": rule.kind,
            "per": list(rule.per),
            "count": rule.count,
            "percent": rule.percent,
            "rounding": rule.rounding or "",
            "count_min": rule.count_min,
            "overridable": rule.overridable,
            "purpose": rule.purpose,
            "source": rule.source,
        }
        for rule in round_.advance
        if not rule.categories or row.letter in rule.categories
    ]
    return {Criterion: criteria, Panel: panels, AdvanceRule: rules}


def _of(row: Round, kind: type[Model]) -> list[dict[str, Any]]:
    """The stored rows of a kind, as `_parts` tells them."""
    rows = kind._default_manager.filter(round=row).order_by("position").values()
    return [
        {name: value for name, value in part.items() if name not in ("id", "round_id", "position")} for part in rows
    ]


def _set_parts(row: Round, kind: type[Model], rows: list[dict[str, Any]]) -> None:
    """These rows and no others. A panel keeps its key while its code stays: judges point at it."""
    manager = kind._default_manager
    key = "position" if kind is AdvanceRule else "code"
    stored = {getattr(part, key): part for part in manager.filter(round=row)}
    keep = {position if key == "position" else part["code"] for position, part in enumerate(rows)}
    manager.filter(round=row, **{f"{key}__in": stored.keys() - keep}).delete()
    for position, values in enumerate(rows):
        part = stored.get(position if key == "position" else values["code"]) or kind(round=row)
        for name, value in (values | {"position": position}).items():
            setattr(part, name, value)
        part.save()


def _window(edition: Edition, round_: said.Round) -> tuple[Any, Any]:
    """The dates of the round's milestone, where the notice gives one (G29e)."""
    row = next((m for m in edition.calendar if m.code == round_.milestone), None)
    return (row.starts_at, row.ends_at) if row else (None, None)


def _drop(rows: list[Round]) -> list[Problem]:
    """Delete the rounds that the file no longer has; name those that cannot go."""
    problems = []
    Round.objects.filter(pk__in=[row.pk for row in rows]).update(follows=None)
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except (ProtectedError, RestrictedError):
            words = f"文件删去了{row}，但已有作品或评委列入。请在文件里保留它"
            problems.append(Problem("round.in_use", words))
    return problems


def _link(edition: Edition) -> None:
    """Each round follows the one that the file names, of its own category."""
    after = {round_.code: round_.follows for round_ in edition.rulebook.rounds}
    rows = {(row.code, row.category_id): row for row in _rounds(edition)}
    for row in rows.values():
        before = rows.get((after.get(row.code) or "", row.category_id))
        if row.state == "draft" and not row.amended and row.follows_id != (before and before.pk):
            row.follows = before
            row.save(update_fields=["follows"])
