"""Bringing every row to the present keys while the portal runs; and looking whether every row opens."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import CharField, Count, F, Field, Func, Model, QuerySet, Value

from .envelopes import SealError
from .fields import BlindIndexField, SealedTextField

BATCH = 200  # rows locked, and committed, together

FieldT = TypeVar("FieldT", bound=Field)


@dataclass
class Tally:
    """What became of one table's rows; `failed` says what did not open, never a text."""

    table: str
    rows: int = 0
    resealed: int = 0  # values
    reindexed: int = 0
    failed: list[str] = field(default_factory=list)


def sealed_models(registry: Apps = apps) -> list[type[Model]]:
    """Every model whose own table has a sealed column."""
    return [model for model in registry.get_models() if _fields(model, SealedTextField)]


def rotate(model: type[Model], batch: int = BATCH) -> Tally:
    """Seal a table's values with the current key and make its blind indexes anew, wherever they are not so already.

    Stopped half-way, it is simply run again. Rows that the portal is writing are passed over and come last, one by
    one: whoever holds no lock while waiting takes part in no deadlock.
    """
    tally, busy = Tally(model._meta.db_table), []
    for page in _pages(model, batch):
        with transaction.atomic():
            rows = list(_rows(model).select_for_update(no_key=True, of=("self",), skip_locked=True).filter(pk__in=page))
            for row in rows:
                _renew(row, tally)
        busy += sorted(set(page) - {row.pk for row in rows})
    for key in busy:
        with transaction.atomic():
            for row in _rows(model).select_for_update(no_key=True, of=("self",)).filter(pk=key):
                _renew(row, tally)
    return tally


def keys_in_use(model: type[Model]) -> Counter[str]:
    """Key id → how many of a table's values it seals."""
    found: Counter[str] = Counter()
    for column in _fields(model, SealedTextField):
        key = Func(F(column.name), Value(":"), Value(2), function="split_part", output_field=CharField())
        rows = model._base_manager.exclude(**{column.name: ""}).values(sealed_with=key)
        found.update({row["sealed_with"]: row["count"] for row in rows.annotate(count=Count("pk"))})
    return found


def faults(model: type[Model]) -> Iterator[str]:
    """Every value of a table that does not open, every blind index that is not its value's."""
    for row in _rows(model).iterator():
        try:
            for sealed in _fields(model, SealedTextField):
                getattr(row, sealed.attname)
            for index in _fields(model, BlindIndexField):
                if getattr(row, index.attname) != index.index_for(row):
                    yield f"{model._meta.db_table}.{index.column}（行 {row.pk}）与内容不符"
        except SealError as error:
            yield str(error)


def _renew(row: Model, tally: Tally) -> None:
    """Write what the present keys would write differently; the row is locked."""
    tally.rows += 1
    model = type(row)
    try:
        sealed: dict[str, Any] = {
            f.attname: f.sealed_for(row) for f in _fields(model, SealedTextField) if f.is_stale(row)
        }
        indexed = {f.attname: f.index_for(row) for f in _fields(model, BlindIndexField)}
    except SealError as error:
        tally.failed.append(str(error))
        return
    indexed = {name: index for name, index in indexed.items() if index != getattr(row, name)}
    if sealed or indexed:
        model._base_manager.filter(pk=row.pk).update(**sealed, **indexed)
    tally.resealed += len(sealed)
    tally.reindexed += len(indexed)


def _fields(model: type[Model], kind: type[FieldT]) -> list[FieldT]:
    """A table's own fields of one kind."""
    return [f for f in model._meta.local_concrete_fields if isinstance(f, kind)]


def _rows(model: type[Model]) -> QuerySet[Model]:
    """Rows with their key and what is sealed, no more; in the order of their keys."""
    names = [f.name for kind in (SealedTextField, BlindIndexField) for f in _fields(model, kind)]
    return model._base_manager.only("pk", *names).order_by("pk")


def _pages(model: type[Model], size: int) -> Iterator[list[Any]]:
    """The keys of all rows, some at a time."""
    keys = model._base_manager.order_by("pk").values_list("pk", flat=True)
    page = list(keys[:size])
    while page:
        yield page
        page = list(keys.filter(pk__gt=page[-1])[:size])
