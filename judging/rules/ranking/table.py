"""The ranking of a round from its frozen inputs: totals → method → mix of panels → tie chain → ranks."""

from dataclasses import replace
from decimal import Decimal

from .facts import Inputs, Note, Ranking, Row
from .faults import faults
from .panels import Heard, hear, mix
from .ties import parted


def rank(inputs: Inputs) -> Ranking:
    """The one entrance; pure. Raises ValueError, with every sentence of `faults`, when it cannot be done."""
    if wrong := faults(inputs):
        raise ValueError("；".join(wrong))
    rules = inputs.rules
    heard = hear(inputs)
    # 标准分 has no scale in common with votes, so it is never mixed as it stands.
    scores, mixing = mix(heard, normalise=rules.normalise_panels or rules.method == "zscore", places=rules.places)
    groups, ties = parted(inputs, scores)
    rows: list[Row] = []
    for group in groups:
        first = len(rows) + 1
        rows += [_row(heard, work, first, scores[work], len(group) > 1) for work in sorted(group)]
    left = sorted({work.code for work in inputs.works} - set(scores))
    rows += [_row(heard, work, None, None, False) for work in left]
    notes = [_named(note, one, heard) for one in heard for note in one.notes] + mixing
    if left:
        notes.append(Note("unranked", "缺少评分，没有名次", works=tuple(left)))
    return Ranking(
        rules.method,
        tuple(rows),
        ties,
        tuple(notes),
        {one.panel.code: one.weight for one in heard},
        {one.panel.code: one.severities for one in heard if one.severities},
    )


def _row(heard: list[Heard], work: str, rank: int | None, score: Decimal | None, shared: bool) -> Row:
    panels = {one.panel.code: one.scores[work] for one in heard if work in one.scores}
    silent = [one.panel.name for one in heard if one.weight and work not in one.scores]
    why = "" if rank else f"缺少{'、'.join(silent) or '全部评审团'}的评分"
    return Row(work, rank, score, panels, shared, why)


def _named(note: Note, one: Heard, heard: list[Heard]) -> Note:
    """With several panels, a note says which one it speaks of."""
    told = len(heard) == 1 or note.message.startswith(one.panel.name)
    return note if told else replace(note, message=f"{one.panel.name}：{note.message}")
