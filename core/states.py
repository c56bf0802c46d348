"""States as tables of transitions; one way to move, and the database holds the same table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import Model

from .problems import Problem, Refused


@dataclass(frozen=True)
class Transition:
    """A verb leads from any of its sources to its target."""

    verb: str
    sources: tuple[str, ...]
    target: str
    label: str  # the button's word


@dataclass(frozen=True)
class States:
    """The states of one kind of thing and all ways between them."""

    initial: str
    labels: Mapping[str, str]  # state → Chinese label
    transitions: tuple[Transition, ...]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(state, label) pairs for a model field."""
        return list(self.labels.items())

    def __getitem__(self, verb: str) -> Transition:
        """The transition of a verb. Raises KeyError for an unknown one."""
        for transition in self.transitions:
            if transition.verb == verb:
                return transition
        raise KeyError(verb)

    def verbs_from(self, state: str) -> list[Transition]:
        """What may be done from a state."""
        return [transition for transition in self.transitions if state in transition.sources]

    def triggers(self, field: str = "state") -> list[pgtrigger.Trigger]:
        """The same table for the database: FSM for updates, and no first state but the initial one."""
        pairs = sorted({(source, t.target) for t in self.transitions for source in t.sources if source != t.target})
        return [
            pgtrigger.FSM(name=f"{field}_moves", field=field, transitions=pairs),
            pgtrigger.Trigger(
                name=f"{field}_starts",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(**{f"new__{field}__df": self.initial}),
                func=f"RAISE EXCEPTION '{field} must start as {self.initial}';",
            ),
        ]


class StaleState(Refused):
    """Somebody else moved the object meanwhile; reload and look again."""

    def __init__(self, now: str) -> None:
        super().__init__(Problem("state.stale", f"状态已变为“{now}”，请刷新页面后再操作"))


def move(obj: Model, verb: str, *, field: str = "state", **values: Any) -> None:
    """Move an object along its table by compare-and-set; sets the new state on `obj` too.

    values: other columns to write in the same statement. The table is the model's `STATES`. Raises StaleState
    when the stored state is not one of the verb's sources.
    """
    states: States = obj.STATES  # type: ignore[attr-defined]
    transition = states[verb]
    rows = type(obj)._base_manager.filter(pk=obj.pk)
    if not rows.filter(**{f"{field}__in": transition.sources}).update(**{field: transition.target}, **values):
        now = rows.values_list(field, flat=True).first()
        raise StaleState(states.labels.get(now or "", "已删除"))
    for name, value in {field: transition.target, **values}.items():
        setattr(obj, name, value)


def move_all(objs: Sequence[Model], verb: str, **values: Any) -> None:
    """The same for several rows of a model in one statement: all of them, or none. Raises StaleState."""
    if not objs:
        return
    transition: Transition = objs[0].STATES[verb]  # type: ignore[attr-defined]
    rows = type(objs[0])._base_manager.filter(pk__in=[obj.pk for obj in objs])
    with transaction.atomic():
        moved = rows.filter(state__in=transition.sources).update(state=transition.target, **values)
        if moved != len({obj.pk for obj in objs}):
            raise StaleState("别的状态")
    for obj in objs:
        for name, value in {"state": transition.target, **values}.items():
            setattr(obj, name, value)
