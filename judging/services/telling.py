"""Who is told what in judging. Call these in the transaction of the deed. No notice names a score."""

from typing import Any

from django.db.models import Model

from core.accounts.models import User
from core.notices.services import notify

from ..models import Judge


def tell_organisers(template: str, about: Model, occasion: str, /, **said: Any) -> None:
    """One notice to everybody who runs the contest."""
    for organiser in User.objects.filter(is_superuser=True, is_active=True):
        notify(organiser, template, about=about, occasion=occasion, **said)


def tell_judge(judge: Judge, template: str, about: Model, occasion: str, /, **said: Any) -> None:
    """One notice to a judge."""
    notify(judge.user, template, about=about, occasion=occasion, **said)
