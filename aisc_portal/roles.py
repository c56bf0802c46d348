"""The roles of one account, for the switch in the head of every page: one query, and none for half a minute after.

The desk, to which everybody comes after signing in and after accepting an invitation, always asks anew.
"""

import time
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse

from awards.models import Certificate
from core.accounts.models import User
from registrations.entry_models import Entry
from seasons.models import Venue
from tracks.current import current_edition


def roles_of(request: HttpRequest) -> list[dict[str, object]]:
    """[{label, url, current}] in the desk's order."""
    if not isinstance(request.user, User):
        return []
    found = []
    for kind, key, words in _rows(request.user):
        match kind:
            case "1":
                found.append((words or _entry(request, key), reverse("entry", kwargs={"entry": key})))
            case "2":
                found.append((words, reverse("recommendation", kwargs={"unit": key})))
            case "3":
                found.append((words, reverse("venue", kwargs={"venue": key})))
            case "4":
                found.append(("评审", reverse("judge")))
            case "5" if not found:  # for who has nothing else any more
                found.append(("证书", reverse("certificates")))
    if request.user.is_staff:
        found.append(("管理后台", reverse("admin:index")))
    return [{"label": label, "url": url, "current": request.path.startswith(url)} for label, url in found]


_FRESH, _MOST = 30.0, 10_000  # seconds; accounts that a process remembers
_remembered: dict[int, tuple[float, list[tuple[str, int, str]]]] = {}


def forget(user: User) -> None:
    """Ask anew on the next occasion."""
    _remembered.pop(user.pk, None)


def _rows(user: User) -> list[tuple[str, int, str]]:
    until, rows = _remembered.get(user.pk, (0.0, []))
    if until < time.monotonic():
        if len(_remembered) >= _MOST:
            _remembered.clear()
        rows = _asked(user)
        _remembered[user.pk] = (time.monotonic() + _FRESH, rows)
    return rows


def _asked(user: User) -> list[tuple[str, int, str]]:
    """(kind, key, words): entries newest first, offices, venues, judging, certificates."""
    judged = user.judgeships.filter(state="active").exclude(round__state="published")
    held = Certificate.objects.held_by(user).printed()
    parts = [
        _part("1", Entry.objects.of(user).filter(edition__is_current=True), "team_name"),
        _part("2", user.offices.all(), "unit__full_name", "unit_id"),
        _part("3", Venue.objects.filter(officers__user=user), "name"),
        _part("4", judged, "")[:1],
        _part("5", held, "")[:1],
    ]
    rows = parts[0].union(*parts[1:], all=True)
    return sorted(rows, key=lambda row: (row[0], -row[1] if row[0] == "1" else row[1]))


def _part(kind: str, rows: QuerySet[Any], words: str, key: str = "pk") -> QuerySet[Any, Any]:
    """Of any model: a union knows columns only."""
    said = Cast(words, CharField()) if words else Value("", CharField())
    told = rows.order_by().annotate(kind_=Value(kind, CharField()), said_=said)
    return told.values_list("kind_", key, "said_")


def _entry(request: HttpRequest, key: int) -> str:
    """An entry without a team's name, as `Entry.__str__` has it."""
    edition = current_edition(request)
    return f"报名 {Entry(pk=key, edition=edition).number}" if edition else "报名"
