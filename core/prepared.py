"""Reads that pages make again and again, their SQL worked out once a process: Django takes about 0.6 ms to build and
compile a queryset, which at sixty reads from sign-up to entered was a fifth of the whole.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)

_HOLE = -(2**60)  # the n-th value stands at _HOLE + n while the SQL is made; no row has such a key


@dataclass(frozen=True)
class _Ready:
    """compiler: knows the columns and how rows become models. holes: for each parameter of the SQL, the number of the
    value that goes there, or None for one that is always `fixed` there."""

    compiler: SQLCompiler
    sql: str
    holes: list[int | None]
    fixed: list[Any]


class Prepared(Generic[M]):
    """A queryset of which only values change from call to call, each a key or another whole number, or a text.

        claims_of = Prepared(1, lambda entry: Claim.objects.filter(entry=entry).select_related("file"))
        claims_of(entry.pk)  # a list, as `list(...)` of the queryset would be

    values: how many. The function is called once, so it may not decide anything by them; what is prefetched, and the
    parent from which a related manager comes, stay behind. Raises ValueError when a value does not reach the SQL.
    """

    def __init__(self, values: int, build: Callable[..., QuerySet[M]]) -> None:
        self._values, self._build = values, build

    def __call__(self, *values: int | str) -> list[M]:
        """The rows."""
        made = self._made
        places = zip(made.holes, made.fixed, strict=True)
        params = tuple(fixed if hole is None else values[hole] for hole, fixed in places)
        compiler: Any = copy.copy(made.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # every thread has its own
        compiler.as_sql = lambda *_, **__: (made.sql, params)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(rows))

    def first(self, *values: int | str) -> M | None:
        """The first row, or None."""
        return next(iter(self(*values)), None)

    def get(self, *values: int | str) -> M:
        """The one row; the model's DoesNotExist where there is none."""
        if (found := self.first(*values)) is None:
            model: Any = self._made.compiler.query.model
            raise model.DoesNotExist
        return found

    @cached_property
    def _made(self) -> _Ready:
        standing: dict[int | str, int] = {_HOLE + number: number for number in range(self._values)}
        standing |= {str(hole): number for hole, number in standing.items()}  # for a column of text
        compiler: Any = self._build(*range(_HOLE, _HOLE + self._values)).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        holes = [standing.get(param) if isinstance(param, int | str) else None for param in params]
        if {hole for hole in holes if hole is not None} != set(range(self._values)):
            raise ValueError(f"not every value reaches the SQL: {sql}")
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(fields)
        compiler.get_converters = lambda fields: converters
        return _Ready(compiler, sql, holes, list(params))
