"""The facts behind 优秀组织单位 and 优秀指导教师: who stands behind prizes, and what they sent and won (G41)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction

from core.accounts.names import normal_text
from core.problems import Problem, Refused
from registrations.entry_models import Member
from registrations.work_models import Work

from ..models import AwardLine, AwardList, AwardVersion
from ..rules import composite
from ..rules.allocation import Level
from ..states import DECIDED
from .facts import Gathered, Recipient, entries_of, rule_of, sender_of

ALL = "composite"


def from_prizes(found: AwardList, weights: Mapping[str, Fraction] | None = None) -> Gathered:
    """Candidates are only the units and teachers of prize winners; their lists have to be decided first.

    weights: others, to compare. Raises Refused where they do not add up to 100.
    """
    rule = found.rule
    names = rule_of(rule)
    lines = _lines(found)
    split = rule.split or {}
    levels = [Level(kind, names.get(kind, rule.name), count, kind) for kind, count in split.items()]
    gathered = Gathered(levels or [Level("", rule.name, rule.count, ALL)])
    measures = [composite.Measure(m.code, m.name, (weights or {}).get(m.code, m.weight)) for m in rule.measures]
    if sum(one.weight for one in measures) != 100:
        raise Refused(Problem("whatif.measures", "综合评分各项的权重之和应为 100"))
    scored = composite.score(_nominees(found, lines, gathered, names), measures)
    for source in dict.fromkeys(level.source for level in gathered.levels):
        mine = [one for one in scored if source in (ALL, one.nominee.kind)]
        gathered.rankings[source] = composite.ranked(mine)
        gathered.names[source] = "综合评分"
    gathered.formula = [
        "综合得分 = "
        + " + ".join(f"{m.name} ÷ 同类最多 × {float(m.weight):g}" for m in measures)
        + "；单位与单位比，教师与教师比；四舍五入到 4 位小数",
        "参赛情况：报名数；选送作品数量：通过审核的作品数；作品获奖情况：" + _worth(found),
        "同分依次比较作品获奖情况、选送作品数量、参赛情况，仍相同由组委会决定",
    ]
    return gathered


def _lines(found: AwardList) -> list[AwardLine]:
    """The prizes that count, of decided lists in their latest version. Raises Refused while one is open."""
    lists = AwardList.objects.filter(edition=found.edition, award__in=found.rule.candidates_of)
    lists = lists.select_related("edition", "category", "track")
    waiting = [str(one) for one in lists if one.state not in DECIDED]
    if waiting or not lists:
        raise Refused(Problem("list.prizes_open", f"先确定这些名单，再评选：{'、'.join(waiting) or found.rule.name}"))
    latest = AwardVersion.objects.filter(award_list__in=lists).order_by("award_list_id", "-number")
    newest = latest.distinct("award_list_id").values("pk")
    return list(AwardLine.objects.filter(version__in=newest).select_related("entry__row__recommendation__unit"))


def _worth(found: AwardList) -> str:
    rulebook = found.edition.rulebook
    levels = [level for code in found.rule.candidates_of for level in rulebook.award(code).levels]
    return "、".join(f"{level.name} {level.worth} 分" for level in levels)


def _nominees(
    found: AwardList, lines: list[AwardLine], gathered: Gathered, names: dict[str, str]
) -> list[composite.Nominee]:
    rulebook, rule = found.edition.rulebook, found.rule
    worth = {level.code: level.worth for code in rule.candidates_of for level in rulebook.award(code).levels}
    entries = entries_of(found)
    works = Counter(Work.objects.filter(edition=found.edition, state="passed").values_list("entry", flat=True))
    teaching: dict[int, list[Member]] = defaultdict(list)
    for member in Member.objects.here().filter(edition=found.edition, role="instructor").select_related("user"):
        teaching[member.entry_id].append(member)
    values: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        for key in _keys(normal_text(sender_of(entry)), teaching[entry.pk]):
            values[key]["participation"] += 1
            values[key]["works"] += works[entry.pk]
    nominees: dict[str, str] = {}
    for line in lines:
        if line.entry is None:
            continue
        unit, teachers = normal_text(sender_of(line.entry)), teaching[line.entry.pk]
        for key in _keys(unit, teachers):
            values[key]["prizes"] += worth.get(line.level, 1)
            nominees[key] = key.split(":")[0]
        if unit:
            gathered.recipients[f"organisation:{unit}"] = Recipient(
                "organisation", unit, award_name=names.get("organisation", rule.name)
            )
        for one in teachers:
            gathered.recipients[f"instructor:{one.user_id}"] = Recipient(
                "instructor", one.name, one.organisation, award_name=names.get("instructor", rule.name), user=one.user
            )
    wanted = set(rule.recipients)
    return [composite.Nominee(key, kind, values[key]) for key, kind in sorted(nominees.items()) if kind in wanted]


def _keys(unit: str, teachers: list[Member]) -> list[str]:
    return ([f"organisation:{unit}"] if unit else []) + [f"instructor:{one.user_id}" for one in teachers]
