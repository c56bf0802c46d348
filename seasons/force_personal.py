"""What volunteer forces keep of a person: a leader's name, who serves in one, what a clerk wrote down (PIPL 45, 47)."""

from collections import Counter

from django.db.models import Q

from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.personal import Person, Section
from registrations.models import Recommendation
from tracks.models import Edition

from .models import Force, ForceActivity, ForceMember


def gather(user: User) -> list[Section]:
    """The forces one serves in, and the activities that one wrote down."""
    return [_forces(user), _activities(user)]


def purge(person: Person) -> Counter[str]:
    """Links go; a leader's name goes where the force is of a unit that the person has to do with; so do texts that name
    the person. Figures stay. In the caller's transaction and `recorded(…)`, while their offices still stand.
    """
    done, user = Counter[str](), person.user
    links = ForceMember.objects.filter(member__user=user)
    forms = Recommendation.objects.filter(rows__entries__people__user=user)
    units = Q(unit__in=user.offices.values("unit")) | Q(unit__in=forms.values("unit"))
    led = [f.pk for f in Force.objects.filter(units).exclude(leader="").distinct() if person.is_named_in(f.leader)]
    Force.objects.filter(pk__in=led).update(leader="", post="")
    redact(Force, led)
    texts = ForceActivity.objects.filter(Q(by=user) | Q(force__in=Force.objects.filter(units).values("pk")))
    named = [one.pk for one in texts if person.is_named_in(one.title)]
    for key in named:  # one day may have several; the title keeps them apart
        ForceActivity.objects.filter(pk=key).update(title=f"{REDACTED}{key}")
    redact(ForceActivity, named)
    done["志愿服务队伍（清空负责人，去掉队员）"] = len(led) + links.count()
    for link in links:
        link.delete()
    return done


def expire_leaders(edition: Edition) -> int:
    """Who led the forces; that they were there stays."""
    keys = list(Force.objects.filter(edition=edition).exclude(leader="").values_list("pk", flat=True))
    Force.objects.filter(pk__in=keys).update(leader="", post="")
    redact(Force, keys)
    return len(keys)


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: forces with their people, activities."""
    found = Counter[tuple[object, ...]]()
    for key, people in Force.objects.values_list("pk", "people"):
        found["force", key] = people
    found["force activities", "all"] = ForceActivity.objects.count()
    return found


def _forces(user: User) -> Section:
    links = ForceMember.objects.filter(member__user=user).select_related("force__unit").order_by("pk")
    rows = [(one.force.name, one.force.unit.full_name, one.added_at) for one in links]
    return Section("我在的志愿服务队", ("队伍", "单位", "列入时间"), rows)


def _activities(user: User) -> Section:
    written = ForceActivity.objects.filter(by=user).select_related("force").order_by("pk")
    rows = [(one.force.name, one.title, one.day, one.minutes, one.people, one.at) for one in written]
    return Section("我登记的队伍活动", ("队伍", "做了什么", "日期", "分钟", "人数", "登记时间"), rows)
