"""What awards keep of a person: gathered for them, deleted at their request (PIPL 45, 47).

A prize stays where it is, under the person's alias: counts, places and reasons do not change.
"""

from collections import Counter

from django.db.models import Count, Q

from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.files.services import erase
from core.personal import Person, Section

from . import certificate_personal
from .models import AwardLine, AwardList, Entitlement, Objection, Release, Ruling

TEXTS = ("words", "unit", "note", "answer")


def gather(user: User) -> list[Section]:
    """Prizes on announced lists, what they entitle to, objections, certificates."""
    return [_lines(user), _entitlements(user), _objections(user), certificate_personal.gather(user)]


def _own(user: User) -> Q:
    return Q(user=user) | Q(entry__people__user=user)


def purge(person: Person) -> Counter[str]:
    """Names become the alias, objections lose their words and evidence; in the caller's transaction."""
    done = certificate_personal.purge(person)
    named = [line for line in AwardLine.objects.filter(_own(person.user)).distinct() if person.is_named_in(line.name)]
    AwardLine.objects.filter(pk__in=[line.pk for line in named]).update(name=person.alias)
    done["获奖名单上的姓名（奖项保留）"] = len(named)
    lines = AwardLine.objects.filter(_own(person.user)).values("pk")
    held = [e.pk for e in Entitlement.objects.filter(line__in=lines) if person.is_named_in([e.name, e.note])]
    Entitlement.objects.filter(pk__in=held).update(name=person.alias, note=REDACTED)
    redact(Entitlement, held)
    objections = list(Objection.objects.filter(by=person.user).select_related("evidence"))
    keys = [one.pk for one in objections]
    files = [one.evidence for one in objections if one.evidence]
    for one in objections:
        for name in TEXTS:
            if getattr(one, name):
                setattr(one, name, REDACTED)
        one.evidence = None
        one.save(update_fields=[*TEXTS, "evidence"])
    redact(Objection, keys)
    erase(files)
    done["公示异议（清空文字和证据）"] = len(keys)
    done["决定、更正和答复里的姓名"] = _spoken(person)
    return done


def _spoken(person: Person) -> int:
    """Rulings, corrections and answers that name the person, whoever wrote them."""
    count = 0
    for model, names in (
        (Ruling, ("reason", "name", "organisation", "title")),
        (Release, ("reason",)),
        (Objection, TEXTS),
    ):
        rows = [one for one in model._default_manager.all() if person.is_named_in([getattr(one, n) for n in names])]
        for one in rows:
            for name in names:
                if getattr(one, name):
                    setattr(one, name, REDACTED)
            one.save(update_fields=list(names))
        redact(model, [one.pk for one in rows])
        count += len(rows)
    return count


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: prizes, entitlements, objections by state."""
    found = Counter[tuple[object, ...]]()
    for state, n in AwardList.objects.values_list("state").annotate(n=Count("pk")).order_by():
        found["award_list", state] = n
    for version, level, n in AwardLine.objects.values_list("version", "level").annotate(n=Count("pk")).order_by():
        found["award_line", version, level] = n
    for code, n in Entitlement.objects.values_list("code").annotate(n=Count("pk")).order_by():
        found["entitlement", code] = n
    for state, n in Objection.objects.values_list("state").annotate(n=Count("pk")).order_by():
        found["objection", state] = n
    return found + certificate_personal.statistics()


def _lines(user: User) -> Section:
    lines = AwardLine.objects.shown().filter(_own(user)).select_related("version__award_list").distinct()
    rows = [
        (one.award_name, one.level_name, one.name, one.organisation, one.title, one.reason,
         one.version.award_list.get_state_display())
        for one in lines.order_by("pk")
    ]  # fmt: skip
    return Section("我的获奖", ("奖项", "等次", "获奖者", "单位", "作品", "依据", "状态"), rows)


def _entitlements(user: User) -> Section:
    lines = AwardLine.objects.final().filter(_own(user)).values("pk")
    rows = [
        (one.title, one.get_state_display(), one.name, one.months, one.value_yuan, one.granted_at)
        for one in Entitlement.objects.filter(line__in=lines).select_related("edition").order_by("pk")
    ]
    return Section("我的奖励权益", ("权益", "状态", "持有者", "月数", "价值（元）", "授予时间"), rows)


def _objections(user: User) -> Section:
    found = list(Objection.objects.filter(by=user).select_related("award_list__edition", "evidence").order_by("pk"))
    rows = [
        (str(o), str(o.award_list), o.get_kind_display(), o.unit, o.words, o.get_state_display(),
         o.get_outcome_display(), o.answer, o.filed_at, o.answered_at)
        for o in found
    ]  # fmt: skip
    columns = (
        "编号", "名单", "名义", "单位", "内容", "状态", "结论", "答复", "提出时间", "答复时间",
    )  # fmt: skip
    return Section("我的公示异议", columns, rows, [o.evidence for o in found if o.evidence])
