"""What must hold between sections. A check names as parameters the sections that it needs.

It is run over whatever could be read of these, so that a fault in one row does not hide one in another.
"""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator

from .awards import Award, Certificates, Entitlement
from .contest import Category, Milestone, Season, Track
from .dates import window_of
from .faults import Fault
from .judging import Round
from .schema import Rulebook, Sections
from .units import Naming, UnitCategory

Check = Callable[..., Iterator[Fault]]


def run(checks: tuple[Check, ...], sections: Sections) -> list[Fault]:
    """The faults of every check whose sections could be read."""
    given = {name: f.default for name, f in Rulebook.__dataclass_fields__.items() if f.default in (None, ())}
    known = given | sections
    runnable = [(check, list(inspect.signature(check).parameters)) for check in checks]
    return [
        fault
        for check, names in runnable
        if known.keys() >= set(names)
        for fault in check(**{name: known[name] for name in names})
    ]


def gates_are_single(milestones: tuple[Milestone, ...]) -> Iterator[Fault]:
    """For one category, an action has one opening and one closing milestone; channels have gates of their own."""
    for side in ("opens", "closes"):
        gates = Counter(
            (action, category) for m in milestones for action in getattr(m, side) for category in m.categories or ("",)
        )
        for (action, category), times in gates.items():
            if times > 1 or (category and (action, "") in gates):
                scope = f"（类别 {category}）" if category else ""
                yield Fault("milestones", f"有多个节点在 {side} 中写了 {action}{scope}，请只留一个")


def windows_run_forward(milestones: tuple[Milestone, ...]) -> Iterator[Fault]:
    """What one milestone opens is not closed by an earlier one."""
    scopes = {category for m in milestones for category in m.categories} | {None}
    actions = {action for m in milestones for action in (*m.opens, *m.closes)}
    for action in sorted(actions):
        for scope in sorted(scopes, key=str):
            window = window_of(action, milestones, scope)
            if window.opens and window.closes and window.opens >= window.closes:
                yield Fault(
                    "milestones",
                    f"事项 {action} 由 {window.opened_by} 开启、由 {window.closed_by} 截止，先后颠倒，请改正日期",
                )
                break


def team_names_need_naming(naming: Naming | None, unit_categories: tuple[UnitCategory, ...]) -> Iterator[Fault]:
    """Team names have slots, and `naming` says who fills them (G13a)."""
    if naming is None and any(u.team_names for u in unit_categories):
        yield Fault("naming", "写了队伍命名 team_names，请补上 [naming]（括号、禁用词和槽位由谁填写）")


def rounds_form_chains(rounds: tuple[Round, ...]) -> Iterator[Fault]:
    """初评 → 复评 → 终审 never comes back to where it began."""
    follows = {r.code: r.follows for r in rounds}
    for i, start in enumerate(rounds):
        seen, code = {start.code}, start.follows
        while code in follows and code not in seen:
            seen.add(code)
            code = follows[code]
        if code in seen:
            yield Fault(f"rounds[{i}].follows", f"轮次 {start.code} 绕回了自己，请改正先后")


def levels_belong_to_their_award(awards: tuple[Award, ...], entitlements: tuple[Entitlement, ...]) -> Iterator[Fault]:
    """An entitlement is granted to levels of the award that it names, not of another."""
    levels = {award.code: {level.code for level in award.levels} for award in awards}
    for i, entitlement in enumerate(entitlements):
        for j, grant in enumerate(entitlement.grants):
            if grant.level not in levels.get(entitlement.award, {grant.level}):
                yield Fault(f"entitlements[{i}].grants[{j}].level", f"奖项 {entitlement.award} 没有等次 {grant.level}")


def training_seasons_have_a_category(seasons: tuple[Season, ...]) -> Iterator[Fault]:
    """Advancement is decided per theme, and its works go into that theme's category (G5)."""
    for i, season in enumerate(seasons):
        if season.kind == "training" and season.category is None:
            yield Fault(f"seasons[{i}].category", "培训赛季须写明对应的类别 category")


def someone_can_enter_each_track(tracks: tuple[Track, ...], categories: tuple[Category, ...]) -> Iterator[Fault]:
    """A track takes the kinds of entrant that its categories take; otherwise nobody could enter."""
    for i, track in enumerate(tracks):
        open_to = {entrant for c in categories if track.code in c.tracks for entrant in c.entrants}
        if open_to and not open_to & set(track.entrants):
            yield Fault(f"tracks[{i}].entrants", f"赛道 {track.code} 与其类别没有共同的参赛主体，请核对 entrants")


def certificate_numbers_differ(
    certificates: Certificates | None, awards: tuple[Award, ...], categories: tuple[Category, ...]
) -> Iterator[Fault]:
    """Two kinds never share the middle of a number: each counts for itself, so a whole number would come twice."""
    taken: dict[str, str] = {}
    known = {award.code: award for award in awards}
    for i, kind in enumerate(certificates.kinds if certificates else ()):
        rule = known.get(kind.award or "")
        ranked = [(c.code, n) for c in categories for n in range(1, len(rule.levels) + 1)] if rule else []
        for group in sorted({certificates.group(kind, *one) for one in [("", 0), *ranked]} if certificates else ()):
            if taken.setdefault(group, kind.code) != kind.code:
                where = f"certificates.kinds[{i}].prefix"
                yield Fault(where, f"编号的 {group} 与证书 {taken[group]} 重复，请给 {kind.code} 换一个 prefix")
                break


ERRORS: tuple[Check, ...] = (
    gates_are_single,
    windows_run_forward,
    team_names_need_naming,
    rounds_form_chains,
    levels_belong_to_their_award,
    training_seasons_have_a_category,
    someone_can_enter_each_track,
    certificate_numbers_differ,
)
