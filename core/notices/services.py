"""Write a notice, deliver it, send it again."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Count, Model

from core.accounts.models import User
from core.audit.history import recorded
from core.database import columns, rows
from core.jobs.registry import Retry
from core.jobs.services import enqueue_all
from core.links import Link, absolute
from core.prepared import Planned
from core.problems import Problem, Refused
from core.states import StaleState, move

from . import states
from .models import Channel, Notice
from .registry import kinds
from .rendering import cleaned, render
from .sending import Doubtful, Later, Never, new_message_id, send

__all__ = ["Address", "Word", "attention", "deliver", "notify", "notify_all", "resend"]

log = logging.getLogger(__name__)

JOB = "notice.deliver"
MAX_ATTEMPTS = 8  # with the jobs' backoff: about 20 minutes; then it is failed, and staff see it


@dataclass(frozen=True)
class Address:
    """A recipient who has no account yet."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Word:
    """A notice to one recipient: who, which kind, and its placeholders, plain data and `absolute(path)` only.

    about: where each recipient's is about something else, of one model.
    """

    to: User | Address
    template: str
    said: Mapping[str, Any]
    about: Model | None = None


def notify(to: User | Address, template: str, about: Model, occasion: str = "", **placeholders: Any) -> Notice:
    """Write a notice and its delivery job in the caller's transaction; e-mail where there is one, else SMS.

    occasion: tells apart repeated notices of one kind about one thing ("returned-2", "7-days"); the same template,
    thing, recipient and occasion again give the same notice and send nothing. placeholders: plain data and
    `absolute(path)` only; templates see them and `name`. A recipient who cannot be reached gets a failed notice.
    Raises LookupError for an unregistered template.
    """
    return notify_all([Word(to, template, placeholders)], about, occasion)[0]


def notify_all(words: Iterable[Word], about: Model | None, occasion: str = "") -> list[Notice]:
    """As `notify`, for all who are told of one deed, in two statements however many they are.

    about: what the deed was done to; None where each word says its own.
    """
    notices = [_written(word, word.about or about, occasion) for word in words]
    if not notices:
        return []
    with transaction.atomic(savepoint=False):  # part of the caller's transaction, or one of its own
        stored = _stored(notices)
        fresh = [notice for notice, own in zip(stored, notices, strict=True) if notice is own]
        for notice in fresh:
            if not notice.channel:
                move(notice, "fail", last_error="收件人没有邮箱也没有手机号，请补上后重新发送")
        _queue(*(notice for notice in fresh if notice.channel))
    return stored


def _written(word: Word, about: Model | None, occasion: str) -> Notice:
    """The row; nothing is stored yet."""
    if about is None:
        raise ValueError(f"a notice {word.template} about nothing")
    if word.template not in kinds:
        raise LookupError(f"no kind of notice named {word.template}: register it in the app's notices.py")
    to = word.to
    user = to if isinstance(to, User) else None
    name = cleaned((to.real_name if isinstance(to, User) else to.name) or "")
    if kinds[word.template].reach:  # the address stays where it is sealed
        channel, address = str(Channel.SMS), ""
    else:
        channel, address = _reach(to.email or "", str(to.phone or ""))
    letter = render(word.template, {**word.said, "name": name})
    return Notice(
        recipient=user,
        name=name,
        address=address,
        channel=channel,
        template=word.template,
        content_type=ContentType.objects.get_for_model(about),
        object_id=str(about.pk),
        occasion=occasion,
        subject=letter.subject,
        text=_sms_text(letter.subject, word.said) if channel == Channel.SMS else letter.text,
        html="" if channel == Channel.SMS else letter.html,
        message_id=new_message_id(),
    )


def _reach(email: str, phone: str) -> tuple[str, str]:
    if email:
        return Channel.EMAIL, email
    return (Channel.SMS, phone) if phone else (Channel.NONE, "")


def _sms_text(subject: str, placeholders: Mapping[str, Any]) -> str:
    """The subject, and the way in: the placeholder `link`."""
    link = placeholders.get("link")
    return f"{subject} {link}" if isinstance(link, Link) else subject


_STORE = Planned(f"""
    INSERT INTO {Notice._meta.db_table} (recipient_id, name, address, channel, template, object_id, subject, text, html,
        message_id, content_type_id, occasion, state, attempts, doubts, resends, last_error)
    SELECT told.*, $11, $12, '{states.NOTICE.initial}', 0, 0, 0, '' FROM unnest($1::bigint[], $2::text[], $3::text[],
        $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) AS told
    ON CONFLICT DO NOTHING RETURNING message_id, id, created
""")  # noqa: S608 - our own constants
_TOLD = ("recipient_id", "name", "address", "channel", "template", "object_id", "subject", "text", "html", "message_id")


def _stored(notices: list[Notice]) -> list[Notice]:
    """The rows that hold these notices' places: their own, or an earlier one's. All are about one model and of one
    occasion."""
    values = [[getattr(notice, name) for notice in notices] for name in _TOLD]
    with connection.cursor() as cursor:
        asked = [*values, notices[0].content_type_id, notices[0].occasion]
        fresh = {row[0]: row[1:] for row in _STORE.execute(cursor, asked).fetchall()}
    for notice in notices:
        if own := fresh.get(notice.message_id):
            notice.pk, notice.created = own
            notice._state.adding = False
    if len(fresh) == len(notices):
        return notices
    there = Notice.objects.filter(content_type=notices[0].content_type, occasion=notices[0].occasion)
    there = there.filter(object_id__in=values[5], template__in=values[4]).select_related("recipient")
    earlier = {_place(notice): notice for notice in there}
    return [notice if notice.pk else earlier[_place(notice)] for notice in notices]


def _place(notice: Notice) -> tuple[Any, ...]:
    """What there is one notice of, about one thing and on one occasion."""
    return (notice.template, notice.object_id, notice.recipient_id, "" if notice.recipient_id else notice.address)


def _queue(*notices: Notice) -> None:
    if notices:
        enqueue_all(JOB, {f"{notice.pk}.{notice.resends}": {"notice": notice.pk} for notice in notices})


def deliver(notice_id: int) -> None:
    """Send one queued notice; harmless when run twice. Runs in autocommit: each step is committed before the next.

    Raises Retry when it is to be tried later. A notice found `sending` was left by a worker that died: it may have
    gone, so it becomes `unknown`, and goes out again by itself only where its kind is safe to repeat.
    """
    notice = _begun(notice_id)
    if notice is None:
        return
    try:
        send(notice)
    except Later as error:
        if notice.attempts >= MAX_ATTEMPTS:
            _settle(notice, "fail", str(error))
        elif _settle(notice, "defer", str(error)):
            raise Retry(str(error)) from error
    except Never as error:
        _settle(notice, "fail", str(error))
    except Doubtful as error:
        if _doubt(notice, str(error)):
            raise Retry(str(error)) from error
    else:
        _confirm(notice)


# The verb `begin`, and the row, in one statement; and the verb `confirm`: thousands of notices go out in a row.
_BEGIN = Planned(f"""
    UPDATE {Notice._meta.db_table} SET state = $1, attempts = attempts + 1 WHERE id = $2 AND state = $3
    RETURNING {columns(Notice)}
""")  # noqa: S608 - the table's own name
_CONFIRM = Planned(f"""
    UPDATE {Notice._meta.db_table} SET state = $1, last_error = '', sent = statement_timestamp()
     WHERE id = $2 AND state = ANY($3)
""")  # noqa: S608


def _begun(notice_id: int) -> Notice | None:
    """The notice, to be sent now by this worker. None where there is nothing to send."""
    with connection.cursor() as cursor:
        if begun := rows(Notice, _BEGIN.execute(cursor, [states.SENDING, notice_id, states.QUEUED])):
            return begun[0]
    left = Notice.objects.get(pk=notice_id)
    if left.state == states.SENDING and _doubt(left, "发送途中进程中断，不知道对方是否已经收到"):
        return _begun(notice_id)  # it is queued again
    return None


def _confirm(notice: Notice) -> None:
    """Note that it went."""
    confirm = states.NOTICE["confirm"]
    with connection.cursor() as cursor:
        _CONFIRM.execute(cursor, [confirm.target, notice.pk, list(confirm.sources)])
        if not cursor.rowcount:
            _log_late(notice, "confirm")


def _doubt(notice: Notice, error: str) -> bool:
    """Mark a notice `unknown`. True when it is queued again: a safe kind, and its first doubt."""
    if not _settle(notice, "doubt", error, doubts=notice.doubts + 1):
        return False
    if notice.doubts > 1 or notice.kind is None or not notice.kind.safe_to_repeat:
        return False
    return _settle(notice, "repeat", error)


def _settle(notice: Notice, verb: str, error: str, **values: Any) -> bool:
    """Note the outcome. False when another worker has meanwhile judged this notice; its word stands."""
    try:
        move(notice, verb, last_error=error, **values)
    except StaleState:
        _log_late(notice, verb)
        return False
    return True


def _log_late(notice: Notice, verb: str) -> None:
    log.warning("notice %s: outcome %s came too late", notice.pk, verb)


def resend(notice: Notice, *, by: User) -> None:
    """Send a notice again, to the recipient's present address.

    A doubtful one keeps its Message-ID, so that the receiving server can drop the copy. Raises Refused when the
    recipient still cannot be reached, StaleState when it is still on its way.
    """
    channel, address = notice.channel, notice.address
    if notice.recipient:
        channel, address = _reach(notice.recipient.email or "", str(notice.recipient.phone or ""))
    if channel and channel != notice.channel and not (channel == Channel.EMAIL and notice.html):
        raise Refused(Problem("notice.channel", f"“{notice}”的收件人换了联系方式，不能照原样重发，请在原页面重新办理"))
    if not address and not (notice.kind and notice.kind.reach):
        raise Refused(Problem("notice.unreachable", f"“{notice}”的收件人没有邮箱也没有手机号，请先补上再重新发送"))
    same_id = notice.state == states.UNKNOWN
    with transaction.atomic(), recorded("notice.resent", by=by):
        move(
            notice,
            "resend",
            address=address,
            channel=channel,
            attempts=0,
            resends=notice.resends + 1,
            last_error="",
            message_id=notice.message_id if same_id else new_message_id(),
        )
        _queue(notice)


def attention() -> dict[str, int]:
    """How many notices wait for a person: {"failed": n, "unknown": n}."""
    rows = Notice.objects.filter(state__in=[states.FAILED, states.UNKNOWN]).order_by()
    found = dict(rows.values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in (states.FAILED, states.UNKNOWN)}


def send_trial(user: User) -> Notice:
    """Send a user a notice about nothing, to see whether mail works."""
    occasion = f"{Notice.objects.filter(template='trial', recipient=user).count() + 1}"
    with transaction.atomic(), recorded("notice.tried", by=user):
        return notify(user, "trial", about=user, occasion=occasion, link=absolute("/"))
