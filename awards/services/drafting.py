"""A list as the rules make it: previewed, kept as a version with every line's reason, compared with changed rules."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from judging.access import runs
from tracks.models import Edition
from tracks.rulebook.awards import Award

from ..models import AwardLine, AwardList, AwardVersion, Ruling
from ..rules.allocation import Allocation, Rulings, allocate
from ..rules.differences import Place
from .composing import from_prizes
from .facts import Gathered, from_points, from_rankings, rounds_of

NO_REASON = Problem("list.reason", "请写明理由，会记入办理记录", "reason")
GATHER = {"ranking": from_rankings, "points": from_points, "composite": from_prizes}


@dataclass(frozen=True)
class Draft:
    """What a version would hold."""

    gathered: Gathered
    allocation: Allocation
    lines: list[AwardLine]  # unsaved
    inputs: str  # canonical text

    @property
    def digest(self) -> str:
        """SHA-256 of what it was made from."""
        return sha256(self.inputs.encode()).hexdigest()

    @property
    def places(self) -> dict[str, Place]:
        """For comparing."""
        return places_of(self.lines)


def places_of(lines: Iterable[AwardLine]) -> dict[str, Place]:
    """Key → where it stands, and what is printed."""
    return {
        line.key: Place(line.level, line.position, "，".join(filter(None, (line.name, line.organisation, line.title))))
        for line in lines
    }


def lock(found: AwardList) -> AwardList:
    """The list, until the transaction ends; with its edition."""
    lists = AwardList.objects.select_for_update(no_key=True, of=("self",))
    return lists.select_related("edition", "category", "track").get(pk=found.pk)


def make_lists(edition: Edition, *, by: User) -> list[AwardList]:
    """A list for each award and scope of the edition; those that are there stay. Nominations have none (K7)."""
    made = []
    with transaction.atomic(), recorded("awards.lists_made", by=by):
        for position, award in enumerate(edition.rulebook.awards):
            if award.kind in GATHER:
                made += [_list(edition, award, position, scope) for scope in _scopes(edition, award)]
    return made


def _scopes(edition: Edition, award: Award) -> Iterable[tuple[Any, Any, str]]:
    by_code = {one.code: one for one in edition.categories.all()}
    categories = [by_code[code] for code in award.categories] if "category" in award.per else [None]
    tracks = list(edition.tracks.all()) if "track" in award.per else [None]
    groups = [group.code for group in edition.rulebook.groups] if "group" in award.per else [""]
    return product(categories, tracks, groups)


def _list(edition: Edition, award: Award, position: int, scope: tuple[Any, Any, str]) -> AwardList:
    category, track, group = scope
    known = {"edition": edition, "award": award.code, "category": category, "track": track, "group": group}
    return AwardList.objects.get_or_create(**known, defaults={"position": position})[0]


def preview(found: AwardList) -> Draft:
    """What the rules make of it now; nothing is written. Raises Refused while a ranking it needs is not frozen."""
    return build(found, GATHER[found.rule.kind](found), list(found.rulings.filter(ended_at=None)))


def build(found: AwardList, gathered: Gathered, rulings: list[Ruling]) -> Draft:
    """Allocate, and put the words to it."""
    rule = found.rule
    ruled = Rulings(
        {key: f"见决定第 {one.number} 号" for one in rulings if one.kind == "left_out" for key in one.keys},
        [one.keys for one in rulings if one.kind == "order"],
        {one.level: one.count or 0 for one in rulings if one.kind == "count"},
    )
    allocation = allocate(
        gathered.levels, gathered.rankings, ruled, one_each=rule.one_per_category, vacancies=rule.vacancies_allowed
    )
    words = {key: one for one in rulings if one.kind == "words" for key in one.keys}
    return Draft(gathered, allocation, _lines(gathered, allocation, words), _inputs(gathered, ruled, words))


def _lines(gathered: Gathered, allocation: Allocation, words: Mapping[str, Ruling]) -> list[AwardLine]:
    levels = {level.code: level for level in gathered.levels}
    lines = []
    for place, prize in enumerate(allocation.prizes, 1):
        who, level = gathered.recipients[prize.key], levels[prize.level]
        ruling = words.get(prize.key)
        fixed = {name: getattr(ruling, name) for name in ("name", "organisation", "title") if ruling}
        who = replace(who, **{name: value for name, value in fixed.items() if value})
        lines.append(
            AwardLine(
                key=prize.key, place=place, level=prize.level, level_name=level.name, position=prize.position,
                rank=prize.rank, holder=who.holder, entry=who.entry, candidate=who.candidate, user=who.user,
                award_name=who.award_name, name=who.name, organisation=who.organisation, title=who.title,
                reason=prize.reason.replace("{source}", gathered.names[level.source])[:500],
            )
        )  # fmt: skip
    return lines


def _inputs(gathered: Gathered, rulings: Rulings, words: Mapping[str, Ruling]) -> str:
    """Canonical JSON; the same for the same rankings and rulings. No name of a person stands in it."""
    data = {
        "levels": [[level.code, level.name, level.count, level.source] for level in gathered.levels],
        "stamps": gathered.stamps,
        "rankings": {
            source: sorted([one.key, one.subject, one.rank, one.said, one.out] for one in rows)
            for source, rows in gathered.rankings.items()
        },
        "left_out": dict(rulings.left_out),
        "orders": [list(order) for order in rulings.orders],
        "counts": dict(rulings.counts),
        "words": {key: ruling.number for key, ruling in words.items()},
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def result_of(draft: Draft) -> dict[str, Any]:
    """The outcome beside its lines, as plain data."""
    allocation = draft.allocation
    return {
        "levels": [
            {"code": one.code, "name": one.name, "count": one.count, "given": len(allocation.of(one.code)),
             "vacant": allocation.vacant.get(one.code, 0)}
            for one in draft.gathered.levels
        ],
        "missed": [[one.key, one.source, one.reason] for one in allocation.missed],
        "ties": [
            {"source": tie.source, "rank": tie.rank, "keys": list(tie.keys), "places": dict(tie.places)}
            for tie in allocation.ties
        ],
        "problems": [problem.message for problem in allocation.problems],
        "sources": draft.gathered.names,
        "formula": draft.gathered.formula,
    }  # fmt: skip


def draft(found: AwardList, *, by: User) -> AwardVersion:
    """Keep what the rules make of it as a new version. Raises Refused once the list is decided."""
    with transaction.atomic(), recorded("awards.drafted", by=by):
        found = lock(found)
        if found.state != "draft":
            raise Refused(Problem("list.decided", f"名单{found.get_state_display()}，不能重新生成"))
        check_runs(found, by)
        return keep(found, preview(found), by)


def keep(found: AwardList, made: Draft, maker: User) -> AwardVersion:
    """Write a version of a locked list, in the caller's transaction."""
    now, last = clock.now(), found.versions.first()
    version = AwardVersion.objects.create(
        award_list=found, number=last.number + 1 if last else 1, made_at=now, made_by=maker, inputs=made.inputs,
        sha256=made.digest, result=result_of(made),
    )  # fmt: skip
    for line in made.lines:
        line.version = version
    AwardLine.objects.bulk_create(made.lines)
    found.drafted_at = now
    found.save(update_fields=["drafted_at"])
    return version


def check_runs(found: AwardList, who: User) -> None:
    """Whoever judges in an unpublished round does not decide about its prizes (R12). Raises Refused."""
    if found.rule.kind == "ranking":
        judged = [str(one) for one in rounds_of(found).values() if not runs(who, one)]
        refuse_if([Problem("list.judge", f"您是{'、'.join(judged)}的评委，公布以前不能办理这份名单")] if judged else [])


# --- Rulings ---------------------------------------------------------------------------------------------------


def rule(found: AwardList, kind: str, *, reason: str, by: User, **values: Any) -> Ruling:
    """The organiser decides something about a list that is not decided yet: `keys` for left_out, order and words,
    `level` and `count` for places. Raises Refused without a reason, or where it makes no sense."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("awards.ruled", by=by, reason=reason.strip()):
        found = lock(found)
        if found.state != "draft":
            raise Refused(Problem("list.decided", f"名单{found.get_state_display()}，先重新拟定，再作决定"))
        check_runs(found, by)
        refuse_if(_check(found, kind, values))
        return note(found, kind, reason=reason, who=by, **values)


def note(found: AwardList, kind: str, *, reason: str, who: User, **values: Any) -> Ruling:
    """Write a ruling of a locked list; one about the same things replaces the earlier, in the caller's transaction."""
    now, last = clock.now(), found.rulings.order_by("number").last()
    same = found.rulings.filter(ended_at=None, kind=kind)
    same = same.filter(level=values["level"]) if kind == "count" else same.filter(keys__overlap=values["keys"])
    same.update(ended_at=now)
    number = last.number + 1 if last else 1
    return Ruling.objects.create(
        award_list=found, number=number, kind=kind, reason=reason.strip()[:300], by=who, at=now, **values
    )


def unrule(ruling: Ruling, *, reason: str, by: User) -> None:
    """Take a ruling back. Raises Refused without a reason, or once the list is decided."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("awards.unruled", by=by, reason=reason.strip()):
        found = lock(ruling.award_list)
        if found.state != "draft" or ruling.ended_at:
            raise Refused(Problem("list.decided", "名单已确定，或这项决定已撤回"))
        ruling.ended_at = clock.now()
        ruling.save(update_fields=["ended_at"])


def _check(found: AwardList, kind: str, values: Mapping[str, Any]) -> list[Problem]:
    made = preview(found)
    if kind == "count":
        level = next((one for one in made.gathered.levels if one.code == values["level"]), None)
        if level is None:
            return [Problem("ruling.level", "没有这个等次", "level")]
        if level.count is not None and values["count"] > level.count:
            return [Problem("ruling.count", f"{level.name}最多 {level.count} 名，不能再多", "count")]
        return []
    if unknown := [key for key in values["keys"] if key not in made.gathered.recipients]:
        return [Problem("ruling.keys", f"名次里没有：{'、'.join(unknown)}", "keys")]
    if kind == "order":
        ties = [set(tie.keys) for tie in made.allocation.ties]
        if set(values["keys"]) not in ties or len(values["keys"]) != len(set(values["keys"])):
            return [Problem("ruling.order", "请把并列的每一件排出先后，不多不少", "keys")]
    return []
