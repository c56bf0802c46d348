"""Giving a program its token, taking it back, and knowing it when it comes."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if

from .models import ApiToken

PREFIX = "aikp_"  # so that a token that was committed somewhere by mistake can be searched for
SHOWN = len(PREFIX) + 6
LONGEST = 366  # days
NOTED_EVERY = timedelta(minutes=1)
TAKEN = "“{}”已经有一个没有停用的令牌。如果没有记下它，请先停用，再新建"


def issue(*, label: str, scopes: Sequence[str], days: int, by: User) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again. days: how long it lasts, from 1 to LONGEST.

    Raises Refused: label, scopes or days are wrong, or the purpose has a token already.
    """
    label = " ".join(label.split())
    refuse_if(_check(label, scopes, days))
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic(), recorded("token.issued", by=by):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a second click waits for the first
        if ApiToken.objects.filter(label=label, revoked_at=None).exists():
            raise Refused(Problem("token.label_taken", TAKEN.format(label), "label"))
        made = ApiToken.objects.create(
            label=label,
            scopes=sorted(set(scopes)),
            digest=digest(secret),
            hint=secret[:SHOWN],
            created_by=by,
            expires_at=timezone.now() + timedelta(days=days),
        )
    return made, secret


def revoke(token: ApiToken, *, reason: str, by: User) -> None:
    """From now on it opens nothing. Raises Refused when it was ended before."""
    with transaction.atomic(), recorded("token.revoked", by=by, reason=reason.strip()):
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            raise Refused(Problem("token.ended", "这个令牌已经停用了，请刷新页面"))


def holder_of(secret: str) -> ApiToken | None:
    """The live token of a secret; None for every other text. That it was used is noted once a minute."""
    if not secret.startswith(PREFIX) or len(secret) > 200:
        return None
    found = ApiToken.objects.live().select_related("created_by").filter(digest=digest(secret)).first()
    if found is not None:
        _note_use(found)
    return found


def digest(secret: str) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _check(label: str, scopes: Sequence[str], days: int) -> list[Problem]:
    problems = []
    if not 1 <= len(label) <= 60:
        problems.append(Problem("token.label", "请写明哪个程序用它，不超过 60 个字", "label"))
    if not scopes or set(scopes) - set(settings.API_SCOPES):
        problems.append(Problem("token.scopes", "请至少勾选一项可以读取的内容", "scopes"))
    if not 1 <= days <= LONGEST:
        problems.append(Problem("token.days", f"有效天数请填 1 到 {LONGEST}，到期后再新建", "days"))
    return problems
