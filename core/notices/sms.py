"""Text messages: `settings.SMS_BACKEND` names the class that sends them."""

import logging
from email.message import EmailMessage
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from core.accounts.contacts import mask_phone

from . import mailbox

log = logging.getLogger(__name__)


class SmsRefused(Exception):
    """The provider certainly did not take the message; the text is for staff."""


class Backend(Protocol):
    """What a provider's class offers."""

    def send(self, phone: str, text: str) -> None:
        """Send one message. Raises SmsRefused when it was certainly not taken; anything else is doubtful."""


class ConsoleBackend:
    """For demo and tests: in the demo into the folder that /dev/mail/ shows; no number or text into the log."""

    def send(self, phone: str, text: str) -> None:
        """Raises SmsRefused in production: a code in a log would be a leak, and nobody would get it."""
        if settings.PRODUCTION:
            raise SmsRefused("还没有接入短信通道，请在部署设置里填写 SMS_BACKEND")
        log.info("SMS to %s, %s characters", mask_phone(phone), len(text))
        if settings.DEMO:
            message = EmailMessage()
            message["Subject"] = "短信"
            message[mailbox.SMS_HEADER] = phone
            message["Date"] = timezone.localtime()
            message.set_content(text)
            mailbox.store(message.as_bytes())


def send_sms(phone: str, text: str) -> None:
    """Send one text message now. Raises SmsRefused, or whatever the provider's class raises."""
    backend: Backend = import_string(settings.SMS_BACKEND)()
    backend.send(phone, text)
