"""What the database needs beside its models."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Model

from .problems import Problem, Refused

M = TypeVar("M", bound=Model)


def make_cache_table(using: str, **_: Any) -> None:
    """Make the cache table; sign-in limits live there, so that they work while Redis is down (R20)."""
    call_command("createcachetable", database=using, verbosity=0)


def role_exists(cursor: Any, role: str) -> bool:
    """True for a role that this PostgreSQL knows."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
    return bool(cursor.fetchone()[0])


def is_append_only(model: type[Model]) -> bool:
    """True for tables that the application role may only select from and insert into."""
    return getattr(model, "append_only", False)


def columns(model: type[Model]) -> str:
    """A table's columns for a statement of ours, in the order that `rows` reads them."""
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)


def rows(model: type[M], cursor: Any) -> list[M]:
    """What a statement gave of `columns`, as the model's instances; a `raw` queryset takes three times as long."""
    fields = model._meta.concrete_fields
    names, readers = [field.attname for field in fields], [getattr(field, "from_db_value", None) for field in fields]
    return [
        model.from_db(
            cursor.db.alias,
            names,
            [read(value, None, cursor.db) if read else value for read, value in zip(readers, row, strict=True)],
        )
        for row in cursor.fetchall()
    ]


def violated(error: IntegrityError) -> str:
    """The name of the constraint that refused a write; "" if the database did not say."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@contextmanager
def limits_in_words(checks: Mapping[str, Problem]) -> Iterator[None]:
    """What the database refuses comes out as Refused with the rule's sentence; the outer transaction can go on.

    checks: constraint → sentence. What refuses under another name stays an IntegrityError.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if problem := checks.get(violated(error)):
            raise Refused(problem) from error
        raise
