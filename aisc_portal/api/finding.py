"""What an address is about: editions by slug, and a part of a long list."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from ninja.errors import HttpError

from tracks.models import Edition

from . import schemas

CURRENT = "current"

M = TypeVar("M", bound=Model)
Told = TypeVar("Told")


def edition_of(slug: str) -> Edition:
    """By slug; `current` stands for the current one. Raises Http404."""
    found = Edition.objects.opened()
    edition = found.current() if slug == CURRENT else found.filter(slug=slug).first()
    if edition is None:
        raise Http404
    return edition


def part(rows: QuerySet[M], window: schemas.Window, tell: Callable[[M], Told]) -> tuple[list[Told], int | None]:
    """The rows after a key, told, and the key to go on from: one question, whatever was added meanwhile."""
    found = list(rows.filter(pk__gt=window.after).order_by("pk")[: window.limit + 1])
    more = len(found) > window.limit
    shown = found[: window.limit]
    return [tell(one) for one in shown], shown[-1].pk if more else None


def refuse(status: int, said: str) -> HttpError:
    """To raise."""
    return HttpError(status, said)
