"""Mails of the notices as their tests read them, and a mail backend that fails."""

from __future__ import annotations

import io
from typing import Any

from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.test import override_settings

from tests.support.mail import sent_by

FAILING = "tests.support.notices.Failing"


class Failing(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("the mail server is away")


def broken_mail() -> Any:
    """Let every mail fail, for as long as this context lasts."""
    return override_settings(**sent_by(FAILING))


def send() -> str:
    """Run the command, and return what it printed."""
    out = io.StringIO()
    call_command("send_notices", stdout=out)
    return out.getvalue()


def sent() -> list[Any]:
    """Run the command, and return the mails that it sent."""
    before = len(mail.outbox)
    send()
    return mail.outbox[before:]
