"""A form sent twice has one effect and one answer (R6): double click, two tabs, a retry after a dead network.

Every POST form carries a hidden key (`<c-form-key />`); `@once` on its view does the rest:

    @login_required
    @once
    def submit(request): ...
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeData, mark_safe

from .models import FormKey

FIELD = "form_key"
NOT_CONTENT = {FIELD, "csrfmiddlewaretoken"}
KEPT = timedelta(days=2)

View = Callable[..., HttpResponseBase]

_INSERT = """
    INSERT INTO core_formkey (user_id, key, request_hash, status, location, told, created_at)
    VALUES (%s, %s, %s, 0, '', '[]', clock_timestamp()) ON CONFLICT (user_id, key) DO NOTHING
"""

_KEEP = "UPDATE core_formkey SET status = %s, location = %s, told = %s WHERE user_id = %s AND key = %s"


def once(view: View) -> View:
    """Answer a form's second sending as the first, without calling the view; place it below `login_required`.

    The key is written first, in the transaction of the effect: whoever comes second waits for the first to end. Only
    a redirect is an effect; a form that was refused may be sent again. The same key with other contents gets a 409
    page that offers to send these too. Without a key, or signed out, the view is called as it is.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = _key_of(request)
        if found is None:
            return view(request, *args, **kwargs)
        user, key = found
        digest = _digest(request)
        with transaction.atomic():
            if claim(user, key, digest):
                response = view(request, *args, **kwargs)
                if isinstance(response, HttpResponseRedirect):
                    keep(user, key, response.status_code, response.url, _told(request))
                else:
                    release(user, key)
                return response
        known = FormKey.objects.get(user_id=user, key=key)
        return _again(request, known) if known.request_hash == digest else _other(request)

    return wrapper


def claim(user: int, key: UUID, digest: str = "") -> bool:
    """True for the first caller, who now owns the key; the second waits for the first one's transaction to end.

    Call it in the transaction of the effect, and `keep` what came of it there.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [user, key, digest])
        return bool(cursor.rowcount)


def keep(user: int, key: UUID, status: int, location: str, told: list[list[Any]] | None = None) -> None:
    """Note what came of a claimed key."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [status, location, json.dumps(told or []), user, key])


def release(user: int, key: UUID) -> None:
    """Nothing came of it: the key may be used again."""
    FormKey.objects.filter(user_id=user, key=key).delete()


def outcome(user: int, key: UUID) -> str:
    """The `location` kept for a key; "" when there is none."""
    return FormKey.objects.filter(user_id=user, key=key).values_list("location", flat=True).first() or ""


def tidy() -> None:
    """Forget old keys; by then nobody's second click is still on its way."""
    FormKey.objects.filter(created_at__lt=Now() - KEPT).delete()


def forget(user: int, named: Callable[[Any], bool]) -> int:
    """Remove a person's own forms, and what others were told of them: `named` looks at an answer and its messages."""
    told = FormKey.objects.exclude(user_id=user).values_list("pk", "told", "location")
    others = [pk for pk, words, location in told.iterator() if named([words, location])]
    return FormKey.objects.filter(user_id=user).delete()[0] + FormKey.objects.filter(pk__in=others).delete()[0]


def _key_of(request: HttpRequest) -> tuple[int, UUID] | None:
    """(who, which form); None where a second sending cannot be told from the first."""
    if request.method != "POST" or not request.POST.get(FIELD):
        return None
    user = request.user.pk
    try:
        return None if user is None else (user, UUID(request.POST[FIELD]))
    except ValueError:
        return None


def _digest(request: HttpRequest) -> str:
    """What was sent, and where to; the CSRF token differs from page to page and says nothing."""
    found = hashlib.sha256(request.get_full_path().encode())
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_CONTENT:
            found.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    return found.hexdigest()


def _told(request: HttpRequest) -> list[list[Any]]:
    """The messages that the view queued; looked at without using them up."""
    queued = getattr(messages.get_messages(request), "_queued_messages", [])
    return [[m.level, str(m.message), isinstance(m.message, SafeData)] for m in queued]


def _again(request: HttpRequest, known: FormKey) -> HttpResponse:
    """The first answer once more; what the reader has not seen yet is not said twice."""
    unread = getattr(messages.get_messages(request), "_loaded_messages", [])
    said = {(message.level, message.message) for message in unread}
    for level, words, safe in known.told:
        if (level, words) not in said:
            messages.add_message(request, level, mark_safe(words) if safe else words)
    return HttpResponseRedirect(known.location, status=known.status)


def _other(request: HttpRequest) -> HttpResponse:
    """The page was sent before with other contents; nothing typed is lost, and nothing is done unasked."""
    fields = [(name, value) for name, values in request.POST.lists() if name not in NOT_CONTENT for value in values]
    page = {"fields": [] if request.FILES else fields, "path": request.get_full_path()}
    return render(request, "409.html", page, status=409)
