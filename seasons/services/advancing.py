"""推选参赛 (G5): a list with reasons, adjusted by the contact, published once; works go into the judging pool."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.services import Word, notify_all
from core.problems import Problem, Refused, refuse_if
from core.states import move_all
from judging.models import Candidate, Round
from judging.services import pool
from judging.states import DECIDED
from registrations.entry_models import Entry, Member
from tracks.models import Track

from ..models import Advance, Course, Season
from ..rules.advancing import check_pick
from ..training_access import answers_for
from .training_facts import Trained, planned, trained

CHANGED = Problem("advance.changed", "名单刚刚有变化（新的出勤或调整），请重新核对后再公布")

SAME = Problem("advance.same", "现在就是这个结果，不用调整", "goes")


def seen_mark(lines: Sequence[Trained]) -> str:
    """What a reader of the preview has seen; another mark, another list."""
    told = [(line.entry.pk, line.goes, line.why, line.published) for line in lines]
    return hashlib.sha256(repr(sorted(told)).encode()).hexdigest()[:16]


def undecided(season: Season) -> list[str]:
    """Questions of the training rule that the edition leaves open: they block publication (decision 3)."""
    points = season.edition.rulebook.undecided
    return sorted({point.question for point in points if point.path.startswith("training")})


def readiness(season: Season, track: Track) -> list[Problem]:
    """Why the list of a track cannot be published yet."""
    problems = []
    if questions := undecided(season):
        words = f"参选条件（{'、'.join(questions)}）还没有定，请主办单位先在届次规则里采纳缺省或改定"
        problems.append(Problem("advance.undecided", words))
    now = clock.now()
    courses = [course for course in _courses(season) if course.track_id in (None, track.pk)]
    left = sum(session.ends_at > now for course in courses for session in planned(course))
    if left:
        problems.append(Problem("advance.sessions_left", f"还有 {left} 次课没有上完，上完或取消后再公布"))
    return problems


def adjust(season: Season, entry: Entry, goes: bool, *, reason: str, by: User) -> Advance | None:
    """Decide of one entry otherwise than the rule; published already, its people are told. None: as the rule.

    Raises Refused without a reason, where the edition allows no pick, for another track, for what is decided so
    already, and for taking back an entry whose work is being judged.
    """
    with transaction.atomic(), recorded("advance.adjusted", by=by, reason=reason.strip()):
        entry = Entry.objects.select_for_update(no_key=True, of=("self",)).select_related("track").get(pk=entry.pk)
        if not answers_for(by, entry):
            raise Refused(Problem("advance.track", "这份报名在另一条赛道，由该赛道联系人决定"))
        line = next(iter(trained(season, only=entry)), None)
        if line is None:
            raise Refused(Problem("advance.entry", "这份报名不在本主题的名单里（资格未通过，或没有报这个类别）"))
        by_rule = line.verdict.goes
        refuse_if([SAME] if line.goes == goes else [])
        refuse_if(check_pick(season.edition.rulebook.training, by_rule=by_rule, goes=goes, reason=reason))
        if line.published and line.goes and not goes:
            _take_back(season, entry, reason, by)
        if goes == by_rule and not line.published and line.advance:
            line.advance.delete()  # it follows the rule again, whatever attendance is still to come
            return None
        advance = _decided(season, line, goes, reason.strip(), clock.now())
        advance.save()
        if advance.state == "published":
            _tell(season, [(line, advance)])
            _fill(season, [advance], by)
    return advance


def publish(season: Season, track: Track, *, seen: str, by: User) -> list[Advance]:
    """Make the list of a track known: every entry's people are told, accepted works enter the pool. Gives the new ones.

    Run again it publishes only what has come since. Raises Refused for what `readiness` finds, for a list that is no
    longer the one that was seen, and for a track that `by` does not answer for.
    """
    if not (by.is_superuser or by.track_contacts.filter(track=track).exists()):
        raise Refused(Problem("advance.track", "这条赛道的名单由该赛道联系人公布"))
    with transaction.atomic(), recorded("advance.published", by=by):
        Season.objects.select_for_update(no_key=True).get(pk=season.pk)  # one publication at a time
        refuse_if(readiness(season, track))
        lines = trained(season, [track])
        refuse_if([] if seen_mark(lines) == seen else [CHANGED])
        made = _made_known(season, [line for line in lines if not line.published])
        _fill(season, made, by)
    return made


def fill_pools() -> int:
    """Works that passed after the publication enter the pool too. Returns how many did; again, none."""
    waiting = Advance.objects.filter(state="published", goes=True, entry__state="accepted")
    seasons = Season.objects.filter(pk__in=waiting.values("season")).select_related("edition", "category")
    count = 0
    with transaction.atomic(), recorded("advance.filled", by=None):
        for season in seasons:
            count += _fill(season, waiting.filter(season=season), None)
    return count


def rounds_of(season: Season) -> list[Round]:
    """The first rounds that judge the theme's category and still take works."""
    found = Round.objects.filter(
        edition=season.edition_id, category=season.category_id, category__isnull=False
    ).exclude(state__in=DECIDED)
    rounds = found.select_related("category", "edition", "track", "follows").order_by("position", "pk")
    return [one for one in rounds if one.scored and not (one.follows and one.follows.scored)]


def _courses(season: Season) -> list[Course]:
    return list(season.courses.filter(state="published").prefetch_related("sessions"))


def _made_known(season: Season, lines: Sequence[Trained]) -> list[Advance]:
    """Their decisions, published, and everybody told: in as many statements for one as for hundreds, but for those
    that were picked by hand, one each."""
    now = clock.now()
    told = [(line, _decided(season, line, line.goes, line.reason, now)) for line in lines]
    made = [advance for _, advance in told]
    picked = [advance for advance in made if advance.pk]
    Advance.objects.bulk_create(advance for advance in made if not advance.pk)
    for advance in picked:
        advance.save()
    move_all(made, "publish", published_at=now)
    _tell(season, told)
    return made


def _decided(season: Season, line: Trained, goes: bool, reason: str, now: datetime) -> Advance:
    """The decision with its figures, not yet stored; a pick that the rule agrees with by now needs no reason."""
    advance = line.advance or Advance(season=season, entry=line.entry)
    by_rule = line.verdict.goes
    if goes == by_rule and advance.state == "draft":
        reason = ""
    advance.goes, advance.by_rule, advance.reason = goes, by_rule, reason[:200]
    advance.attended, advance.held, advance.why = line.verdict.attended, line.verdict.held, line.verdict.why
    advance.decided_at = now
    return advance


def _fill(season: Season, advances: Iterable[Advance], by: User | None) -> int:
    """Their accepted works into the rounds that take them."""
    going = {advance.entry_id for advance in advances if advance.goes}
    count = 0
    for round_ in rounds_of(season) if going else []:
        works = pool.eligible_works(round_).filter(entry__in=going)
        things = [pool.thing_of(work) for work in works if work.current]
        count += len(pool.add(round_, things, by=by, reason=f"{season}：推选参赛")) if things else 0
    return count


def _take_back(season: Season, entry: Entry, reason: str, by: User) -> None:
    """Its work leaves the pool, as long as nobody judges it."""
    inside = Candidate.objects.filter(
        round__edition=season.edition_id, round__category=season.category_id, entry=entry, state="in"
    )
    for candidate in inside.select_related("round__category"):
        if candidate.round.state != "draft":
            words = "作品已进入评审，不能在这里撤回推选。确需退出，请在“参评作品”里办理"
            raise Refused(Problem("advance.judging", words))
        pool.withdraw(candidate, reason=reason or "撤回推选", by=by)


def _tell(season: Season, decided: Sequence[tuple[Trained, Advance]]) -> None:
    """Everybody in the entries. All are decided at one moment."""
    members = Member.objects.filter(entry__in=[line.entry for line, _ in decided], left_at=None)
    people = defaultdict(list)
    for member in members.select_related("user"):
        people[member.entry_id].append(member.user)
    words = []
    for line, advance in decided:
        said = {
            "entrant": line.title,
            "theme": season.name,
            "goes": advance.goes,
            "why": advance.why,
            "reason": advance.reason,
            "has_work": line.work is not None and line.work.state in ("submitted", "passed"),
            "link": link_to("entry", entry=line.entry.pk),
        }
        words += [Word(user, "advance-published", said, advance) for user in people[line.entry.pk]]
    if words:
        notify_all(words, None, occasion_of(decided[0][1].decided_at))
