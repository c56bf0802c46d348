"""What a unit's clerk does with its volunteer forces (G43–G46): register, keep up to date, write activities down."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_text
from core.audit.history import recorded
from core.clock import BEIJING
from core.database import limits_in_words
from core.problems import Problem, Refused, refuse_if
from registrations.entry_models import Member
from registrations.models import Unit
from tracks.models import Edition

from ..models import Force, ForceActivity, ForceMember
from ..rules.forces import Activity, check_activity, check_force
from . import force_facts

NONE = Problem("force.none", "本届没有规定这类单位的科技志愿服务队伍，不用登记")
TWICE = Problem("force.twice", "这支队伍已经登记过，请在原来的队伍上修改", "committee")
WRITTEN = Problem("activity.twice", "同一天同名的活动已经记过，请核对日期和名称", "title")
STRANGERS = Problem("force.members", "有人不在本单位推荐的报名里，请重新勾选", "members")
TEXTS = ("leader", "post", "number")


def save(unit: Unit, edition: Edition, values: Mapping[str, Any], *, by: User, force: Force | None = None) -> Force:
    """Register a force, or change what is said of one; its committee stays what it was.

    values: committee (of a new one), leader, post, people, number, areas, members (people of the unit's entries).
    Raises Refused (no such force in this edition, twice, what the rules find); never for too few people.
    """
    now = clock.now()
    with transaction.atomic(), recorded("force.saved", by=by):
        line = force_facts.tabled(unit, edition)
        if line is None:
            raise Refused(NONE)
        if force:
            found = Force.objects.select_for_update(no_key=True).get(pk=force.pk)
        else:
            found = Force(unit=unit, edition=edition, committee=normal_text(values.get("committee", "")), made_at=now)
        found.unit, found.edition = unit, edition
        found.name, problems = line.name_of(found.committee)
        for field in TEXTS:
            setattr(found, field, normal_text(values.get(field, "")))
        people: Any = values.get("people")  # None is refused below
        found.people, found.areas, found.changed_at = people, sorted(values.get("areas", ())), now
        refuse_if(problems + check_force(force_facts.facts_of(found, line)))
        with limits_in_words({"one_force_a_committee": TWICE}):
            found.save()
        _link(found, values.get("members", ()))
    return found


def add_activity(force: Force, values: Mapping[str, Any], *, by: User) -> ForceActivity:
    """Write an activity down: title, kind, day, minutes, people. Raises Refused (what the rules find, twice)."""
    now = clock.now()
    typed = Activity(
        normal_text(values.get("title", "")), values.get("kind", ""), values.get("day"), values.get("minutes") or 0,
        values.get("people"),
    )  # fmt: skip
    known = {kind.code for kind in force.edition.rulebook.activity_types}
    since = force_facts.first_day(force.edition)
    refuse_if(check_activity(typed, known=known, since=since, today=now.astimezone(BEIJING).date()))
    limits = {"one_activity_a_day_and_title": WRITTEN}
    with transaction.atomic(), recorded("force.active", by=by), limits_in_words(limits):
        return ForceActivity.objects.create(force=force, by=by, at=now, **asdict(typed))


def remove_activity(activity: ForceActivity, *, by: User) -> None:
    """Take a wrong one out; history keeps it. Harmless when it is gone."""
    with transaction.atomic(), recorded("force.activity_removed", by=by):
        ForceActivity.objects.filter(pk=activity.pk).delete()


def _link(force: Force, members: Iterable[Member]) -> None:
    """Set who of the unit's entries serves in it; whoever left an entry meanwhile leaves the force too."""
    wanted = {member.pk for member in members}
    known = set(force_facts.people_of(force.unit, force.edition).values_list("pk", flat=True))
    refuse_if([STRANGERS] if wanted - known else [])
    linked = set(force.linked.values_list("member", flat=True))
    for gone in force.linked.filter(member__in=linked - wanted):
        gone.delete()
    for key in sorted(wanted - linked):
        ForceMember.objects.create(force=force, member_id=key, added_at=force.changed_at)
