"""The demo's mail backend."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from . import mailbox


class FolderBackend(BaseEmailBackend):
    """Puts mails into `settings.EMAIL_FILE_PATH`; /dev/mail/ shows them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store them all."""
        for message in email_messages:
            mailbox.store(message.message().as_bytes())
        return len(email_messages)
