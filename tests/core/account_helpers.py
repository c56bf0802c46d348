"""Reading the codes that people get."""

import re
from typing import ClassVar

from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

PASSWORD = "long-enough-1"


def code_in(text: str) -> str:
    """The six digits in a message."""
    return re.search(r"验证码是 (\d{6})", text)[1]


class Phone:
    """A provider's class for text messages that keeps what it was given."""

    texts: ClassVar[list[str]] = []

    def send(self, phone: str, text: str) -> None:
        self.texts.append(text)


def sms_code() -> str:
    """The code in the last text message."""
    return code_in(Phone.texts[-1])


def mail_code(outbox: list[EmailMessage]) -> str:
    """The code in the last mail."""
    return code_in(outbox[-1].body)


def post(client: Client, name: str, **data: str):
    """POST to a page by its name."""
    return client.post(reverse(name), data)


def signed_in(client: Client) -> int | None:
    """The id of whoever the session belongs to."""
    user_id = client.session.get("_auth_user_id")
    return int(user_id) if user_id else None
