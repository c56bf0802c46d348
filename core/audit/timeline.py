"""办理记录: who did what to a thing, when and why, in Chinese, read from its history."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as held
from datetime import datetime, time, timedelta
from functools import cache
from importlib import import_module
from itertools import groupby
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import DateTimeField, Field, ForeignKey, Model
from django.utils import timezone

SYSTEM = "系统"
# What the database says when nobody gave a verb: a write outside any service.
BARE = {"insert": "新建", "update": "修改", "delete": "删除"}
LONG = 300  # characters; beyond, a value is told by its length
BOUNDS = ("_until", "closes_at", "ends_at")  # how the fields are called that say when something is over


# Of each field that changed: its value before and after, as stored.
Changes = dict["Field[Any, Any]", tuple[Any, Any]]
# Field → stored value → what it is called, where the edition names it and no `choices` do.
Words = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class Moment:
    """One deed, which may have touched several rows."""

    when: datetime
    who: str
    verb: str  # a key of VERBS, or insert/update/delete for a write outside any service
    label: str
    what: str = ""  # upon which of several things; "" for the first one asked about, or for several at once
    reason: str = ""
    changes: dict[str, tuple[str, str]] = held(default_factory=dict)  # field's Chinese name → (before, after)


def timeline(*things: Model, limit: int = 50, words: Words | None = None) -> list[Moment]:
    """The latest deeds upon these things, newest first; one query a model, and one for the names.

    A value that points to another thing is told by that thing's name: one query more a model so pointed to.
    """
    events: list[tuple[Any, Changes]] = []
    for model, group in groupby(sorted(things, key=_model_name), key=type):
        events += _with_changes(model, [thing.pk for thing in group])
    deeds: dict[UUID | int, list[tuple[Any, Changes]]] = {}
    for event, changes in sorted(events, key=lambda pair: _order(pair[0])):
        deeds.setdefault(event.pgh_context_id or id(event), []).append((event, changes))
    latest = sorted(deeds.values(), key=lambda deed: _order(deed[0][0]), reverse=True)[:limit]
    names = _names(deed[0][0] for deed in latest)
    titles = {(thing.pgh_event_model, thing.pk): str(thing) for thing in things[1:]}  # type: ignore[attr-defined]
    told = _Teller(words or {}, [part for deed in latest for _, part in deed])
    return [_moment(deed, names, titles, told) for deed in latest]


def verb_label(verb: str) -> str:
    """The Chinese label of a verb, from the `VERBS` of every app's `states.py`."""
    return _verbs().get(verb) or BARE.get(verb, verb)


@cache
def _verbs() -> dict[str, str]:
    labels: dict[str, str] = {}
    for config in apps.get_app_configs():
        try:
            module = import_module(f"{config.name}.states")
        except ModuleNotFoundError as error:
            if error.name != f"{config.name}.states":
                raise
        else:
            labels |= getattr(module, "VERBS", {})
    return labels


def _with_changes(model: type[Model], keys: list[Any]) -> Iterator[tuple[Any, Changes]]:
    """Every event of these rows with what it changed against the one before."""
    history = model.pgh_event_model  # type: ignore[attr-defined]
    shown = [f for f in history.pgh_tracked_model._meta.local_fields if _is_shown(f, history)]
    events = history.objects.filter(pgh_obj_id__in=keys).order_by("pgh_obj_id", "pgh_id")
    for _, versions in groupby(events, key=lambda event: event.pgh_obj_id):
        before = None
        for event in versions:
            yield event, _changes(before, event, shown) if before else {}
            before = event


def _is_shown(field: "Field[Any, Any]", history: type[Model]) -> bool:
    kept = {f.name for f in history._meta.local_fields}
    automatic = isinstance(field, DateTimeField) and (field.auto_now or field.auto_now_add)
    return field.name in kept and not field.primary_key and not automatic


def _changes(before: Model, after: Model, fields: "list[Field[Any, Any]]") -> Changes:
    pairs = {field: (getattr(before, field.attname), getattr(after, field.attname)) for field in fields}
    return {field: (old, new) for field, (old, new) in pairs.items() if old != new}


class _Teller:
    """Tells values in words; knows the names of all that the changes point to."""

    def __init__(self, words: Words, changes: Iterable[Changes]) -> None:
        self._words = words
        keys: dict[type[Model], set[Any]] = {}
        for part in changes:
            for field, pair in part.items():
                if isinstance(field, ForeignKey):
                    keys.setdefault(field.related_model, set()).update(pair)
        self._names = {
            (model, thing.pk): str(thing)
            for model, pks in keys.items()
            for thing in model._default_manager.filter(pk__in=pks - {None})
        }

    def __call__(self, field: "Field[Any, Any]", value: Any) -> str:
        if isinstance(field, ForeignKey):
            value = self._names.get((field.related_model, value), value)
        elif field.choices:
            value = dict(field.flatchoices).get(value, value)
        if isinstance(value, datetime):
            value = _told(value, is_bound=field.name.endswith(BOUNDS))
        elif isinstance(value, bool):
            value = "是" if value else "否"
        parts = value if isinstance(value, list) else [] if value is None else [value]
        if words := self._words.get(field.name):
            parts = [words.get(one, one) for one in parts]
        told = "、".join(map(str, parts))
        return told if len(told) <= LONG else f"（全文 {len(told)} 字）"


def _told(moment: datetime, *, is_bound: bool) -> str:
    """2024-12-15 17:00; as the end of something, midnight is 24:00 of the day before (G30)."""
    at = timezone.localtime(moment)
    if is_bound and at.time() == time():
        return f"{at - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{at:%Y-%m-%d %H:%M}"


def _names(events: Iterable[Any]) -> dict[Any, str]:
    actors = {context["actor"] for event in events if (context := event.pgh_context) and context.get("actor")}
    return {user.pk: str(user) for user in get_user_model()._default_manager.filter(pk__in=actors)} if actors else {}


def _moment(
    deed: list[tuple[Any, Changes]], names: dict[Any, str], titles: dict[tuple[Any, Any], str], told: _Teller
) -> Moment:
    first = deed[0][0]
    context = first.pgh_context or {}
    verb = context.get("verb") or first.pgh_label
    actor = context.get("actor")
    who = names.get(actor, "已注销的账号") if actor else SYSTEM
    changes = {
        str(field.verbose_name): (told(field, old), told(field, new))
        for _, part in deed
        for field, (old, new) in part.items()
    }
    for event, _ in deed:  # a service may name changes itself, where the columns say too little
        changes |= {name: tuple(change) for name, change in (event.pgh_context or {}).get("changes", {}).items()}
    touched = {(type(event), event.pgh_obj_id) for event, _ in deed}
    what = titles.get(next(iter(touched)), "") if len(touched) == 1 else ""
    when = datetime.fromisoformat(context["at"]) if "at" in context else first.pgh_created_at
    return Moment(when, who, verb, verb_label(verb), what, context.get("reason", ""), changes)


def _order(event: Any) -> tuple[datetime, int]:
    """By time; events of one transaction share it, and then count in the order of their rows."""
    return event.pgh_created_at, event.pgh_id


def _model_name(thing: Model) -> str:
    return thing._meta.label
