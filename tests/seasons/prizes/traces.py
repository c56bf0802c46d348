"""What the services of a theme's prizes leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from judging.services import adoption
from seasons.models import Season
from seasons.services import granting, prizing
from tests.judging import build as judging
from tests.seasons.points import build as points
from tests.seasons.prizes import build


def theme(stage: Any) -> Season:
    """A prized theme of an edition with published rules."""
    stage.edition = points.edition()
    return build.theme(stage.edition)


def published(stage: Any) -> Season:
    """One record was judged, the ranking is public."""
    made = theme(stage)
    build.passed(made, 1)
    build.judged(made, {"一": 90})
    return made


def filling(stage: Any) -> Callable[..., Any]:
    """A record that passed waits."""
    made = theme(stage)
    build.passed(made, 1)
    prizing.open_round(made, by=judging.organiser())
    made.refresh_from_db()
    return partial(prizing.fill, made)


def leaving(stage: Any) -> Callable[..., Any]:
    """A record before judges that no longer holds."""
    made = theme(stage)
    record = build.passed(made, 1)
    build.round_of(made)
    return partial(prizing.take_out, record, reason="看错了")


def ranked(stage: Any) -> Callable[..., Any]:
    """The prize of a public place."""
    made = published(stage)
    found = prizing.outlook(made)
    entry = points.Entry.objects.get(pk=found.winners[0].entry)
    return partial(granting.grant_ranked, entry, made, "first", found.snapshot, reason="第 1 名")


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    adoption.add_theme_round: (
        "round.added",
        lambda s: partial(adoption.add_theme_round, s.edition, "theme-march", "三月"),
    ),
    prizing.open_round: ("season.judged", lambda s: partial(prizing.open_round, theme(s))),
    prizing.fill: ("candidates.added", filling),
    prizing.take_out: ("candidate.withdrawn", leaving),
    prizing.settle: ("season.settled", lambda s: partial(prizing.settle, published(s), reason="公布名次")),
    granting.grant_ranked: ("points.awarded", ranked),
}
