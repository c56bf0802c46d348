"""What a participant does with an entry (报名): begin, change, enter, withdraw; and how a contact opens it again."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, When

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_name, normal_text
from core.audit.history import recorded
from core.database import limits_in_words
from core.links import link_to
from core.notices.occasions import occasion_of
from core.notices.services import Word, notify_all
from core.prepared import Prepared
from core.problems import Problem, Refused, refuse_if
from core.states import move
from tracks.models import Edition

from .. import states
from ..entry_models import INSTRUCTORS_CHECK, MEMBERS_CHECK, SCOPE_CHECK, Entry, Member
from ..models import RecommendationRow
from ..rules.entering import check_fixed, check_shrinking, fixed_fields, scope_of
from ..rules.pinyin import pinyin_of
from ..rules.places import check_extension, check_window
from ..rules.teams import limits_of
from ..work_models import AUTHOR_CHECK, Work
from . import consenting
from .dossier import Dossier

FIELDS = ("kind", "team_name", "organisation", "categories", "track")
# The database's word for each limit, as a sentence.
CHECKS = {
    SCOPE_CHECK: Problem("entry.twice", "已经在本届的另一份报名里，一人只能参加一份。要换队，请先退出原来那一份"),
    MEMBERS_CHECK: Problem("team.full", "队伍人数刚刚满了，请刷新页面查看"),
    INSTRUCTORS_CHECK: Problem("team.instructors", "指导教师刚刚满了，请刷新页面查看"),
    AUTHOR_CHECK: Problem("work.topic_taken", "已经在同一主题的另一件作品里，每人每个主题限一件。请先撤回那一件"),
    "one_role_a_person_in_an_entry": Problem("member.twice", "这位已经在队里了"),
}

_LOCKED, _LOCKED_WHOLE = (
    Prepared(
        1,
        lambda entry, related=related: (
            Entry.objects.select_for_update(no_key=True, of=("self",)).select_related(*related).filter(pk=entry)
        ),
    )
    for related in (("row",), ("edition", "track", "row"))
)


def open_entry(edition: Edition, values: Mapping[str, Any], *, by: User) -> Entry:
    """Begin an open registration (自主报名): a draft of which `by` is the representative.

    values: any of FIELDS and `name`, the real name. Raises Refused outside the window, for what is wrong at its
    fields, for somebody who is in an entry already, or whom a unit has recommended: that place is claimed (Q8).
    """
    with transaction.atomic(), recorded("entry.opened", by=by):
        now = clock.now()
        refuse_if(check_window(edition.window("register"), now))
        refuse_if(recommendations_of(edition, by, values.get("name", "")))
        alone = _opened(edition, values, by, None, now)
        refuse_if(Dossier(alone.entry, now, people=[alone]).own_problems())
    return alone.entry


def make_entry(
    edition: Edition,
    values: Mapping[str, Any],
    *,
    representative: User,
    row: RecommendationRow | None = None,
) -> Entry:
    """A draft entry with its representative, in the caller's transaction. Raises Refused for one who is in another."""
    return _opened(edition, values, representative, row, clock.now()).entry


def _opened(
    edition: Edition, values: Mapping[str, Any], representative: User, row: RecommendationRow | None, now: datetime
) -> Member:
    """The representative, alone in the new entry."""
    entry = Entry(edition=edition, row=row, created_at=now)
    _fill(entry, values)
    entry.save(force_insert=True)
    name = normal_name(values.get("name") or representative.real_name)
    return add_person(entry, representative, "representative", name=name, now=now, organisation=entry.organisation)


def save_entry(entry: Entry, values: Mapping[str, Any], *, by: User) -> Entry:
    """Keep what was typed in the entry's own form while it may change: in a draft right or wrong, later only right.

    Raises Refused when the entry has closed, for what is fixed by now, when a choice does not fit the people who are
    in it already, and for what is wrong once it was entered.
    """
    with transaction.atomic(), recorded("entry.saved", by=by):
        entry = lock(entry)
        refuse_if(changeable(entry) or _fixed(entry, values) or _worked_on(entry, values))
        _fill(entry, values)
        refuse_if(_shrinking(entry))
        with limits_in_words(CHECKS):
            entry.save()
            scope = _scope(entry)
            entry.people.filter(left_at=None).exclude(scope=scope).update(scope=scope)
            if "name" in values:
                name = normal_name(values["name"])
                entry.people.filter(left_at=None, role="representative").update(name=name, pinyin=pinyin_of(name))
        if entry.state != "draft":
            refuse_if(Dossier(entry).own_problems())
    return entry


def enter(entry: Entry, *, by: User, accepted: Collection[str] = ()) -> Entry:
    """Send the entry to the contact of its track, its eligibility claims with it.

    accepted: codes of the texts that the representative ticks now. Raises Refused with every problem found, placed
    at the entry's fields, `people`, `eligibility`, `claim-<pk>-<field>` and `consent_<code>`; nothing was written.
    """
    with transaction.atomic(), recorded("entry.entered", by=by):
        entry = lock(entry)
        dossier = Dossier(entry)
        refuse_if(dossier.problems(accepted))
        ticked = [text for text in dossier.texts if text.code in set(accepted)]
        have = dossier.consents if dossier.led_by(by) else None
        consenting.give(ticked, entry.edition, by=by, entry=entry, have=have, at=dossier.now)
        move(entry, "enter", entered_at=dossier.now)
        entry.claims.filter(state="draft").update(state="submitted", submitted_at=dossier.now)
        _tell_entered(entry, dossier)
    return entry


def withdraw_entry(entry: Entry, *, by: User | None, reason: str = "") -> None:
    """Leave the contest; its people are free for another entry, open invitations end, and all are told."""
    with transaction.atomic(), recorded("entry.withdrawn", by=by, reason=reason):
        entry = lock(entry)
        _tell_withdrawn(entry, by, reason)
        move(entry, "withdraw")
        now = clock.now()
        entry.people.filter(left_at=None).update(left_at=now)
        entry.invitations.open().update(revoked_at=now, revoked_by=by)
        for work in entry.works.filter(state__in=Work.STATES["withdraw"].sources):
            move(work, "withdraw", correct_until=None)


def unlock_entry(entry: Entry, until: datetime, *, by: User, reason: str) -> None:
    """A contact gives an entry more time for changes; its people are told.

    Raises Refused without a reason or a later moment.
    """
    if not reason.strip():
        raise Refused(Problem("reason.missing", "请写明理由，会记入办理记录", "reason"))
    refuse_if(check_extension(Dossier(entry).gate, until, clock.now()))
    with transaction.atomic(), recorded("entry.unlocked", by=by, reason=reason.strip()):
        entry = lock(entry)
        entry.unlocked_until = until
        entry.save(update_fields=["unlocked_until"])
        _tell_unlocked(entry, reason.strip())


def recommendations_of(edition: Edition, user: User, name: str = "") -> list[Problem]:
    """What a unit has said of this person under the same phone and name (Q8): a place that passed is claimed instead
    of entering anew; one that still waits for the contact is only mentioned, since it will attach.

    name: the real name as typed, where it differs from the account's.
    """
    if not user.phone:
        return []
    names = {normal_name(user.real_name), normal_name(name)}
    rows = RecommendationRow.objects.filter(
        edition=edition, phone=user.phone, name__in=names, state__in=states.HOLDS_A_PLACE
    ).exclude(entries__state__in=states.ENTRY_LIVE)
    found = rows.select_related("recommendation__unit").order_by(Case(When(state="approved", then=0), default=1), "pk")
    if (row := found.first()) is None:
        return []
    unit = row.recommendation.unit.full_name
    if row.state == "approved":
        words = f"{unit}已经推荐了您，不用另外报名，请直接认领推荐名额"
        return [Problem("entry.recommended", words)]
    words = f"{unit}正在推荐您，审核通过后会并入这份报名，不用报两次"
    return [Problem("entry.recommendation_waits", words, level="warning")]


def attach_row(entry: Entry, row: RecommendationRow) -> None:
    """A recommendation joins an open entry, under its lock: its team name is the one that the unit gave (G14), and its
    categories come along. Raises Refused where an entry names one category and this is another, or where its people
    are too many for it."""
    several = entry.edition.rulebook.entry.several_categories
    if not several and set(entry.categories) != set(row.categories):
        words = "推荐的报名类别与自主报名的不同，而一份报名只能选一个类别。请先在报名信息里改成一致"
        raise Refused(Problem("claim.category", words))
    entry.row = row
    _fill(entry, {"team_name": row.team_name, "categories": [*entry.categories, *row.categories]})
    refuse_if(_shrinking(entry))
    with limits_in_words(CHECKS):
        entry.save()


def changeable(entry: Entry, now: datetime | None = None) -> list[Problem]:
    """Why the entry's own form and people cannot be changed now; nothing when they can.

    An entry that was entered stays open until its window closes, so that a slip can be mended.
    """
    dossier = Dossier(entry, now)
    if entry.state in ("withdrawn", "rejected"):
        return [Problem("entry.closed", f"{entry.get_state_display()}，不能再改")]
    return check_window(dossier.window, dossier.now)


def add_person(
    entry: Entry, user: User, role: str, *, name: str, organisation: str = "", now: datetime | None = None
) -> Member:
    """Somebody joins, in the caller's transaction. Raises Refused when there is no room or they are elsewhere."""
    member = Member(
        entry=entry,
        edition=entry.edition,
        user=user,
        role=role,
        name=name,
        organisation=organisation,
        scope=_scope(entry),
        joined_at=now or clock.now(),
    )
    with limits_in_words(CHECKS):
        member.save(force_insert=True)
    if role == "instructor":  # as the database has just counted; a stale count would be refused when it is saved
        entry.instructors += 1
    else:
        entry.members += 1
    return member


def lock(entry: Entry) -> Entry:
    """The entry as it now stands, locked until the transaction ends; always the first lock taken.

    What the request has read of the edition stays with it.
    """
    at_hand = Entry.edition.is_cached(entry) and entry.edition.in_request
    locked = (_LOCKED if at_hand else _LOCKED_WHOLE).get(entry.pk)
    if at_hand:
        locked.edition = entry.edition
        if locked.track_id == entry.track_id:
            locked.track = entry.track
    return locked


def _fill(entry: Entry, values: Mapping[str, Any]) -> None:
    for field in FIELDS:
        if field in values:
            value = values[field]
            setattr(entry, field, normal_text(value) if isinstance(value, str) else value)
    entry.categories = sorted(set(entry.categories))
    if entry.kind == "individual":
        entry.team_name = ""
    rulebook = entry.edition.rulebook
    known = {category.code for category in rulebook.categories}
    rules = [rulebook.team_rule(code) for code in entry.categories if code in known] or [rulebook.entry.team]
    entry.members_limit, entry.instructors_limit = limits_of(entry.kind, rules)


def _shrinking(entry: Entry) -> list[Problem]:
    return check_shrinking(entry.kind, entry.members, entry.instructors, entry.members_limit, entry.instructors_limit)


def _scope(entry: Entry) -> str:
    rule = entry.edition.rulebook.entry
    return scope_of(
        entry.track.code,
        tuple(entry.categories),
        one_track=rule.one_track_per_person,
        several=rule.several_categories,
    )


def _worked_on(entry: Entry, values: Mapping[str, Any]) -> list[Problem]:
    """A category whose work was begun stays, until the work is taken back."""
    wanted = values.get("categories", entry.categories)
    live = Work.objects.filter(entry=entry).exclude(state="withdrawn").exclude(category__in=wanted)
    codes = "、".join(live.values_list("category", flat=True))
    words = f"{codes} 类已经有作品，请先撤回作品，再去掉这个类别"
    return [Problem("categories.worked_on", words, "categories")] if codes else []


def _fixed(entry: Entry, values: Mapping[str, Any]) -> list[Problem]:
    """What was typed otherwise although it can no longer be chosen."""
    recommended = entry.row_id is not None
    fixed = fixed_fields(entry.state, recommended=recommended)
    changed = {field for field in fixed & values.keys() if values[field] != getattr(entry, field)}
    return check_fixed(frozenset(changed), recommended=recommended)


def _tell_withdrawn(entry: Entry, by: User | None, reason: str) -> None:
    """Its other people learn it, and the track's contacts if they had it before them."""
    dossier = Dossier(entry)
    said = {"title": dossier.title, "number": entry.number, "reason": reason}
    reached = [member.user for member in dossier.people]
    if entry.entered_at:
        reached += entry.track.contact_users
    words = [Word(user, "entry-withdrawn", said) for user in reached if by is None or user.pk != by.pk]
    notify_all(words, entry, occasion_of(dossier.now))


def _tell_unlocked(entry: Entry, reason: str) -> None:
    """Its people learn until when, and why."""
    dossier = Dossier(entry)
    told = {"title": dossier.title, "number": entry.number, "until": entry.unlocked_until, "reason": reason}
    said = told | {"link": link_to("entry", entry=entry.pk)}
    words = [Word(member.user, "entry-unlocked", said) for member in dossier.people]
    notify_all(words, entry, occasion_of(dossier.now))


def _tell_entered(entry: Entry, dossier: Dossier) -> None:
    """The people get a receipt; the track's contacts hear of it in the morning (`arrivals`)."""
    said = {
        "title": dossier.title,
        "number": entry.number,
        "track": entry.track.name,
        "link": link_to("entry", entry=entry.pk),
    }
    words = [Word(member.user, "entry-entered", said) for member in dossier.people]
    notify_all(words, entry, occasion_of(dossier.now))
