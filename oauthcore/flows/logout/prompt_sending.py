"""Sending logout tokens soon after they were written. No answer waits for it, and it needs no job.

After an answer was sent, a thread of this process sends what is due. If the process ends, ``send_notices``
sends the rest.
"""

from __future__ import annotations

from typing import Any

from django.core.signals import request_finished
from django.dispatch import receiver
from django.utils import timezone

from oauthcore.flows.logout.deliveries import send_due
from oauthcore.recording import logouts
from oauthcore.recording.after_answers import AfterAnswers
from oauthcore.recording.batch_writer import is_test_run

#: How many deliveries one turn of the thread sends at most.
_MOST = 100


class PromptSender(AfterAnswers):
    """Sends deliveries on a thread of its own, one at a time in each process."""

    name, broken = "oauthcore-logouts", "logout tokens could not be sent"

    def __init__(self) -> None:
        super().__init__(logouts.written)

    def work(self) -> None:
        """Send what is due."""
        send_due(now=timezone.now(), most=_MOST)


sender = PromptSender()


@receiver(request_finished, dispatch_uid="oauthcore.logout_tokens")
def send_written(**_: Any) -> None:
    """Send what a request has written, after its answer. It is a receiver of ``request_finished``."""
    if not is_test_run():
        sender.notice()
