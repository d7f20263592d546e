"""Sending logout tokens soon after they were written. No answer waits for it, and it needs no job.

After an answer was sent, a thread of this process sends what is due. It is best effort: if the process
ends, ``send_notices`` sends the rest. In a test run no thread starts.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from django.core.signals import request_finished
from django.db import connections
from django.dispatch import receiver
from django.utils import timezone

from oauthcore.flows.logout.deliveries import send_due
from oauthcore.recording import logouts
from oauthcore.recording.batch_writer import is_test_run

logger = logging.getLogger("oauthcore")

#: How many deliveries one turn of the thread sends at most.
_MOST = 100


class PromptSender:
    """Sends deliveries on a thread of its own, one at a time in each process."""

    def __init__(self) -> None:
        self.start_anew()
        os.register_at_fork(after_in_child=self.start_anew)

    def start_anew(self) -> None:
        """Reset it in a forked process, which does not have the thread."""
        self._is_running = threading.Lock()

    def notice(self) -> None:
        """Start the thread if deliveries were written and it is not running."""
        if logouts.written.is_set() and self._is_running.acquire(blocking=False):
            threading.Thread(target=self._run, name="oauthcore-logouts", daemon=True).start()

    def _run(self) -> None:
        try:
            while logouts.written.is_set():
                logouts.written.clear()
                send_due(now=timezone.now(), most=_MOST)
        except Exception:  # the next logout starts a new thread, and send_notices goes on anyway
            logger.exception("logout tokens could not be sent")
        finally:
            connections.close_all()
            self._is_running.release()


sender = PromptSender()


@receiver(request_finished, dispatch_uid="oauthcore.logout_tokens")
def send_written(**_: Any) -> None:
    """Send what a request has written, after its answer. It is a receiver of ``request_finished``."""
    if not is_test_run():
        sender.notice()
