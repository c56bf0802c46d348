"""What is known of one person: gathered for them in one click, or deleted (PIPL 44–47).

Every app that keeps something of people has a `personal.py` with `gather(user) -> list[Section]`; those that must
delete have `purge` there or among their services. `aisc_portal.personal` puts them together.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection

Value = str | int | bool | date | datetime | None
CLOSED = "@deleted.invalid"  # the mailbox of an account whose person is gone
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another


@dataclass(frozen=True)
class Section:
    """One kind of data: a sheet of the export. Moments in whatever zone; files: what the person uploaded."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    files: Sequence[Any] = ()  # of core.files.models.StoredFile, which lies a floor above


@dataclass(frozen=True)
class Person:
    """Somebody whose data is to be deleted, as known before anything was; and what they are called afterwards."""

    user: Any  # of core.accounts.models.User, which lies a floor above
    names: frozenset[str]  # every name they go by
    phone: str
    email: str
    code: str = field(default_factory=lambda: "".join(secrets.choice(_LETTERS) for _ in range(6)))

    @property
    def alias(self) -> str:
        """参赛者 with a code that says nothing of the person."""
        return f"参赛者{self.code}"

    @property
    def contacts(self) -> tuple[str, ...]:
        """Phone and mailbox, as far as known."""
        return tuple(contact for contact in (self.phone, self.email) if contact)

    @property
    def words(self) -> tuple[str, ...]:
        """Whatever gives the person away where it is found."""
        bare = (self.phone.removeprefix("+86"),) if self.phone else ()
        return (*sorted(self.names), *bare, *((self.email,) if self.email else ()))

    def is_named_in(self, told: Any) -> bool:
        """Whether a text, or anything JSON can hold, names the person."""
        text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, default=str)
        return any(word in text for word in self.words)


def mask_name(name: str) -> str:
    """`祝母` → `祝*`; empty for none."""
    return name[:1] + "*" * (len(name) - 1)


def remnants(words: Sequence[str]) -> dict[str, int]:
    """Where these words still stand in the database, whatever the column: model's name → rows, its history's too."""
    models = {m._meta.db_table: getattr(m, "pgh_tracked_model", m) for m in apps.get_models(include_auto_created=True)}
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            label = str(models[table]._meta.verbose_name) if table in models else table
            named = connection.ops.quote_name(table)
            cursor.execute(  # strpos, not LIKE: a name may hold a percent sign
                f"SELECT count(*) FROM {named} AS t WHERE EXISTS"  # noqa: S608 - our own tables
                " (SELECT FROM unnest(%s::text[]) AS word WHERE strpos(t::text, word) > 0)",
                [list(words)],
            )
            if count := cursor.fetchone()[0]:
                found[label] = found.get(label, 0) + count
    return found
