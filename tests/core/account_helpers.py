"""Reading the codes that people get."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

PASSWORD = "long-enough-1"


def code_in(text: str) -> str:
    """The six digits in a message."""
    return re.search(r"验证码是 (\d{6})", text)[1]


def sms_code(caplog: pytest.LogCaptureFixture) -> str:
    """The code in the last text message (console backend)."""
    return code_in(caplog.messages[-1])


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
