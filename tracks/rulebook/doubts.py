"""Where a notice contradicts itself or leaves a hole: warnings with both quotes; they never block saving (G29)."""

from collections.abc import Iterator

from .checks import Check
from .contest import Milestone
from .dates import window_of
from .faults import Fault
from .judging import Round
from .units import UnitCategory


def recommendation_closes_before_registration(milestones: tuple[Milestone, ...]) -> Iterator[Fault]:
    """G29(a): two channels with separate gates, not one date."""
    by_code = {m.code: m for m in milestones}
    recommend, register = window_of("recommend", milestones), window_of("register", milestones)
    if not (recommend.closes and register.opens and register.closes):
        return
    due, opening, end = (by_code[c] for c in (recommend.closed_by, register.opened_by, register.closed_by))
    if recommend.closes <= register.opens:
        yield Fault("milestones", f"推荐截止早于在线系统开放：{_end(due)}；{_start(opening)}。两个通道各按各的时间")
    if recommend.closes < register.closes:
        yield Fault("milestones", f"推荐截止早于报名截止：{_end(due)}；{_end(end)}。推荐与报名须分别提醒")


def registration_announced_before_it_opens(milestones: tuple[Milestone, ...]) -> Iterator[Fault]:
    """G29(b): the page must say which channel is open."""
    by_code = {m.code: m for m in milestones}
    register = window_of("register", milestones)
    if register.opens and register.closed_by:
        announced, opening = by_code[register.closed_by], by_code[register.opened_by]
        if announced.starts_at and announced.starts_at < register.opens:
            yield Fault(
                "milestones", f"报名开始早于在线系统开放：{_start(announced)}；{_start(opening)}。请说明当时开放的通道"
            )


def milestones_leave_their_frame(milestones: tuple[Milestone, ...]) -> Iterator[Fault]:
    """G29(c): e.g. 宣讲会 that end after registration; K4: a deadline before the one it waits for."""
    by_code = {m.code: m for m in milestones}
    for i, m in enumerate(milestones):
        frame, before = by_code.get(m.during or ""), by_code.get(m.after or "")
        if frame and m.ends_at and frame.ends_at and m.ends_at > frame.ends_at:
            yield Fault(f"milestones[{i}].end", f"{m.name}晚于{frame.name}截止：{_end(m)}；{_end(frame)}")
        if frame and m.starts_at and frame.starts_at and m.starts_at < frame.starts_at:
            yield Fault(f"milestones[{i}].start", f"{m.name}早于{frame.name}开始：{_start(m)}；{_start(frame)}")
        if before and m.ends_at and before.ends_at and m.ends_at < before.ends_at:
            yield Fault(f"milestones[{i}].end", f"{m.name}早于其所依据的{before.name}：{_end(m)}；{_end(before)}")


def milestones_without_end(milestones: tuple[Milestone, ...]) -> Iterator[Fault]:
    """G29(d): themes 1–3 have no end and no date of submission (Q10)."""
    for i, m in enumerate(milestones):
        if m.kind == "open_ended":
            assumed = f"，暂按 {m.end}" if m.end else ""
            yield Fault(f"milestones[{i}].end", f"{m.name}没有结束与交稿日期{assumed}：{_start(m)}。请主办单位确定")


def final_without_dated_rounds(milestones: tuple[Milestone, ...], rounds: tuple[Round, ...]) -> Iterator[Fault]:
    """G29(e): “终审” implies earlier rounds, none of them dated."""
    by_code, round_of = {m.code: m for m in milestones}, {r.code: r for r in rounds}
    for last in rounds:
        final, earlier = by_code.get(last.milestone or ""), round_of.get(last.follows or "")
        if final and earlier and earlier.milestone is None:
            quote = f"{last.name}“{final.quote}”"
            yield Fault("rounds", f"{quote}意味着之前有{earlier.name}，但通知未写{earlier.name}的日期。请在赛程中补上")


def quotas_exceed_the_cap(unit_categories: tuple[UnitCategory, ...]) -> Iterator[Fault]:
    """N7: 1320 places under a cap of 1000."""
    for i, u in enumerate(unit_categories):
        total = sum((u.quotas or {}).values())
        if u.global_cap is not None and total > u.global_cap:
            yield Fault(
                f"unit_categories[{i}].quotas",
                f"名额合计 {total} 超过总数上限 {u.global_cap}：“{u.quota_wording}”；“{u.quote}”。"
                f"将按 cut = {u.cut} 取舍",
            )


def unit_categories_without_quota(unit_categories: tuple[UnitCategory, ...]) -> Iterator[Fault]:
    """Q3: the category exists, nobody can recommend through it yet."""
    for i, u in enumerate(unit_categories):
        if u.closed:
            yield Fault(
                f"unit_categories[{i}].quota", f"{u.name}没有名额（“{u.quota_wording}”），推荐通道关闭，待主办单位确定"
            )


def _start(m: Milestone) -> str:
    return f"{m.name} {m.start} 起“{m.quote}”"


def _end(m: Milestone) -> str:
    return f"{m.name}至 {m.end}“{m.quote}”"


WARNINGS: tuple[Check, ...] = (
    recommendation_closes_before_registration,
    registration_announced_before_it_opens,
    milestones_leave_their_frame,
    milestones_without_end,
    final_without_dated_rounds,
    quotas_exceed_the_cap,
    unit_categories_without_quota,
)
