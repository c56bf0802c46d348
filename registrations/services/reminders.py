"""Telling units what they have not done yet: by the calendar, and by a contact's click (催报)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Prefetch, QuerySet

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.models import Notice
from core.notices.rendering import Letter, render
from core.notices.services import notify
from core.problems import Problem, Refused, refuse_if
from tracks.models import Edition
from tracks.rulebook import Window

from ..models import Officer, OfficerInvitation, RecommendationRow, UnitQuota
from ..rules.places import extend_window
from ..rules.reminders import CORRECTION_NEAR, check_urge, due_reminder
from .units import resend_invitation

NOBODY = Problem("urge.nobody", "没有填报人，也没有有效的邀请；请先在“推荐单位”里邀请")


# --- By the calendar ------------------------------------------------------------------------------------


def remind(now: datetime) -> int:
    """Send whatever reminder is due at this moment of contest time, each once. Returns how many units were told."""
    if (edition := Edition.objects.current()) is None:
        return 0
    with transaction.atomic(), recorded("unit.reminded", by=None):
        return _before_deadline(edition, now) + _before_correction_ends(edition, now)


def _before_deadline(edition: Edition, now: datetime) -> int:
    """7 days and 1 day before its own deadline, a unit that has submitted nothing; anew after an extension."""
    window, told = edition.window("recommend"), told_before("deadline-near", UnitQuota)
    invited = told_before("officer-invited", OfficerInvitation)
    count = 0
    for quota in reachable(UnitQuota.objects.filter(edition=edition).not_submitted()):
        own = extend_window(window, quota.extended_until)
        if (days := due_reminder(own, now)) is None:
            continue
        occasion = f"{days}-days-{own.closes:%Y%m%d}"
        if (str(quota.pk), occasion) in told or any((str(i.pk), occasion) in invited for i in _invitations(quota)):
            continue
        count += _tell(quota, "deadline-near", occasion, own, days=days)
    return count


def _before_correction_ends(edition: Edition, now: datetime) -> int:
    """A day before returned rows lose their turn, one notice for all of a unit's rows with the same end (Q32)."""
    rows = RecommendationRow.objects.filter(
        edition=edition, state="returned", correct_until__gt=now, correct_until__lte=now + CORRECTION_NEAR
    )
    groups: defaultdict[tuple[int, datetime], list[RecommendationRow]] = defaultdict(list)
    for row in rows.select_related("recommendation__unit").order_by("recommendation", "position"):
        if row.correct_until:
            groups[row.recommendation_id, row.correct_until].append(row)
    for (_, until), found in groups.items():
        form = found[0].recommendation
        said = {
            "unit": form.unit.full_name,
            "rows": [{"position": row.position, "title": row.team_name or row.name} for row in found],
            "deadline": until,
            "link": link_to("recommendation", unit=form.unit_id),
        }
        for officer in form.unit.officers.select_related("user"):
            notify(officer.user, "correction-near", about=form, occasion=f"{until:%Y%m%d%H%M%S}", **said)
    return len(groups)


def told_before(template: str, about: type) -> set[tuple[str, str]]:
    """(object, occasion) of the notices of a kind that were written already."""
    kind = ContentType.objects.get_for_model(about)
    return set(Notice.objects.filter(template=template, content_type=kind).values_list("object_id", "occasion"))


# --- By hand --------------------------------------------------------------------------------------------


@dataclass
class Urging:
    """What urging some units does, or would do."""

    told: list[UnitQuota] = field(default_factory=list)
    passed_over: list[tuple[UnitQuota, str]] = field(default_factory=list)  # with the reason


def would_urge(quotas: QuerySet[UnitQuota]) -> Urging:
    """Who would be told right now, and who not and why."""
    found, now = Urging(), clock.now()
    for quota in reachable(quotas):
        if problems := _against_urging(quota, now):
            found.passed_over.append((quota, problems[0].message))
        else:
            found.told.append(quota)
    return found


def urge(quota: UnitQuota, *, by: User) -> None:
    """催报: ask a unit that has submitted nothing to do so. Raises Refused when it was asked within 24 hours, has
    submitted, can no longer submit, or nobody can be reached."""
    with transaction.atomic(), recorded("unit.urged", by=by):
        quota = reachable(UnitQuota.objects.select_for_update(no_key=True, of=("self",)).filter(pk=quota.pk))[0]
        now = clock.now()
        refuse_if(_against_urging(quota, now))
        quota.urged_at = now
        quota.save(update_fields=["urged_at"])
        _tell(quota, "report-urged", f"{now:%Y%m%d%H%M%S}", _window(quota), by=by)


def urge_many(quotas: Iterable[UnitQuota], *, by: User, deed: Callable[..., None] = urge) -> Urging:
    """The same for each; one that cannot be urged does not hold up the others. deed: another urging, of one unit."""
    done = Urging()
    for quota in quotas:
        try:
            deed(quota, by=by)
            done.told.append(quota)
        except Refused as refused:
            done.passed_over.append((quota, str(refused)))
    return done


def urging_letter(quota: UnitQuota) -> Letter:
    """The notice as its reader will get it."""
    return render("report-urged", {"name": "（填报人姓名）"} | _said(quota, _window(quota)))


def _against_urging(quota: UnitQuota, now: datetime) -> list[Problem]:
    if quota.taken:
        return [Problem("urge.submitted", f"已经提交 {quota.taken} 行，不用催")]
    if not quota.limit:
        return [Problem("urge.closed", "本单位的名额尚未开放")]
    problems = check_urge(_window(quota), quota.urged_at, now)
    if not problems and not quota.unit.officers.all() and not _invitations(quota):
        problems = [NOBODY]
    return problems


# --- How a unit is reached --------------------------------------------------------------------------------


def tell_extended(quota: UnitQuota) -> None:
    """The officers learn that their unit has more time."""
    _tell(quota, "deadline-extended", f"{clock.now():%Y%m%d%H%M%S}", _window(quota), reason=quota.extension_reason)


def reachable(quotas: QuerySet[UnitQuota]) -> QuerySet[UnitQuota]:
    """Quotas with what it takes to write to their units, in a fixed number of queries."""
    return quotas.select_related("unit", "edition").prefetch_related(
        Prefetch("unit__officers", Officer.objects.select_related("user")),
        Prefetch("unit__invitations", OfficerInvitation.objects.open(), to_attr="open_invitations"),
    )


def _invitations(quota: UnitQuota) -> list[OfficerInvitation]:
    """Whom to ask where nobody has come yet."""
    return [] if quota.unit.officers.all() else quota.unit.open_invitations  # type: ignore[attr-defined]


def _window(quota: UnitQuota) -> Window:
    return extend_window(quota.edition.window("recommend"), quota.extended_until)


def _said(quota: UnitQuota, window: Window, **more: object) -> dict[str, object]:
    return {
        "unit": quota.unit.full_name,
        "places": quota.limit,
        "deadline": window.closes,
        "link": link_to("recommendation", unit=quota.unit_id),
    } | more


def _tell(
    quota: UnitQuota, template: str, occasion: str, window: Window, *, by: User | None = None, **more: object
) -> bool:
    """To every officer; where there is none yet, the invitation goes out once more (it names the deadline too)."""
    said = _said(quota, window, **more)
    for officer in quota.unit.officers.all():
        notify(officer.user, template, about=quota, occasion=occasion, **said)
    for invitation in _invitations(quota):
        resend_invitation(invitation, by=by, occasion=occasion)
    return bool(quota.unit.officers.all() or _invitations(quota))
