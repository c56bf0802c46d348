"""Model fields: a text that the database keeps sealed, and an index by which it can be found."""

import re
from dataclasses import dataclass
from typing import Any, Self

from django.core import checks
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, Model
from django.db.models.query_utils import DeferredAttribute

from core.database import is_append_only

from .envelopes import INDEX_PATTERN, PATTERN, Envelope, Place, SealError, blind_index, opened, seal
from .keys import keyring


@dataclass(frozen=True, repr=False)
class _Secret:
    """A text that was set and not yet saved; shows itself to nobody who did not ask."""

    text: str

    def __repr__(self) -> str:
        return "<secret>"

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> str:
        raise SealError("没有保存的密封内容不能序列化（pickle）：请先保存，或只传主键")


class _Opening(DeferredAttribute):
    """Opens on access and keeps the envelope: the text stays in no instance longer than it is looked at."""

    field: "SealedTextField"

    def __get__(self, instance: Model | None, cls: type[Model] | None = None) -> Any:
        held = super().__get__(instance, cls)
        if instance is None:
            return held
        return held.text if isinstance(held, _Secret) else opened(held, self.field.place_in(instance))

    def __set__(self, instance: Model, value: Any) -> None:
        if isinstance(value, str):
            value = _Secret(value)
        elif not isinstance(value, Envelope):
            raise TypeError(f"{self.field} takes a text, not {type(value).__name__}")
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.TextField):
    """A text (str) that the database keeps sealed, bound to its table, column and row; "" stays "".

    The row's primary key must be known before it is saved (a UUID with a default). Copied to another row or column
    a sealed text does not open; renaming table or column therefore needs a migration that seals anew (`envelopes`).

    What works: `save`, `create`, `bulk_create`, `refresh_from_db`, `defer`; lookups `=""` and `isnull`;
    `QuerySet.update(field="")`. What is refused with SealError or FieldError: `update` and `bulk_update` with a text,
    any other lookup (use a BlindIndexField). `values()` gives an Envelope, which shows nothing. A CHECK lets nothing
    unsealed into the column. Not in forms unless a form declares it, nor in `dumpdata`. Mind that
    `bulk_create(update_conflicts=True)` must conflict on the primary key, or the text is bound to the wrong row.
    """

    descriptor_class = _Opening

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"editable": False, "serialize": False})

    # --- between instance and database -----------------------------------------------------------------

    def from_db_value(self, value: str | None, *_: Any) -> Envelope | None:
        """Unopened: which row it belongs to is known on access. None where an outer join found no row."""
        return None if value is None else Envelope(value)

    def pre_save(self, model_instance: Model, add: bool) -> Envelope:
        """Seal with the current key; from now on the instance, too, holds the sealed text only."""
        envelope = self.sealed_for(model_instance)
        model_instance.__dict__[self.attname] = envelope
        return envelope

    def sealed_for(self, instance: Model) -> Envelope:
        """The text of an instance under the current key. Raises SealError."""
        return seal(getattr(instance, self.attname), self.place_in(instance))

    def get_prep_value(self, value: Any) -> str:
        """What is sealed, or empty. Raises SealError for any other text, unread."""
        if isinstance(value, Envelope):
            return value.text
        if value == "":
            return ""
        raise SealError(f"{self} 是密封字段，只能随整行保存（save、bulk_create），按内容查找请用 BlindIndexField")

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Equal texts look different when sealed: nothing can be compared but emptiness."""
        return super().get_lookup(lookup_name) if lookup_name in {"exact", "isnull"} else None

    def place_in(self, instance: Model) -> Place:
        """Where an instance's text is kept. Raises SealError while the row has no primary key."""
        table, key = self.model._meta.db_table, instance._meta.pk
        if instance.pk is None or key is None:
            raise SealError(f"{table}.{self.column} 还没有主键，不能密封")
        return Place(table, str(self.column), str(key.to_python(instance.pk)))

    def is_stale(self, instance: Model) -> bool:
        """Whether what a loaded instance holds is sealed, and not with the current key."""
        held = instance.__dict__[self.attname]
        return isinstance(held, Envelope) and held.text != "" and held.key != keyring().current

    # --- guards ------------------------------------------------------------------------------------------

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        """Nothing unsealed enters the column, whoever writes."""
        return f"{connection.ops.quote_name(str(self.column))} ~ '{PATTERN}'"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Django's own, and what sealing asks of the model."""
        return [*super().check(**kwargs), *_history_faults(self), *self._sealing_faults()]

    def _sealing_faults(self) -> list[checks.CheckMessage]:
        key = self.model._meta.pk
        found = []
        if key is None or isinstance(key, models.AutoField) or key.db_default is not models.NOT_PROVIDED:
            found.append(("密封字段的行在保存前就要有主键：用 UUIDField(default=uuid4)", "sealed.E002"))
        if self.null or self.unique or self.db_index:  # type: ignore[attr-defined]
            found.append(("密封字段不能 null、unique 或 db_index；查找和唯一请用 BlindIndexField", "sealed.E003"))
        return [checks.Error(words, obj=self, id=name) for words, name in found]


class BlindIndexField(models.CharField):
    """`blind_index` of a sealed field of the same model, kept up with every save; "" where that is empty.

    of: the sealed field's name; a save with `update_fields` names both. purpose: see `blind_index`. Looked up with
    `blind_index(value, purpose)`; anything else is refused with SealError. May stand in a UniqueConstraint
    (with a condition that leaves "" out); then `db_index=False` saves a second index.
    """

    def __init__(self, *args: Any, of: str, purpose: str, **kwargs: Any) -> None:
        kwargs |= {"max_length": 64, "editable": False, "blank": True}
        super().__init__(*args, **{"db_index": True} | kwargs)
        self.of, self.purpose = of, purpose

    def deconstruct(self) -> Any:
        """With its own two arguments, and `db_index`, whose default differs."""
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"of": self.of, "purpose": self.purpose, "db_index": self.db_index}  # type: ignore[attr-defined]
        return name, path, args, kwargs

    def pre_save(self, model_instance: Model, add: bool) -> str:
        """Follow the sealed field."""
        index = self.index_for(model_instance)
        setattr(model_instance, self.attname, index)
        return index

    def index_for(self, instance: Model) -> str:
        """The index of an instance's text under the present key. Raises SealError."""
        return blind_index(getattr(instance, self.of), self.purpose)

    def get_prep_value(self, value: Any) -> str:
        """An index or "". Raises SealError for a plain value: it would find nothing, or be kept in clear."""
        if isinstance(value, str) and re.fullmatch(INDEX_PATTERN, value):
            return value
        raise SealError(f"{self} 只认 blind_index(内容, {self.purpose!r}) 的结果")

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        """No value in clear enters the column, whoever writes."""
        return f"{connection.ops.quote_name(str(self.column))} ~ '{INDEX_PATTERN}'"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Django's own, and that the field it follows is a sealed one."""
        found = [*super().check(**kwargs), *_history_faults(self)]
        if not any(isinstance(f, SealedTextField) and f.name == self.of for f in self.model._meta.get_fields()):
            found.append(checks.Error(f"同一模型里没有名为 {self.of} 的 SealedTextField", obj=self, id="sealed.E005"))
        return found


def _history_faults(field: models.Field) -> list[checks.CheckMessage]:
    """History and ledgers are kept for ever: nothing could be purged there, nor sealed with another key."""
    if not is_append_only(field.model):
        return []
    words = f"只增不改的表（历史、台账）不能有密封字段：在 @tracked(exclude=…) 里写上 {field.name}"
    return [checks.Error(words, obj=field, id="sealed.E004")]
