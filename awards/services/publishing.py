"""From a draft to a final list: decided, announced for objection, corrected where one was right, final.

draft ──lock──► locked ──publish──► published (第 1 版, 第 2 版 …) ──finalise──► final
  ▲               │ unlock, by a second person
  └───────────────┘
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.clock import BEIJING
from core.links import link_to
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.eligibility_models import Honour
from registrations.entry_models import Member
from tracks.models import Edition
from tracks.workdays import calendar

from ..models import AwardLine, AwardList, AwardVersion, Release
from ..rules.differences import Difference, differences
from ..rules.publicity import check_final, last_day
from . import entitling
from .drafting import NO_REASON, Draft, check_runs, keep, lock, places_of, preview
from .facts import rounds_of

SAME = Problem("list.same", "这样更正，名单没有变化。排名有误的，先在评审轮次里改好再来；文字有误的，填上更正后的文字")
HONOUR = "past_contest"  # 历届省科协科技或科普类赛事获奖 (G24(4)), where the edition knows it


def lock_list(found: AwardList, *, by: User) -> AwardVersion:
    """Decide: the latest version is the list. Raises Refused where none fits what rankings and rulings say now, or
    works still tie."""
    with transaction.atomic(), recorded("awards.locked", by=by):
        found = lock(found)
        check_runs(found, by)
        version = found.versions.first()
        if version is None:
            raise Refused(Problem("list.no_draft", "先生成名单草案，看过以后再确定"))
        made = preview(found)
        refuse_if(made.allocation.problems)
        if made.digest != version.sha256:
            raise Refused(Problem("list.changed", "排名或决定在生成草案以后变了，请重新生成，看过以后再确定"))
        move(found, "lock", locked_at=clock.now(), locked_by=by, unlocked_by=None)
    return version


def unlock_list(found: AwardList, *, reason: str, by: User) -> None:
    """A second person opens a decided list again. Raises Refused for the one who decided it, or without a reason."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("awards.unlocked", by=by, reason=reason.strip()):
        found = lock(found)
        if found.locked_by_id == by.pk:
            raise Refused(Problem("list.second", "重新拟定要两个人：名单是您确定的，请另一位组委会成员来办"))
        move(found, "unlock", unlocked_by=by)


def undecided(edition: Edition, award: str) -> list[str]:
    """Questions that the edition leaves open about the award and its 公示: they block publication (decision 3)."""
    rulebook = edition.rulebook
    number = next(n for n, one in enumerate(rulebook.awards) if one.code == award)
    paths = (f"awards[{number}]", "publicity")
    # What certificates look like is no matter of the list.
    return sorted(
        {u.question for u in rulebook.undecided if u.path.startswith(paths) and not u.path.endswith("issuer_roles")}
    )


def check_publishing(found: AwardList) -> list[Problem]:
    """What stands against announcing it."""
    problems = []
    if waiting := undecided(found.edition, found.award):
        words = f"规则里还有未决定的事项：{'、'.join(waiting)}。请先在届次规则里采纳或改定，再公示"
        problems.append(Problem("list.undecided", words))
    if found.rule.kind == "ranking":
        hidden = [str(one) for one in rounds_of(found).values() if one.state != "published"]
        if hidden:
            problems.append(Problem("list.round_hidden", f"先公布{'、'.join(hidden)}的排名，再公示名单"))
    if found.rule.kind == "composite":
        others = AwardList.objects.filter(edition=found.edition, award__in=found.rule.candidates_of)
        hidden = [str(one) for one in others.exclude(state__in=("published", "final")).select_related("edition")]
        if hidden:
            problems.append(Problem("list.prizes_hidden", f"先公示{'、'.join(hidden)}，再公示这份名单"))
    return problems


def window_from(edition: Edition, moment: datetime) -> datetime:
    """The exclusive end of a 公示 that begins at a moment, in working days as the organiser has them."""
    rule = edition.rulebook.publicity
    last = last_day(
        moment.astimezone(BEIJING).date(), rule.working_days, first_counts=rule.first_day_counts, is_workday=calendar()
    )
    return datetime.combine(last + timedelta(days=1), time(), BEIJING)


def publish_list(found: AwardList, *, by: User) -> Release:
    """Announce: the window for objections begins. Raises Refused while something the reader needs is not public."""
    with transaction.atomic(), recorded("awards.published", by=by):
        found = lock(found)
        version = found.versions.first()
        refuse_if(check_publishing(found))
        now = clock.now()
        closes = window_from(found.edition, now)
        move(found, "publish", opens_at=now, closes_at=closes)
        if version is None:
            raise Refused(Problem("list.no_draft", "这份名单没有草案"))
        release = Release.objects.create(award_list=found, version=version, number=1, at=now, by=by)
        _tell(found, version.lines.all(), "award-listed", release)
    return release


# --- Corrections -----------------------------------------------------------------------------------------------


def public_version(found: AwardList) -> AwardVersion | None:
    """What the public sees."""
    release = found.releases.select_related("version").first()
    return release.version if release else None


def changes(found: AwardList, made: Draft) -> list[Difference]:
    """What a correction would change against what is public."""
    shown = public_version(found)
    return differences(places_of(shown.lines.all()) if shown else {}, made.places)


def correct(found: AwardList, *, reason: str, by: User) -> Release:
    """The organiser found a mistake, or a ranking was corrected: the next version, with its difference, by the rules.

    Raises Refused where nothing changes, or works tie.
    """
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("awards.corrected", by=by, reason=reason.strip()):
        return release_again(lock(found), reason.strip(), by)


def release_again(found: AwardList, reason: str, who: User) -> Release:
    """A new public version of a locked list, in the caller's transaction. Whoever comes in or changes the level is
    announced for a whole window again."""
    if found.state != "published":
        raise Refused(Problem("list.not_public", "只有公示中的名单可以更正"))
    check_runs(found, who)
    made = preview(found)
    refuse_if(made.allocation.problems)
    found_changes = changes(found, made)
    if not found_changes:
        raise Refused(SAME)
    old = public_version(found)
    version, now = keep(found, made, who), clock.now()
    last = found.releases.first()
    number = last.number + 1 if last else 1
    release = Release.objects.create(
        award_list=found, version=version, number=number, at=now, by=who, reason=reason[:300]
    )
    if any(one.how in ("in", "level") for one in found_changes):
        found.closes_at = max(found.closes_at or now, window_from(found.edition, now))
        found.save(update_fields=["closes_at"])
    keys = {one.key for one in found_changes if one.how != "position"}
    lines = {line.key: line for one in (old, version) if one for line in one.lines.all() if line.key in keys}
    _tell(found, lines.values(), "award-changed", release)
    return release


# --- Final -----------------------------------------------------------------------------------------------------


def check_finalising(found: AwardList, now: datetime) -> list[Problem]:
    """What stands against making it final: its window, objections."""
    return check_final(found.closes_at, now, found.objections.open().count())


def finalise(found: AwardList, *, by: User | None) -> None:
    """After the window, with nothing open: the list is final, its entitlements follow, honours are registered.

    Raises Refused before. by: None when the calendar does it.
    """
    with transaction.atomic(), recorded("awards.final", by=by):
        found = lock(found)
        now = clock.now()
        refuse_if(check_finalising(found, now))
        move(found, "finalise", final_at=now)
        lines = list(AwardLine.objects.final().filter(version__award_list=found).select_related("entry"))
        entitling.grant_for(found, lines, now)
        _honour(found, lines, now)
        _tell(found, lines, "award-final", found)


def finalise_due(now: datetime) -> list[AwardList]:
    """The beat's part: whatever may be final is."""
    done = []
    for found in AwardList.objects.filter(state="published", closes_at__lte=now):
        try:
            finalise(found, by=None)
            done.append(found)
        except Refused:  # an objection is open; its answer calls again
            continue
    return done


def _honour(found: AwardList, lines: Iterable[AwardLine], now: datetime) -> None:
    """Winners may rest a later entry's eligibility on it (G24(4))."""
    edition = found.edition
    if HONOUR not in {one.code for one in edition.rulebook.honours}:
        return
    year = now.astimezone(BEIJING).year
    for line in lines:
        words = f"{edition.rulebook.edition.session}{line.award_name}{line.level_name if line.level else ''}"
        known = {"title": HONOUR, "holder": line.name, "organisation": line.organisation, "year": year}
        Honour.objects.get_or_create(**known, detail=words[:200], defaults={"source": edition.name[:300]})


def _tell(found: AwardList, lines: Iterable[AwardLine], kind: str, about: AwardList | Release) -> None:
    """One notice to the representative of each entry, and to each teacher."""
    kept = list(lines)
    leads = Member.objects.filter(
        entry__in={line.entry_id for line in kept if line.entry_id}, role="representative", left_at=None
    )
    users = {one.entry_id: one.user for one in leads.select_related("user")}
    link, words = link_to("publicity_list", award_list=found.pk), []
    for line in kept:
        to = users.get(line.entry_id or 0) or line.user
        if to:
            said: dict[str, Any] = {
                "award": line.award_name,
                "level": line.level_name if line.level else "",
                "winner": line.name,
            }
            said |= {"closes": found.closes_at, "link": link, "reason": getattr(about, "reason", "")}
            words.append(Word(to, kind, said))
    notify_all(words, about, found.award)
