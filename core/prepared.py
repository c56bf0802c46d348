"""Statements that are made again and again: their SQL worked out once a process, their plan once a connection.

Django takes about 0.6 ms to build and compile a queryset, which at sixty reads from sign-up to entered was a fifth of
the whole; PostgreSQL as long again to parse and plan what joins five tables, and less to run it.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

M = TypeVar("M", bound=Model)

_HOLE = -(2**60)  # the n-th value stands at _HOLE + n while the SQL is made; no row has such a key
_number = count(1)


class Planned:
    """A statement of ours that PostgreSQL parses and plans once a connection, and from then on only runs.

        _LATER = Planned("UPDATE jobs_job SET not_before = $1 WHERE id = $2")
        _LATER.execute(cursor, [moment, job.pk])

    sql: with $1, $2 for the values; a cast (`$1::text`) where nothing else tells a value's type.
    """

    def __init__(self, sql: str) -> None:
        self.sql, self._name = sql, f"{sql.split()[0].lower()}_{next(_number)}"  # history goes by the name
        self._knowing: WeakSet[Any] = WeakSet()  # psycopg's connections

    def execute(self, cursor: Any, values: Sequence[Any]) -> Any:
        """Run it; gives the cursor, which has its rows."""
        cursor.execute(self.called(cursor.db, len(values)), values)
        return cursor

    def called(self, connection: BaseDatabaseWrapper, values: int) -> str:
        """What runs it on this connection, which has heard of it by then."""
        connection.close_if_health_check_failed()  # or the one that has heard of it would be another
        connection.ensure_connection()
        if connection.connection not in self._knowing:
            # Psycopg's own cursor: this is no statement of the request's.
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(f"PREPARE {self._name} AS {self.sql}")
            self._knowing.add(connection.connection)
        return f"EXECUTE {self._name} ({', '.join(['%s'] * values)})" if values else f"EXECUTE {self._name}"


@dataclass(frozen=True)
class _Ready:
    """compiler: knows the columns and how rows become models. holes: for each `$n` of the statement, the number of the
    value that goes there."""

    compiler: SQLCompiler
    planned: Planned
    holes: list[int]


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
        made, connection = self._made, connections[DEFAULT_DB_ALIAS]  # every thread has its own
        call = made.planned.called(connection, len(made.holes)), tuple(values[hole] for hole in made.holes)
        compiler: Any = copy.copy(made.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: call
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
        standing: dict[Any, int] = {_HOLE + number: number for number in range(self._values)}
        standing |= {str(hole): number for hole, number in standing.items()}  # for a column of text
        compiler: Any = self._build(*range(_HOLE, _HOLE + self._values)).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        found = [standing.get(param) if isinstance(param, int | str) else None for param in params]
        holes = [number for number in found if number is not None]
        if set(holes) != set(range(self._values)):
            raise ValueError(f"not every value reaches the SQL: {sql}")
        places = (AsIs(f"${n}") for n in count(1))
        # What never changes stands in the statement itself, so that the planner sees which partial index fits.
        said = [param if number is None else next(places) for number, param in zip(found, params, strict=True)]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            planned = Planned(cursor.mogrify(sql, said).decode())
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(fields)
        compiler.get_converters = lambda fields: converters
        return _Ready(compiler, planned, holes)
