"""What the services of seasons leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core import clock
from seasons.services import themes
from tests.seasons.forces import traces as force_traces
from tests.seasons.placing import traces as placing_traces
from tests.seasons.points import traces as point_traces
from tests.seasons.prizes import traces as prize_traces

FIELD = {"code": "feb", "name": "健康科普", "industry": "医疗健康"}


def added(stage: Any) -> Callable[..., Any]:
    """A monthly theme is added."""
    return partial(themes.save, stage.edition, FIELD)


def announced(stage: Any) -> Callable[..., Any]:
    """A theme made without the service, so that no other verb is told, is announced."""
    theme = stage.edition.seasons.create(kind="points", starts_at=clock.now(), **FIELD)
    return partial(themes.publish, theme)


def cancelled(stage: Any) -> Callable[..., Any]:
    """A theme of the file is taken back."""
    return partial(themes.cancel, stage.edition.seasons.get(code="theme_a"), reason="改期")


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    themes.save: ("season.saved", added),
    themes.publish: ("season.published", announced),
    themes.cancel: ("season.cancelled", cancelled),
    **force_traces.CASES,
    **point_traces.CASES,
    **prize_traces.CASES,
    **placing_traces.CASES,
}
