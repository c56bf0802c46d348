"""The secret part of a link to one row: `<pk>.<MAC>`, a keyed hash over the row's own random `nonce`.

The table does not yield it without SECRET_KEY; it can be worked out again, so that sending a link once more does not
kill the first. A new nonce kills every older link; SECRET_KEY_FALLBACKS keeps links alive while the key is rotated.
"""

import secrets
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def new_nonce() -> str:
    """128 random bits that make a row's link unguessable and its own."""
    return secrets.token_hex(16)


def token_of(thing: Model) -> str:
    """The token of a saved row that has a `nonce`."""
    return _signer(thing).sign(str(thing.pk))


def holder_of(rows: QuerySet[M], token: str) -> M | None:
    """The row that a token belongs to, whatever became of it; None for a wrong token."""
    typed, _, _ = token.partition(".")
    try:
        pk = rows.model._meta.pk.to_python(typed)
    except ValidationError:
        return None
    if isinstance(pk, int) and not (typed.isdecimal() and len(typed) < 19):  # what fits a bigint
        return None
    thing = rows.filter(pk=pk).first()
    try:
        return thing if thing is not None and _signer(thing).unsign(token) else None
    except BadSignature:
        return None


def _signer(thing: Model) -> Signer:
    return Signer(salt=f"{thing._meta.label_lower}:{thing.nonce}", sep=".")  # type: ignore[attr-defined]
