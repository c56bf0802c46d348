"""申请删除个人信息: somebody asks, may think better of it, or is told why not (PIPL 47)."""

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.services import notify
from core.problems import Problem, Refused
from core.states import move

from ..personal_models import DeletionRequest

LONG = 300
WAITING = Problem("deletion.waiting", "已经申请过了，组委会还在处理")
NO_ANSWER = Problem("deletion.no_answer", "请写明不予删除的理由，申请人要看", "reason")


def ask(user: User, reason: str = "", *, by: User) -> DeletionRequest:
    """Ask that one's data be deleted; the organisers are told. Raises Refused while an earlier request waits."""
    if len(reason := reason.strip()) > LONG:
        raise Refused(Problem("text.too_long", f"原因最多 {LONG} 个字，请缩短", "reason"))
    with transaction.atomic(), recorded("deletion.asked", by=by):
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two tabs ask once
        if open_request(user):
            raise Refused(WAITING)
        asked = DeletionRequest.objects.create(user=user, reason=reason, asked_at=clock.now())
        page = link_to("admin:registrations_deletionrequest_change", asked.pk)
        for organiser in User.objects.filter(is_superuser=True, is_active=True):
            notify(organiser, "deletion-asked", about=asked, link=page)
    return asked


def cancel(asked: DeletionRequest, *, by: User) -> None:
    """The person thinks better of it. Raises StaleState once it was handled."""
    with transaction.atomic(), recorded("deletion.cancelled", by=by):
        move(asked, "cancel", handled_at=clock.now())


def refuse(asked: DeletionRequest, *, reason: str, by: User) -> None:
    """The organiser does not delete, and says why. Raises Refused without a reason, StaleState once handled."""
    if not (note := reason.strip()):
        raise Refused(NO_ANSWER)
    with transaction.atomic(), recorded("deletion.refused", by=by, reason=note):
        move(asked, "refuse", handled_at=clock.now(), note=note)
        notify(asked.user, "deletion-refused", about=asked, note=note, link=link_to("personal"))


def open_request(user: User) -> DeletionRequest | None:
    """The one that waits."""
    return user.deletion_requests.filter(state="asked").first()
