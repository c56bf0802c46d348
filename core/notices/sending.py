"""Handing one message to a mail server or SMS provider, and what its answer means."""

import smtplib
import traceback
import uuid
from contextlib import suppress
from email.utils import formataddr, make_msgid, parseaddr
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from . import sms
from .models import Channel, Notice


class Undelivered(Exception):
    """The message did not go, or may not have gone; the text is for staff."""


class Later(Undelivered):
    """It certainly did not go; try again (4xx, no connection)."""


class Never(Undelivered):
    """It certainly did not go and never will like this (5xx, no such address)."""


class Doubtful(Undelivered):
    """Nobody knows: the connection broke after the message had been handed over."""


def new_message_id() -> str:
    """A Message-ID in the sender's domain; kept when a doubtful message is repeated, so that servers can tell."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return make_msgid("notice", domain=sender.rpartition("@")[2] or "localhost")


def send(notice: Notice) -> None:
    """Send one notice to its one recipient. Raises Later, Never or Doubtful."""
    if notice.channel == Channel.SMS:
        _send_sms(notice)
    else:
        _send_mail(notice)


def _send_sms(notice: Notice) -> None:
    reach = notice.kind.reach if notice.kind else None
    address = reach(notice.about) if reach and notice.about else notice.address
    if not address:
        raise Never("收件人的号码已经删除或撤回")
    try:
        sms.send_sms(address, notice.text)
    except sms.SmsRefused as error:
        raise Never(str(error)) from error
    except Exception as error:
        raise Doubtful(_words(error)) from error


def _send_mail(notice: Notice) -> None:
    message = _message(notice)
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:
        raise Later(_words(error)) from error
    try:
        accepted = connection.send_messages([message])
    except Exception as error:
        raise _meaning(error) from error
    finally:
        with suppress(Exception):  # a failing QUIT does not undo an accepted message
            connection.close()
    if not accepted:
        raise Never("邮件系统没有接收这封信")


class _Mail(EmailMultiAlternatives):
    """A mail that is put together once: to see whether it can be, and to send it."""

    @cached_property
    def built(self) -> Any:
        """The whole of it."""
        mail = super().message()
        mail.set_boundary(f"={uuid.uuid4().hex}")  # else a pattern is compiled for each mail, to look for one in it
        return mail

    def message(self, **how: Any) -> Any:
        """What a mail backend asks for."""
        return super().message(**how) if how else self.built


def _message(notice: Notice) -> _Mail:
    """Build the mail. Raises Never when it cannot be built, a bad header for instance."""
    to = formataddr((notice.name, notice.address)) if notice.name else notice.address
    message = _Mail(notice.subject, notice.text, to=[to], headers={"Message-ID": notice.message_id})
    message.attach_alternative(notice.html, "text/html")
    try:
        message.message()
    except Exception as error:
        raise Never(_words(error)) from error
    return message


def _meaning(error: Exception) -> Undelivered:
    """What an exception says about the message's fate."""
    words = _words(error)
    match error:
        case smtplib.SMTPRecipientsRefused():
            ((code, reply),) = error.recipients.values()
            words = f"{code} {_decoded(reply)}"
            return Later(words) if 400 <= code < 500 else Never(words)
        case smtplib.SMTPResponseException():
            words = f"{error.smtp_code} {_decoded(error.smtp_error)}"
            return Later(words) if 400 <= error.smtp_code < 500 else Never(words)
        case smtplib.SMTPNotSupportedError() | UnicodeError():
            return Never(words)
        case smtplib.SMTPException() | OSError():
            return Doubtful(words) if _reached_data(error) else Later(words)
    return Doubtful(words)  # some other backend's exception: nobody knows


def _reached_data(error: Exception) -> bool:
    """True when the exception came out of SMTP's DATA phase: the server may have the whole message."""
    data = smtplib.SMTP.data.__code__
    return any(frame.f_code is data for frame, _ in traceback.walk_tb(error.__traceback__))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _decoded(reply: bytes | str) -> str:
    return (reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)[:500]
