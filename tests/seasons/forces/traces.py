"""What the services of volunteer forces leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from seasons.models import Force
from seasons.services import forces, forces_export
from tests.seasons.forces.build import VALUES

ACTIVITY = {"title": "农技下乡", "kind": "innovation", "day": date(2024, 12, 7), "minutes": 120, "people": 9}


def made(stage: Any) -> Force:
    """The unit's force."""
    return forces.save(stage.unit, stage.edition, VALUES, by=stage.officer.user)


def removing(stage: Any) -> Callable[..., Any]:
    """An activity that was wrong."""
    return partial(forces.remove_activity, forces.add_activity(made(stage), ACTIVITY, by=stage.officer.user))


def exporting(stage: Any) -> Callable[..., Any]:
    """One force is there."""
    made(stage)
    return partial(forces_export.export_forces, stage.edition, reason="汇总")


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    forces.save: ("force.saved", lambda s: partial(forces.save, s.unit, s.edition, VALUES)),
    forces.add_activity: ("force.active", lambda s: partial(forces.add_activity, made(s), ACTIVITY)),
    forces.remove_activity: ("force.activity_removed", removing),
    forces_export.export_forces: ("summary.exported", exporting),
}
