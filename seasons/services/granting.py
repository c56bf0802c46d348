"""What the organiser grants: the prizes of a monthly theme, and bonuses, each with a reason."""

from datetime import datetime

from django.db import IntegrityError, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.clock import BEIJING
from core.problems import Problem, Refused, refuse_if
from judging.models import Snapshot
from registrations.entry_models import Entry
from registrations.services.entering import lock
from registrations.states import ENTRY_IN

from ..models import PointFact, Season
from . import ladder, posting
from .posting import NO_REASON

OUT = Problem("points.not_in_contest", "这份报名没有参赛（未提交、未通过或已退出），不能计分", "entry")


def award_prize(entry: Entry, season: Season, level: str, *, reason: str, by: User) -> PointFact:
    """A prize of a monthly theme; an entry has one a theme. Raises Refused (level, theme, reason, twice)."""
    levels = {rule.level for rule in ladder.rules_of(entry.edition) if rule.per == "prize"}
    problems = []
    if season.kind != "points" or season.edition_id != entry.edition_id:
        problems.append(Problem("points.theme", "只有本届的积分主题有这种奖项", "season"))
    if level not in levels:
        problems.append(Problem("points.level", "积分规则里没有这个奖项等级，请另选", "level"))
    refuse_if(problems)
    at = clock.now()
    return _grant(entry, reason, at, by, kind="prize", season=season, level=level)


def grant_ranked(entry: Entry, season: Season, level: str, snapshot: Snapshot, *, reason: str, by: User) -> PointFact:
    """A prize of a theme that its public ranking gives; see `prizing`. Raises Refused for an entry that is out."""
    return _grant(entry, reason, clock.now(), by, kind="prize", season=season, level=level, snapshot=snapshot)


def award_bonus(entry: Entry, rule: str, *, earned_at: datetime | None = None, reason: str, by: User) -> PointFact:
    """A bonus by one of the edition's bonus rules. earned_at: what it is for. Raises Refused (rule, reason)."""
    if rule not in {known.code for known in ladder.rules_of(entry.edition) if known.per == "bonus"}:
        raise Refused(Problem("points.bonus_rule", "积分规则里没有这项加分，请另选", "rule"))
    return _grant(entry, reason, earned_at or clock.now(), by, kind="bonus", rule=rule)


def revoke(fact: PointFact, *, reason: str, by: User) -> None:
    """Take a prize or a bonus back; its lines are reversed. A record is looked at again instead."""
    if fact.kind == "service":
        raise Refused(Problem("points.by_record", "服务记录的积分请在审核页“重新审核”，会自动冲正"))
    with transaction.atomic(), recorded("points.revoked", by=by, reason=reason.strip()):
        posting.void(fact, reason=reason, decider=by)


def _grant(entry: Entry, reason: str, earned_at: datetime, by: User, **values: object) -> PointFact:
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("points.awarded", by=by, reason=reason.strip()):
        entry = lock(entry)
        refuse_if([] if entry.state in ENTRY_IN else [OUT])
        month = f"{earned_at.astimezone(BEIJING):%Y-%m}"
        fact = PointFact(
            entry=entry, month=month, earned_at=earned_at, reason=reason.strip()[:200], by=by, at=clock.now(), **values
        )
        try:
            with transaction.atomic():
                fact.save(force_insert=True)
        except IntegrityError as error:
            raise Refused(
                Problem("points.prize_twice", "这份报名在这个主题里已有奖项，请先取消原来的", "season")
            ) from error
        posting.post_later(fact, entry.edition)
    return fact
